/** What an act on an instance stakes of the budgets of its group: for the guards, and for the slot that the act needs. */

import { type Allowance, type Peers, peersOf } from '../domain/budget.ts';
import type { Change } from '../domain/change.ts';
import { cutText } from '../domain/cut.ts';
import type { Finding } from '../domain/decision.ts';
import type { AutoScalingGroup, GroupMember, InstanceEstate } from '../domain/estate.ts';
import { FIGHT_LINE, FIGHT_ROUNDS, type PastReplacement, roundWords, type SlotCause } from '../domain/fight.ts';
import { incidentIdOf, shortKey } from '../domain/key.ts';
import { warmingPeers } from '../domain/warm-up.ts';
import { allowanceFor } from '../policy/budget.ts';
import { type Policy, type RuleId, STANDING_RULES } from '../policy/policy.ts';
import type { Subject } from '../policy/select.ts';

type Stakes = { readonly allowance: Allowance; readonly peers: Peers };

export function stakesOf(
  rule: RuleId,
  subject: Subject,
  estate: InstanceEstate,
  group: AutoScalingGroup,
  member: GroupMember,
  policy: Policy,
  now: Date,
): Stakes {
  const peers = peersOf(group, member, idleIn(estate, group, now));
  return { peers, allowance: allowanceFor(rule, subject, peers.total, policy, now) };
}

/** Known just before an act. What undrift itself replaced is counted by its slot, and after that while it is not healthy. */
function idleIn(estate: InstanceEstate, group: AutoScalingGroup, now: Date): readonly string[] {
  return [...youngIn(estate, group, now), ...(estate.ailing ?? [])];
}

function youngIn({ launch, records }: InstanceEstate, group: AutoScalingGroup, now: Date): readonly string[] {
  if (launch?.kind !== 'ready' || launch.turnover === undefined) return [];
  const { holders = [], warming = [], past = [] } = records ?? {};
  const replaced = past.flatMap(({ instanceId, successor }) => [
    instanceId,
    ...(successor === null ? [] : [successor]),
  ]);
  return warmingPeers(group, launch.turnover, new Set([...holders, ...warming, ...replaced]), now);
}

/**
 * The drift without its instance, so that it is known again on a successor. Of an actor the role counts, as the name of a
 * session is chosen by its holder.
 */
export function causeOf({ key, rule, resource }: Finding, { actor, at }: Change): SlotCause {
  return {
    incidentId: incidentIdOf(key),
    rule,
    drift: shortKey(key.replaceAll(resource.id, '')),
    // How an instance stands is nobody's doing: who brought us to look at it did not do it.
    actor: isStanding(rule) ? null : actorOf(actor.issuerArn ?? actor.arn),
    changedAt: at,
  };
}

/** Kept for each replacement of a group. Two that differ only beyond it count as one, which holds sooner. */
const ACTOR_BYTES = 400;
const actorOf = (arn: string | null) => (arn === null ? null : cutText(arn, ACTOR_BYTES));

export const isStanding = (rule: string) => (STANDING_RULES as readonly string[]).includes(rule);

const SHOWN_ROUNDS = 5;

type Earlier = { readonly rounds: readonly PastReplacement[]; readonly line: readonly PastReplacement[] };

/** The finding with the evidence of its earlier rounds; without a fight of its own, with that of a long line. */
export function withRounds(finding: Finding, drift: string, { rounds, line }: Earlier): Finding {
  const told = rounds.length < FIGHT_ROUNDS && line.length >= FIGHT_LINE ? line : rounds;
  if (told.length === 0) return finding;
  const words = told.slice(0, SHOWN_ROUNDS).map((it) => roundWords(it, drift));
  return { ...finding, evidence: [...finding.evidence, ...words] };
}
