/** The hourly limit: what began within the last hour, in the account and Region. Pure. */
import { type BegunReplacement, budgetOf, ofLastHour, roomIn, shareOfGroup } from '../domain/hour.ts';
import { WAITING_SECONDS } from '../domain/line.ts';
import type { Full, HourRequest } from '../roles.ts';
import { ahead, aheadWords, queued, type Waiting } from './slot-waiting.ts';

export type Begun = { readonly begun: readonly BegunReplacement[]; readonly waiting: Waiting };

export const NONE_BEGUN: Begun = { begun: [], waiting: {} };

/** A refusal, and the record that has to be written for it: null where it stays as it is. */
export type OverHour = { readonly answer: Full; readonly account: Begun | null };

/** What is asked again soon counts as waiting for so much longer: the scheduler runs once a minute, and a message may wait. */
const GRACE_SECONDS = 120;
/** Whoever is refused is looked at again within this time. */
export const CLAIM_SECONDS = 2 * WAITING_SECONDS + GRACE_SECONDS;

/** Why this one may not begin within this hour, or null. Whoever is refused has a claim. */
export function overHour(account: Begun, request: HourRequest): OverHour | null {
  const answer = refusal(account, request);
  if (answer === null) return null;
  const waiting = queued(account.waiting, request, CLAIM_SECONDS);
  return { answer, account: waiting === null ? null : { ...account, waiting } };
}

function refusal({ begun, waiting }: Begun, { group, severity, now, ...request }: HourRequest): Full | null {
  const hour = ofLastHour(begun, now);
  const perHour = budgetOf(request.perHour);
  const left = perHour - hour.length;
  if (left <= 0) return held(`${hour.length} of ${perHour} replacements an hour have begun`);
  const share = shareOfGroup(perHour);
  const own = hour.filter((it) => it.group === group).length;
  if (own >= share)
    return held(
      `${own} of the ${perHour} replacements an hour have begun in ${group}: the last is left to other groups`,
    );
  // Of which group an older claim is, is not known.
  const first = ahead(waiting, severity, now, (of) => (of === '' ? left : roomIn(of, hour, perHour)));
  if (first === null || first.count < left) return null;
  const last = left === 1 ? 'the last replacement of this hour is' : `the last ${left} replacements of this hour are`;
  return full(`${last} left to ${aheadWords(first)}`);
}

function held(why: string): Full {
  return { ...full(why), guard: 'blast-radius' };
}

/** Refused: it waits until a slot is free. */
export function full(why: string): Full {
  return { kind: 'full', guard: 'budget', why, retryAfter: WAITING_SECONDS };
}
