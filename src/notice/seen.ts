/** What a look after an act saw. */
import { type Incident, warmingIn } from '../domain/incident.ts';
import { isOpenedBy } from '../domain/opening.ts';
import { plain } from './plain.ts';
import type { Paragraph } from './sections.ts';
import { secondsWords, sentence, utc } from './time.ts';
import { type NoticeOutcome, tookAway } from './verdict.ts';

export function whatWasSeen(incident: Incident, outcome: NoticeOutcome): readonly Paragraph[] {
  const seen = incident.outcome;
  return [
    ...(seen?.kind === 'done' || seen?.kind === 'already-done' ? [plain(seen.seen, 300)] : []),
    ...(seen?.kind === 'done'
      ? [`Verified ${secondsWords(seen.secondsToFix)} after the change.`, ...sinceWhen(incident)]
      : []),
    ...warmUp(incident),
    ...(outcome === 'unverified' ? ['It was sent, and could not be seen done. It is not proven closed.'] : []),
    ...(tookAway(incident) === 'yes' ? [established(incident)] : []),
  ];
}

/** The seconds count from the change that is named, which may not be what began it. */
function sinceWhen(incident: Incident): readonly string[] {
  const { since, change } = incident;
  if (!isOpenedBy(incident)) return ['That change did not open it: since when it was open is not on record.'];
  if (since === undefined || Date.parse(since) >= Date.parse(change.at)) return [];
  return [`It was first changed so on ${utc(since)}, and not put right in between.`];
}

/** Until when the replacement keeps the slot of the disruption budget, and why. */
function warmUp(incident: Incident): readonly Paragraph[] {
  const now = warmingIn(incident);
  if (now === null) return [];
  const { since, until, lease, setting, waitsFor } = now;
  const warm = `The replacement was first seen in service on ${utc(since)} and warms up until ${utc(until)} (${setting} of the group). Until then it counts as out in the budget.`;
  if (waitsFor === null) return [warm];
  return [warm, `${sentence(plain(waitsFor, 300))} Its slot ends on ${utc(lease)} at the latest.`];
}

/**
 * The guide says that a changed rule does not cut tracked connections; of groups taken off and entries removed it says
 * nothing, so nothing may be promised there. Idle time-out: 432,000 s by default, 350 s on Nitro v6 instances (EC2 User
 * Guide, "Security group connection tracking").
 */
function established({ decision }: Incident): string {
  const what =
    decision.remediation?.action === 'revoke-rules'
      ? 'Connections that were already established may outlive the revoke,'
      : 'EC2 does not promise that this cuts connections that were already established: they may live on';
  return `${what} until they are idle for long (350 seconds to 5 days, by instance type). End them on the instance if that matters.`;
}
