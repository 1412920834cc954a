/**
 * A call of which CloudTrail left out what it named. What it may have opened is looked for in the Region (`region-look.ts`);
 * anything else people have to look at, as nobody else will.
 */
import { actorName } from '../domain/actor.ts';
import type { Change, Fact } from '../domain/change.ts';
import { type Decision, type Finding, type Hold, uncounted } from '../domain/decision.ts';
import type { Incident } from '../domain/incident.ts';
import { keyOf } from '../domain/key.ts';
import { occurrenceOf } from '../domain/occurrence.ts';
import { secondsBetween } from '../domain/time.ts';
import { DAY } from '../guards/guard.ts';
import type { Policy } from '../policy/policy.ts';
import { trustedBy } from '../policy/trust.ts';
import { hold } from './ask.ts';

const RULE = 'unread-call';

/** The next run of the scheduler takes it up: a caller who goes on making such calls must not put that off. */
const SOON_SECONDS = 0;

/** Whether what the call did is looked for in the Region: it added or changed rules of some group. */
export function isLookedFor({ fact }: Pick<Change, 'fact'>): boolean {
  if (fact.kind !== 'unnamed') return false;
  return fact.about?.kind === 'rules-added' || fact.about?.kind === 'rules-modified';
}

export function decideUnnamed(change: Change, policy: Policy): Decision {
  if (policy.mode === 'off') return uncounted('the policy is off', RULE);
  if (isLookedFor(change)) return hold('unreadable', LOOKED_FOR, findingOf(change, 'high', []), null);
  const trusted = trustedBy(change, policy);
  if (trusted !== null) return uncounted(`made by a trusted actor: ${trusted.id}`, RULE);
  return hold('observe', ONLY_TOLD, findingOf(change, 'high', []), null);
}

const LOOKED_FOR = {
  reason:
    'the groups of the Region are compared with what was last seen of them, as the record does not say which was changed',
  retryAfter: SOON_SECONDS,
};
const ONLY_TOLD = {
  reason: 'undrift cannot tell what the call changed: ask who made it, and compare what they may change with your code',
  retryAfter: DAY,
};

const REPORTED_SECONDS = 7 * DAY;

/**
 * Whether the report of a call ends: people were notified at once, nothing that undrift can read would end it, and the caller has not
 * made such a call for a week. What is looked for in the Region never ends so: the port may be open.
 */
export function isReportOver({ change, resource }: Incident, now: Date): boolean {
  if (resource.type !== 'region' || change.fact.kind !== 'unnamed' || isLookedFor(change)) return false;
  return secondsBetween(change.at, now) > REPORTED_SECONDS;
}

type Ambiguous = { readonly candidates: readonly string[]; readonly count: number };

/**
 * Several groups are open of which none was ever seen before: which of them the call opened, nobody can tell.
 * @param further whether another call waits for a look
 */
export function decideAmbiguous(change: Change, { candidates, count }: Ambiguous, further: boolean): Hold {
  const more = count > candidates.length ? ', …' : '';
  const evidence = [
    `${count} groups are open, and none of them was ever seen before the call: ${candidates.join(', ')}${more}`,
  ];
  const reason =
    'one of these groups was opened by the call, and undrift cannot tell which: close what should not be open';
  const retryAfter = further ? SOON_SECONDS : DAY;
  return hold('observe', { reason, retryAfter }, findingOf(change, 'critical', evidence), null);
}

function findingOf(change: Change, severity: Finding['severity'], evidence: readonly string[]): Finding {
  const { name, actor, region, eventId, requestId, at, fact } = change;
  const resource = { type: 'region', id: region } as const;
  const answered = unnamedAnswer(fact);
  return {
    // Of one caller and call, however often: which events it stands for is its rounds.
    key: isOfLaunchSource(fact)
      ? launchSourceKey(region)
      : keyOf(['region', region, RULE, name, occurrenceOf(actor.issuerArn ?? actorName(actor))]),
    round: occurrenceOf(eventId),
    resource,
    rule: RULE,
    severity,
    summary: `CloudTrail left out what ${name} was about: the record was too large`,
    evidence: [
      ...evidence,
      `event id ${eventId}, request id ${requestId ?? 'unknown'}, at ${at}`,
      ...(answered === null ? [] : [`the call answered ${answered}`]),
    ],
  };
}

const isOfLaunchSource = (fact: Fact) => fact.kind === 'unnamed' && fact.about?.kind === 'baseline-changed';

/** One incident, so that it is asked for by its key before a replacement, however many others there are. */
export const launchSourceKey = (region: string) => keyOf(['region', region, RULE, 'launch-source']);

/**
 * Why nothing should be launched now: some launch template or group was changed, and nobody knows which. It ends after a day, as
 * nothing else would end it; people were notified.
 */
export function unreadLaunchSource(incident: Incident | null, now: Date): string | null {
  if (incident === null || incident.status === 'closed') return null;
  if (now.getTime() - Date.parse(incident.change.at) > DAY * 1000) return null;
  return `${incident.finding.summary}; for a day nothing is launched that it may have changed`;
}

const unnamedAnswer = (fact: Fact) => (fact.kind === 'unnamed' ? fact.answered : null);
