import type { Context, History } from '../decide.ts';
import type { Change } from '../domain/change.ts';
import { cleanReading, type Decision, ignore, revokedIds } from '../domain/decision.ts';
import type { GroupWithRules, InterfaceEstate, NetworkInterface, SecurityGroup } from '../domain/estate.ts';
import { keeperOf } from '../domain/keepers.ts';
import type { Policy } from '../policy/policy.ts';
import { openings } from '../rules/openings.ts';
import { type Case, NO_ORDER, rulesOf, type Side, sidesOf } from './case.ts';
import { judgeInterface, withoutOwn } from './combinations.ts';
import { listenersOf, openAlready } from './excused.ts';
import { type At, judgeGroup } from './exposure.ts';
import { modeIn, modeOfInterface } from './places.ts';
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
    const off = new Set(
      comingOff.flatMap(({ remediation: act }) => (act?.action === 'detach-groups' ? act.groupIds : [])),
    );
    const staying = groups.filter((one) => !off.has(one.group.id));
    return [
      ...(comingOff.length > 0 ? comingOff : judgeInterface(side, together(side, estate, attached, given), given)),
      ...staying.flatMap((one) => judgeHere(side, one, estate, attached, given)),
    ];
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
  const had = groups.filter(({ group }) => !attached?.has(group.id));
  const enforced = modeOfInterface(side.rule, networkInterface, groupsOf(had), given).mode === 'enforce';
  const arrived = groups.filter(({ group }) => attached?.has(group.id));
  const observed = enforced ? arrived.filter((group) => isLeftOpen(side, group, estate, given)) : [];
  const kept = arrived.filter((group) => isKept(side, group, estate, given));
  if (observed.length + kept.length === 0) return [];
  const combination: Combination = {
    interfaces: [networkInterface],
    groups,
    prefixLists,
    users: new Users(interfaces),
    attached,
    before: null,
    onlyDetach: true,
  };
  if (observed.length > 0) {
    const counted = groups.map((group) =>
      observed.includes(group) || kept.includes(group) ? group : { ...group, rules: [] },
    );
    return judgeInterface(side, { ...combination, groups: counted }, given);
  }
  const rules = had.flatMap((group) => rulesOf(side, group));
  const { open } = openings(rules, prefixLists, side.settings, NO_ORDER);
  return judgeInterface(side, { ...combination, excused: openAlready(open) }, given);
}

const groupsOf = (groups: readonly GroupWithRules[]) => groups.map(({ group }) => group);

/**
 * What the group opens by itself is not going to be closed: it was there before, is not ours, listens for others, or belongs to a
 * service that kept the group until it came here.
 */
function isKept(
  side: Side,
  { group }: GroupWithRules,
  { networkInterface, interfaces }: InterfaceEstate,
  { policy, context }: Case,
): boolean {
  const users = usersOf(group, interfaces);
  const listens = listenersOf(side, policy.internet.loadBalancers, users).kind === 'some';
  const others = users.filter(({ id }) => id !== networkInterface.id);
  const isOurs = group.ownerId === context.account && keeperOf(group, others) === null;
  return policy.when === 'new' || !isOurs || listens;
}

const usersOf = ({ id }: SecurityGroup, interfaces: readonly NetworkInterface[]) =>
  interfaces.filter(({ groupIds }) => groupIds.includes(id));

/** The policy does not enforce where the group was made, and what it opens is not closed as the group's own finding. */
function isLeftOpen(side: Side, group: GroupWithRules, estate: InterfaceEstate, given: Case): boolean {
  const { change, policy } = given;
  if (modeIn(side.rule, group.group, group.group.vpcId, { change, policy }).mode === 'enforce') return false;
  const { offending } = openings(rulesOf(side, group), estate.prefixLists, side.settings, NO_ORDER);
  const closed = new Set(judgeAlone(side, group, estate, given).flatMap(revokedBy));
  return !offending.every(({ id }) => closed.has(id));
}

const revokedBy = ({ kind, remediation: act }: Decision) => (kind === 'remediate' ? revokedIds(act) : []);

/** @param at null: as its own target, beside this interface */
function judgeAlone(
  side: Side,
  group: GroupWithRules,
  { prefixLists, interfaces }: InterfaceEstate,
  given: Case,
  at: At | null = null,
): readonly Decision[] {
  const users = usersOf(group.group, interfaces);
  const estate = { kind: 'security-group' as const, ...group, prefixLists, users, surroundings: null };
  const lastReading = given.history.ofGroups?.[group.group.id] ?? null;
  const { alone: _, ...context } = given.context;
  return judgeGroup(side, estate, { ...given, context, history: { ...given.history, lastReading } }, at).decisions;
}

/** A group that does not come off: what its own finding leaves open goes for this interface, where the policy enforces. */
function judgeHere(
  side: Side,
  group: GroupWithRules,
  estate: InterfaceEstate,
  attached: ReadonlySet<string> | null,
  given: Case,
): readonly Decision[] {
  const { networkInterface } = estate;
  const modeAt = (vpcId: string | null) => modeIn(side.rule, group.group, vpcId, given).mode;
  if (modeAt(networkInterface.vpcId) !== 'enforce') return [];
  const isAttached = attached?.has(group.group.id) ?? true;
  const at = { networkInterface, entered: isAttached && modeAt(group.group.vpcId) !== 'enforce' };
  const said = new Set(judgeAlone(side, group, estate, given).map(inShort));
  return judgeAlone(side, group, estate, given, at).filter((it) => it.kind !== 'ignore' && !said.has(inShort(it)));
}

/** What is decided of which rules: as the group's own finding, it is not said again. */
const inShort = ({ kind, guard, remediation: act }: Decision): string =>
  [kind, guard, revokedIds(act).join()].join(' ');
