import { decideInstance } from './decide/instance.ts';
import { decideOwnCall } from './decide/own-call.ts';
import { decideSecurityGroup } from './decide/security-group.ts';
import type { Change } from './domain/change.ts';
import { type Decision, ignore } from './domain/decision.ts';
import type { Estate } from './domain/estate.ts';
import type { PauseFacts } from './guards/guard.ts';
import type { Policy } from './policy/policy.ts';

/** What was known before the event came. */
export type History = {
  readonly pause: PauseFacts | null;
  /** Rule ids at the last clean reading of the group; null when there was none. */
  readonly lastCleanRuleIds: readonly string[] | null;
  /** `unknown`: the call was made by a role of ours, with a request id that the ledger does not know. */
  readonly ownCall: 'none' | 'unknown';
};

export type Context = {
  readonly account: string;
  readonly now: Date;
  /** Instances are replaced only in Auto Scaling groups that carry this tag. */
  readonly optInTag: { readonly key: string; readonly value: string };
};

/**
 * What the policy makes of a change, on the live state. Pure and total: it reads no clock and touches nothing, and
 * there is always at least one decision.
 */
export function decide(
  change: Change,
  estate: Estate,
  policy: Policy,
  history: History,
  context: Context,
): readonly Decision[] {
  const misuse = decideOwnCall(change, history, estate);
  const rest = decideEstate(change, estate, policy, history, context);
  return misuse === null ? rest : [misuse, ...rest.filter((decision) => decision.kind !== 'ignore')];
}

function decideEstate(
  change: Change,
  estate: Estate,
  policy: Policy,
  history: History,
  context: Context,
): readonly Decision[] {
  if (change.fact.kind === 'closing-call') return [ignore('the call only closes or ends something')];
  switch (estate.kind) {
    case 'missing':
      return [ignore(`${estate.resource.id} does not exist (any more)`)];
    case 'security-group':
      return decideSecurityGroup(change, estate, policy, history, context);
    case 'instance':
      return decideInstance(change, estate, policy, history, context);
  }
}
