import { ask } from './decide/ask.ts';
import { decideBaseline } from './decide/baseline.ts';
import { namingCaller } from './decide/caller.ts';
import { decideInstance } from './decide/instance.ts';
import { decideInterface } from './decide/network-interface.ts';
import { decidePrefixList } from './decide/prefix-list.ts';
import { decideSecurityGroup } from './decide/security-group.ts';
import { decideTargets } from './decide/targets.ts';
import { decideUnnamed } from './decide/unnamed.ts';
import type { Change } from './domain/change.ts';
import { type Decision, gone, type Hold, ignore, type Remediate } from './domain/decision.ts';
import type { Estate } from './domain/estate.ts';
import type { PauseFlag } from './domain/pause.ts';
import type { Reading } from './domain/reading.ts';
import { pauseGuards } from './guards/guards.ts';
import type { Policy } from './policy/policy.ts';

/** What was known before the event came. */
export type History = Known & { readonly pause: PauseFlag };

export type Known = {
  /** What was last seen of the resource; null when nothing is known of it. */
  readonly lastReading: Reading | null;
  /** Of an interface: what was last seen of its groups, by their ids. */
  readonly ofGroups?: Readonly<Record<string, Reading>>;
};

export type Context = {
  readonly account: string;
  readonly now: Date;
  /** Instances are replaced only in Auto Scaling groups that carry this tag. */
  readonly optInTag: { readonly key: string; readonly value: string };
  /** This resource is judged alone, and not all that the change is about: a later look. */
  readonly alone?: true;
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
  return namingCaller(decideOn(change, estate, policy, history, context), change);
}

function decideOn(
  change: Change,
  estate: Estate,
  policy: Policy,
  history: History,
  context: Context,
): readonly Decision[] {
  if (change.fact.kind === 'closing-call') return [ignore('the call only ends something')];
  if (change.fact.kind === 'session-ended') return [ignore(SESSION_ENDED)];
  if (change.fact.kind === 'unnamed') return [decideUnnamed(change, policy)];
  switch (estate.kind) {
    case 'missing':
      return [gone(`${estate.resource.id} does not exist (any more)`)];
    case 'security-group':
      return decideSecurityGroup(change, estate, policy, history, context);
    case 'network-interface':
      return decideInterface(change, estate, policy, history, context);
    case 'prefix-list':
      return decidePrefixList(change, estate, policy, history, context);
    case 'instance':
      return decideInstance(change, estate, policy, history, context);
    case 'baseline':
      return decideBaseline(change, estate, policy, history, context);
    case 'targets':
      return decideTargets(change, estate, policy, context);
  }
}

/** Whether a pause that began since the decision holds the act. */
export function decidePause(decision: Remediate, pause: PauseFlag, now: Date): Remediate | Hold {
  const { remediation, finding } = decision;
  return { ...decision, ...ask(pauseGuards(remediation), { pause, now }, finding, remediation) };
}

const SESSION_ENDED =
  'the end of a session is no finding: who is inside is looked at again where an instance is tainted';
