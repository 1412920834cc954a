/** What was replaced in a group, newest first. Pure. */
import { FIGHT_SECONDS, type PastReplacement } from '../domain/fight.ts';
import type { SlotRequest } from '../roles.ts';

type Past = readonly PastReplacement[];

/**
 * Replacements of one group within a day that its record has room for. None of a day is shed: a remediation loop is known by
 * them, and whoever modifies enough instances would have it forgotten. When it is full, further replacements are held.
 */
export const MOST_PAST = 400;

function recent(past: Past, now: string): Past {
  const since = Date.parse(now) - FIGHT_SECONDS * 1000;
  return past.filter(({ begunAt, doneAt }) => Date.parse(doneAt ?? begunAt) > since);
}

export const hasRoom = (past: Past, now: string): boolean => recent(past, now).length < MOST_PAST;

/** With what begins now, and without what is older than a remediation loop lasts. */
export function begun(past: Past, { cause, instanceId, now }: SlotRequest): Past {
  if (cause === undefined) return past;
  return [{ ...cause, instanceId, begunAt: now, successor: null, doneAt: null }, ...recent(past, now)];
}

/** What was begun is done with its successor in service. Without one nothing was replaced, or nothing had to follow. */
export function ended(past: Past, instanceId: string, successor: string | null, now: string): Past {
  const open = past.find((it) => it.instanceId === instanceId && it.doneAt === null);
  if (open === undefined) return past;
  if (successor === null) return past.filter((it) => it !== open);
  return past.map((it) => (it === open ? { ...it, successor, doneAt: now } : it));
}
