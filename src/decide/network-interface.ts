import type { Context, History } from '../decide.ts';
import type { Change } from '../domain/change.ts';
import { cleanReading, type Decision, ignore } from '../domain/decision.ts';
import type { GroupWithRules, InterfaceEstate, NetworkInterface } from '../domain/estate.ts';
import type { Policy } from '../policy/policy.ts';
import type { Subject } from '../policy/select.ts';
import { openings } from '../rules/openings.ts';
import { type Case, NO_ORDER, placeOf, rulesOf, type Side, sidesOf, strictestMode, subjectOf } from './case.ts';
import { judgeInterface, withoutOwn } from './combinations.ts';
import { listenersOf, openAlready } from './excused.ts';
import { ownedGroup } from './owned.ts';
import type { Combination } from './together.ts';
import { Users } from './users.ts';

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
  const decisions = sidesOf(policy).flatMap((side) => {
    const comingOff = judgeStillOpen(side, estate, attached, given);
    return comingOff.length > 0 ? comingOff : judgeInterface(side, together(side, estate, attached, given), given);
  });
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

/** What each group opens by itself is left out: that is the group's own finding. */
function together(
  side: Side,
  { networkInterface, groups, prefixLists, interfaces }: InterfaceEstate,
  attached: ReadonlySet<string> | null,
  given: Case,
): Combination {
  const counted = groups.map((group) => withoutOwn(side, group, prefixLists));
  const before = knownRules(groups, given);
  return {
    interfaces: [networkInterface],
    groups: counted,
    prefixLists,
    users: new Users(interfaces),
    attached,
    before,
  };
}

/** Of a group that was read before, the rules of then; of any other, all: nothing says that one of them is new. */
function knownRules(groups: readonly GroupWithRules[], { history }: Case): ReadonlySet<string> {
  return new Set(
    groups.flatMap(({ group, rules }) => {
      const reading = history.ofGroups?.[group.id];
      const clean = reading?.kind === 'security-group' ? reading.cleanRuleIds : null;
      return clean ?? rules.map(({ id }) => id);
    }),
  );
}

/** What was attached is open by itself and stays so: it comes off, where the interface was not as open before. */
function judgeStillOpen(
  side: Side,
  estate: InterfaceEstate,
  attached: ReadonlySet<string> | null,
  given: Case,
): readonly Decision[] {
  const { networkInterface, groups, prefixLists, interfaces } = estate;
  const stays = groups.filter((group) => attached?.has(group.group.id) && staysOpen(side, group, estate, given));
  if (stays.length === 0) return [];
  const others = groups.filter(({ group }) => !attached?.has(group.id));
  const rules = others.flatMap((group) => rulesOf(side, group));
  const { open } = openings(rules, prefixLists, side.settings, NO_ORDER);
  const combination: Combination = {
    interfaces: [networkInterface],
    groups,
    prefixLists,
    users: new Users(interfaces),
    attached,
    before: null,
    excused: openAlready(open),
    onlyDetach: true,
  };
  return judgeInterface(side, combination, given);
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
