import type { Context, History } from '../decide.ts';
import type { Change } from '../domain/change.ts';
import { cleanReading, type Decision, ignore } from '../domain/decision.ts';
import type { GroupWithRules, InterfaceEstate, NetworkInterface } from '../domain/estate.ts';
import type { Policy } from '../policy/policy.ts';
import type { Subject } from '../policy/select.ts';
import { type Case, placeOf, type Side, sidesOf, strictestMode, subjectOf } from './case.ts';
import { judgeInterface, withoutOwn } from './combinations.ts';
import { listenersOf } from './excused.ts';
import { ownedGroup } from './owned.ts';
import type { Combination } from './together.ts';

/** An interface that was made, or whose groups were set: what its groups let in together. */
export function decideInterface(
  change: Change,
  estate: InterfaceEstate,
  policy: Policy,
  history: History,
  context: Context,
): readonly Decision[] {
  const { networkInterface, groups } = estate;
  const [group] = groups;
  if (group === undefined) return [ignore(`${networkInterface.id} has no security group`)];
  if (groups.length === 1) {
    return [cleanReading(`${networkInterface.id} has one group, which is judged by itself`, 'internet')];
  }
  const given: Case = { change, policy, history, context };
  const attached = attachedBy(change, history, estate);
  const decisions = sidesOf(policy).flatMap((side) =>
    judgeInterface(side, combinationOf(side, estate, attached, given), given),
  );
  if (decisions.length > 0) return decisions;
  return [cleanReading(`the groups of ${networkInterface.id} are within the limit together`, 'internet')];
}

/**
 * Calls name all groups that the interface has from now on, not those that are new. What was there before is in the
 * ledger, if undrift saw it; otherwise it is not known which group to take off.
 */
function attachedBy({ fact }: Change, { lastReading }: History, { networkInterface }: InterfaceEstate) {
  const { groupIds } = networkInterface;
  if (fact.kind === 'interfaces-created') return new Set(groupIds);
  if (fact.kind !== 'security-groups-changed' || lastReading?.kind !== 'network-interface') return null;
  return new Set(groupIds.filter((id) => !lastReading.groupIds.includes(id)));
}

function combinationOf(
  side: Side,
  estate: InterfaceEstate,
  attached: ReadonlySet<string> | null,
  given: Case,
): Combination {
  const { networkInterface, groups, prefixLists, interfaces } = estate;
  const counted = groups.map((group) =>
    attached?.has(group.group.id) && staysOpen(side, group, estate, given)
      ? group
      : withoutOwn(side, group, prefixLists),
  );
  return { interfaces: [networkInterface], groups: counted, prefixLists, users: interfaces, attached, before: null };
}

/** What the group opens by itself is not going to be closed: it was there before, is not ours, or listens for others. */
function staysOpen(
  side: Side,
  group: GroupWithRules,
  { networkInterface, interfaces }: InterfaceEstate,
  given: Case,
): boolean {
  const { policy, context } = given;
  const { ownerId, managedBy } = ownedGroup(group.group);
  const users = interfaces.filter(({ groupIds }) => groupIds.includes(group.group.id));
  const listens = listenersOf(side, policy.internet.loadBalancers, users).kind === 'some';
  const kept = policy.when === 'new' || ownerId !== context.account || managedBy !== null || listens;
  return kept || isOnlyObserved(side, group, networkInterface, given);
}

/** The group is observed where the interface is enforced: whoever attaches it must not gain by its mode. */
function isOnlyObserved(side: Side, group: GroupWithRules, networkInterface: NetworkInterface, given: Case): boolean {
  const modeOf = (subject: Subject) => strictestMode(side.rule, [subject], given.policy).mode;
  return modeOf(placeOf(networkInterface, given)) === 'enforce' && modeOf(subjectOf(given, group, [])) !== 'enforce';
}
