/** What was replaced in a group, newest first. Pure. */
import { FIGHT_SECONDS, type PastReplacement } from '../domain/fight.ts';
import type { SlotRequest } from '../roles.ts';

type Past = readonly PastReplacement[];

const KEPT = 100;

/** With what begins now, and without what is older than a fight lasts. */
export function begun(past: Past, { cause, instanceId, now }: SlotRequest): Past {
  if (cause === undefined) return past;
  const since = Date.parse(now) - FIGHT_SECONDS * 1000;
  const recent = past.filter(({ begunAt, doneAt }) => Date.parse(doneAt ?? begunAt) > since);
  return [{ ...cause, instanceId, begunAt: now, successor: null, doneAt: null }, ...recent].slice(0, KEPT);
}

/** What was begun is done with its successor in service. Without one nothing was replaced, or nothing had to follow. */
export function ended(past: Past, instanceId: string, successor: string | null, now: string): Past {
  const open = past.find((it) => it.instanceId === instanceId && it.doneAt === null);
  if (open === undefined) return past;
  if (successor === null) return past.filter((it) => it !== open);
  return past.map((it) => (it === open ? { ...it, successor, doneAt: now } : it));
}
