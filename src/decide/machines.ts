/** What the policy makes of each of many machines that a call named at once, from no more than who it belongs to. */
import type { Context } from '../decide.ts';
import type { Change } from '../domain/change.ts';
import type { GuardName } from '../domain/decision.ts';
import type { Machine, Tags } from '../domain/estate.ts';
import { exemptionsFor } from '../policy/exempt.ts';
import { modeFor } from '../policy/mode.ts';
import type { Exemption, Policy, RuleId } from '../policy/policy.ts';
import type { Subject } from '../policy/select.ts';
import { observingOwnWork } from './own-work.ts';

export type Fate = {
  readonly machine: Machine;
  /** `replace`: nothing that is known of it speaks against it. `ending`: it goes without us, or by an act of ours. */
  readonly fate:
    | 'replace'
    | 'off'
    | 'ending'
    | Extract<GuardName, 'observe' | 'exempted' | 'unreadable' | 'not-opted-in'>;
  readonly exemptions: readonly Exemption[];
};

export function fatesOf(
  rule: RuleId,
  machines: readonly Machine[],
  change: Change,
  policy: Policy,
  context: Context,
): readonly Fate[] {
  return machines.map((machine) => fateOf(rule, machine, change, policy, context));
}

/** In the order in which a single instance is judged, so that both come to the same. */
function fateOf(rule: RuleId, machine: Machine, change: Change, policy: Policy, context: Context): Fate {
  const subject = subjectOfMachine(machine, change);
  const { mode } = observingOwnWork(modeFor(rule, subject, policy), change, machine.id);
  const fate = (fate: Fate['fate'], exemptions: readonly Exemption[] = []) => ({ machine, fate, exemptions });
  if (machine.ending) return fate('ending');
  if (mode === 'off') return fate('off');
  if (machine.group === null) return fate('not-opted-in');
  const { unreadable, granted } = exemptionsFor(rule, subject, policy, context.now);
  if (unreadable.length > 0) return fate('unreadable', unreadable);
  if (granted.length > 0) return fate('exempted', granted);
  const { key, value } = context.optInTag;
  if (machine.group.tags[key] !== value) return fate('not-opted-in');
  return fate(mode === 'enforce' ? 'replace' : 'observe');
}

type Placed = Pick<Machine, 'id' | 'vpcId'> & { readonly group: { readonly name: string; readonly tags: Tags } | null };

/** What selectors are applied to. */
export function subjectOfMachine({ id, vpcId, group }: Placed, { account, region, actor }: Change): Subject {
  const vpcs = vpcId === null ? [] : [vpcId];
  return {
    account,
    region,
    actor,
    vpcs,
    securityGroup: null,
    autoScalingGroup: group?.name ?? null,
    instance: id,
    tags: group?.tags ?? null,
  };
}
