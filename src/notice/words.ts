import type { ResourceRef } from '../domain/change.ts';
import type { DetachGroups, GuardName, Remediation, RevokeRules } from '../domain/decision.ts';
import { plain } from './plain.ts';

/** Each guard in words: the end of the sentence "Nothing was done: …". `docs/runbook.md` says what to do about each. */
const GUARD_WORDS: Readonly<Record<GuardName, string>> = {
  observe: 'undrift only observes here. It decides and tells, and changes nothing.',
  exempted: 'an exemption in the policy covers this.',
  paused: 'undrift is paused.',
  'not-opted-in': 'the instance is in no Auto Scaling group that has opted in to replacement by its tag.',
  'not-ours': 'it belongs to another account, or to an AWS service that made it itself.',
  budget: 'the disruption budget has no free slot: enough instances are out already.',
  'blast-radius': 'the limit of acts in an hour for this account and Region is reached.',
  'state-at-risk': 'data would be lost with the instance, or an address that others rely on.',
  'baseline-changed': 'the template or group that a successor comes from was itself changed by hand.',
  'refresh-running': 'an instance refresh, a rebalance or a deployment is at work in the group.',
  'launch-suspended': 'no successor would come: the group is kept from launching, or what it launches from is broken.',
  'unhealthy-peers': 'other instances of the group are not healthy or not in service.',
  'single-instance': 'it is the only instance of its group: replacing it would be an outage.',
  protected: 'the instance is protected from scale-in or termination, or not in service: it is left alone.',
  fight:
    'replacing does not help: what was put right comes back, as it was or in another form. Something or somebody causes it.',
  tainted:
    'somebody entered or altered the instance, and it is left alone for some time. It is replaced when that is over.',
  'pre-existing': 'it was there before undrift was deployed, and the policy looks at new findings only.',
  unreadable: 'something that the decision needs could not be read. When unsure, undrift does not act.',
  shared: 'other interfaces use the group as well: a rule that goes for one of them goes for all.',
};

/** The same about a batch, where it differs. */
const BATCH_WORDS: Readonly<Partial<Record<GuardName, string>>> = {
  tainted:
    'its instances were entered or modified, and are left alone for some time. Each is replaced when that is over.',
  'not-opted-in': 'its instances are in no Auto Scaling group that has opted in to replacement by its tag.',
};

/** Why nothing was done, for the resource that the incident is about. */
export function guardWords(guard: GuardName, type: ResourceRef['type']): string {
  return (type === 'targets' ? BATCH_WORDS[guard] : undefined) ?? GUARD_WORDS[guard];
}

/** `revoke sgr-1 and sgr-2 from sg-0abc`: the act in the infinitive. */
export function actWords(act: Remediation): string {
  switch (act.action) {
    case 'revoke-rules':
      return `revoke ${revokedRules(act)}`;
    case 'detach-groups':
      return `take ${listOf(act.groupIds)} off ${plain(act.interfaceId)}, so that only ${staying(act)}`;
    case 'remove-entries':
      return `remove ${listOf(act.cidrs)} from ${plain(act.prefixListId)}`;
    case 'replace-instance':
      return `replace ${plain(act.instanceId)} through its Auto Scaling group ${plain(act.autoScalingGroupName)}`;
  }
}

/** In the place of an act, of a call that named many machines: it has none itself, and each machine that is replaced has its own. */
export function machinesWords(guard: GuardName | null): string {
  return guard === 'tainted'
    ? 'each tainted machine is replaced by an incident of its own, within the budgets'
    : 'no machine is replaced for it';
}

/** The same act, seen done; a sentence. */
export function doneWords(act: Remediation): string {
  switch (act.action) {
    case 'revoke-rules':
      return `Revoked ${revokedRules(act)}.`;
    case 'detach-groups':
      return `Took ${listOf(act.groupIds)} off ${plain(act.interfaceId)}; ${staying(act)}.`;
    case 'remove-entries':
      return `Removed ${listOf(act.cidrs)} from ${plain(act.prefixListId)}.`;
    case 'replace-instance':
      return `Terminated ${plain(act.instanceId)} through Auto Scaling group ${plain(act.autoScalingGroupName)}.`;
  }
}

function revokedRules({ ruleIds, groupId, egress }: RevokeRules): string {
  return `${listOf(ruleIds)} from ${plain(groupId)}${egress ? ' (egress)' : ''}`;
}

function staying({ remaining }: DetachGroups): string {
  return `${listOf(remaining)} ${remaining.length === 1 ? 'stays' : 'stay'}`;
}

/** At most ten names; more are counted. */
function listOf(values: readonly string[]): string {
  const names = values.slice(0, 10).map((value) => plain(value));
  if (values.length > 10) return `${names.join(', ')} and ${values.length - 10} more`;
  if (names.length < 2) return names.join('');
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
