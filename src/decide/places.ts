/**
 * Where an exposure counts: in the VPC that its group was made in, and in that of each interface that has the group. Each
 * place has a mode of its own, and the boldest decides, so a further place never makes undrift do less.
 */
import type { Change } from '../domain/change.ts';
import type { NetworkInterface, SecurityGroup } from '../domain/estate.ts';
import { firstOf } from '../domain/first-of.ts';
import { type AppliedMode, differsByVpc, modeFor, moreCautious } from '../policy/mode.ts';
import type { Policy, RuleId } from '../policy/policy.ts';
import type { Subject } from '../policy/select.ts';

export type Where = {
  readonly mode: AppliedMode;
  /** The change brought the group from where nothing is enforced to an interface where it is: it is new there. */
  readonly entered: boolean;
  /** Which place decides, and who in a place of another mode has the group; none where every place has the same mode. */
  readonly words: readonly string[];
};

type Given = { readonly change: Change; readonly policy: Policy };
type Place = {
  readonly vpcId: string | null;
  readonly interfaces: readonly NetworkInterface[];
  readonly mode: AppliedMode;
};

/** After these the interface itself is judged, as what was attached to it comes off before any rule goes. */
export const ATTACHING: ReadonlySet<string> = new Set(['security-groups-changed', 'interfaces-created']);

/** @param users the interfaces that have the group; undefined where they were not read: then its own VPC counts alone */
export function whereExposed(
  rule: RuleId,
  group: SecurityGroup,
  users: readonly NetworkInterface[] | undefined,
  given: Given,
): Where {
  const places = placesOf(rule, group, [group.vpcId], users ?? [], given);
  const where = decidedBy(places, places[0]?.mode ?? null, given);
  if (users !== undefined || !differsByVpc(rule, given.policy)) return where;
  return { ...where, words: [unread(group.vpcId)] };
}

const unread = (vpcId: string | null) =>
  vpcId === null
    ? 'its VPC and its interfaces are not known: the mode there may be another'
    : `its interfaces were not read: the mode of ${vpcId} counts alone`;

/** What the group opens on these interfaces, and nowhere else. */
export function whereOn(
  rule: RuleId,
  group: SecurityGroup,
  interfaces: readonly NetworkInterface[],
  given: Given,
): Where {
  return decidedBy(placesOf(rule, group, [], interfaces, given), null, given);
}

/**
 * What is done to the interface itself: the mode of its VPC, or of a group that it had where that is bolder. What the change
 * attached does not count, and no group makes it more cautious: anyone who may attach a group would choose an observed one.
 */
export function modeOfInterface(
  rule: RuleId,
  { vpcId }: NetworkInterface,
  had: readonly SecurityGroup[],
  given: Given,
): AppliedMode {
  const place = modeFor(rule, subjectIn(vpcId, null, given.change), given.policy);
  return had.map((group) => modeIn(rule, group, vpcId, given)).reduce(bolder, place);
}

/** That the interface decides, where one of these groups has another mode in its own VPC. */
export function whyThere(
  rule: RuleId,
  one: NetworkInterface,
  groups: readonly { readonly group: SecurityGroup }[],
  mode: AppliedMode,
  given: Given,
): readonly string[] {
  const differs = groups.some(({ group }) => modeIn(rule, group, group.vpcId, given).mode !== mode.mode);
  return differs ? [`decided by ${inWords({ vpcId: one.vpcId, interfaces: [one], mode })}`] : [];
}

/** The mode of what the group opens in this VPC. */
export function modeIn(rule: RuleId, group: SecurityGroup, vpcId: string | null, given: Given): AppliedMode {
  return modeFor(rule, subjectIn(vpcId, group, given.change), given.policy);
}

/**
 * A change that attaches groups has each interface that it names, and that has several, judged as a whole: what its groups
 * open there is left out of what each group opens by itself.
 */
export function withoutWhole(users: readonly NetworkInterface[], change: Change): readonly NetworkInterface[] {
  return users.filter((one) => one.groupIds.length < 2 || !isNamed(one, change));
}

const isNamed = ({ id, instanceId }: NetworkInterface, { fact, resources }: Change): boolean =>
  ATTACHING.has(fact.kind) && resources.some((resource) => resource.id === id || resource.id === instanceId);

/** An answer that was too long names no interface: then any may be one of those that the call made. */
const mayBeNew = (one: NetworkInterface, change: Change): boolean =>
  isNamed(one, change) ||
  (ATTACHING.has(change.fact.kind) && change.resources.every(({ type }) => type === 'security-group'));

function placesOf(
  rule: RuleId,
  group: SecurityGroup,
  vpcs: readonly (string | null)[],
  interfaces: readonly NetworkInterface[],
  given: Given,
): readonly Place[] {
  const byVpc = new Map<string | null, NetworkInterface[]>(vpcs.map((vpcId) => [vpcId, []]));
  for (const one of interfaces) {
    const there = byVpc.get(one.vpcId);
    if (there === undefined) byVpc.set(one.vpcId, [one]);
    else there.push(one);
  }
  return [...byVpc].map(([vpcId, there]) => ({ vpcId, interfaces: there, mode: modeIn(rule, group, vpcId, given) }));
}

const NOWHERE: AppliedMode = { mode: 'off', because: 'no place' };

function decidedBy(places: readonly Place[], own: AppliedMode | null, { change }: Given): Where {
  const mode = places.map((place) => place.mode).reduce(bolder, places[0]?.mode ?? NOWHERE);
  const alike = (place: Place) => place.mode.mode === mode.mode;
  const bold = places.filter(alike);
  const enforced = mode.mode === 'enforce' && own?.mode !== 'enforce';
  const entered = enforced && bold.some(({ interfaces }) => interfaces.some((one) => mayBeNew(one, change)));
  return { mode, entered, words: bold.length === places.length ? [] : differing(bold, places, alike) };
}

/** Anyone may add places: so many are named. */
const MOST = 5;

function differing(bold: readonly Place[], places: readonly Place[], alike: (place: Place) => boolean): string[] {
  const others = places.filter((place) => !alike(place)).toSorted((a, b) => b.interfaces.length - a.interfaces.length);
  const more = Math.max(0, bold.length - MOST) + Math.max(0, others.length - MOST);
  return [
    ...bold.slice(0, MOST).map((place) => `decided by ${inWords(place)}`),
    ...others.slice(0, MOST).map((place) => `${inWords(place)}${place.interfaces.length > 0 ? LOSES : ''}`),
    ...(more > 0 ? [`and ${more} more VPCs`] : []),
  ];
}

const LOSES = '; loses the rules that are revoked';

function inWords({ vpcId, interfaces, mode }: Place): string {
  const who = interfaces.length === 0 ? '' : `${firstOf(interfaces.map(({ id }) => id).sort(), NAMED)} in `;
  return `${who}${vpcId ?? 'no VPC'}: ${mode.mode} (${mode.because})`;
}

const NAMED = 12;

/** The bolder of two; the first one where they are equal. */
const bolder = (a: AppliedMode, b: AppliedMode): AppliedMode => (moreCautious(a.mode, b.mode) ? b : a);

/** Tags are those of the group: the table of selectors says who can choose them. Tags of an interface count for nothing. */
function subjectIn(vpcId: string | null, group: SecurityGroup | null, { account, region, actor }: Change): Subject {
  const vpcs = vpcId === null ? [] : [vpcId];
  const tags = group?.tags ?? null;
  return { account, region, actor, vpcs, securityGroup: group, autoScalingGroup: null, instance: null, tags };
}
