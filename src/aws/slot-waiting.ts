/** Who was refused a slot lately, so that the last ones are left to whom it matters most. Pure. */
import type { Severity } from '../domain/decision.ts';
import { SEVERITIES } from '../domain/urgency.ts';
import type { HourRequest } from '../roles.ts';

/**
 * An incident that counts as waiting until then: whoever is refused asks again well before that. `group` is left out by claims
 * from before it was kept.
 */
type Claim = { readonly incidentKey: string; readonly until: string; readonly group?: string };
export type Waiting = Readonly<Partial<Record<Severity, readonly Claim[]>>>;

/** Of one severity. More than these wait as well, but keep no further slot from others. */
const KEPT = 20;
/** And of one group: another group must find a place among them. */
const KEPT_OF_GROUP = 10;

/** How many incidents of a higher severity wait, and the highest of theirs; null when there are none. */
export type Ahead = { readonly count: number; readonly severity: Severity };

/** @param room how many of a group could have their turn now: what the others of it wait for is left to nobody */
export function ahead(
  waiting: Waiting,
  severity: Severity,
  now: string,
  room: (group: string) => number = () => Number.POSITIVE_INFINITY,
): Ahead | null {
  const higher = SEVERITIES.slice(0, SEVERITIES.indexOf(severity));
  const left = new Map<string, number>();
  const claims = higher.flatMap((it) =>
    living(waiting[it], now).flatMap(({ group = '' }) => {
      const places = left.get(group) ?? room(group);
      left.set(group, places - 1);
      return places > 0 ? it : [];
    }),
  );
  const [first] = claims;
  return first === undefined ? null : { severity: first, count: claims.length };
}

/** Whom the last slots are left to. */
export function aheadWords({ count, severity }: Ahead): string {
  if (count === 1) return `an incident of severity ${severity} that waits`;
  return `${count} incidents that wait, the worst of severity ${severity}`;
}

/** With this one that waits; null when that needs no writing: its claim is good for half the time, or there are enough. */
export function queued(
  waiting: Waiting,
  { incidentKey, group, severity, now }: Pick<HourRequest, 'incidentKey' | 'group' | 'severity' | 'now'>,
  seconds: number,
): Waiting | null {
  const span = seconds * 1000;
  const claims = living(waiting[severity], now);
  const mine = claims.find((it) => it.incidentKey === incidentKey);
  const ofGroup = claims.filter((it) => it.group === group).length;
  const isFull = claims.length >= KEPT || ofGroup >= KEPT_OF_GROUP;
  if (mine === undefined ? isFull : lasts(mine, now) > span / 2) return null;
  const until = new Date(Date.parse(now) + span).toISOString();
  const others = without(waiting, incidentKey);
  return { ...others, [severity]: [...living(others[severity], now), { incidentKey, until, group }] };
}

/** Without the claim of an incident that had its turn, or is over. The same object when it had none. */
export function without(waiting: Waiting, incidentKey: string): Waiting {
  const isMine = (claim: Claim) => claim.incidentKey === incidentKey;
  if (!SEVERITIES.some((severity) => waiting[severity]?.some(isMine))) return waiting;
  const rest = SEVERITIES.map((severity) => [severity, (waiting[severity] ?? []).filter((it) => !isMine(it))] as const);
  return Object.fromEntries(rest.filter(([, claims]) => claims.length > 0));
}

/** As it was stored. Before claims had names, there was one instant for a severity: somebody, until then. */
export function waitingOf(stored: unknown): Waiting {
  const fields = Object.entries((stored ?? {}) as Readonly<Record<string, string | readonly Claim[]>>);
  return Object.fromEntries(
    fields.map(([severity, it]) => [severity, typeof it === 'string' ? [{ incidentKey: '', until: it }] : it]),
  );
}

function living(claims: readonly Claim[] | undefined, now: string): readonly Claim[] {
  return (claims ?? []).filter((claim) => lasts(claim, now) > 0);
}

function lasts({ until }: Claim, now: string): number {
  return Date.parse(until) - Date.parse(now);
}
