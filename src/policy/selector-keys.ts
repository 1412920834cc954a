/** Which key of a selector can ever fit a finding of which rule: for validation, for the evaluator, and for docs/policy.md. */
import {
  INSTANCE_RULES,
  type InstanceRuleId,
  RULES,
  type RuleId,
  type Selector,
  type STANDING_RULES,
} from './policy.ts';

export type SelectorKey = keyof Selector;
export const SELECTOR_KEYS = [
  'account',
  'region',
  'vpc',
  'securityGroup',
  'autoScalingGroup',
  'instance',
  'tag',
  'port',
  'range',
  'actor',
] as const satisfies readonly SelectorKey[];

/** Rules whose findings have the same facts. */
export type RuleFamily =
  | 'exposure'
  | 'group-change'
  | 'instance-change'
  | 'instance-state'
  | 'launch-source'
  | 'own-role';

type Family = { readonly about: string; readonly keys: ReadonlySet<SelectorKey> };

/** A fact that is not listed is one that no finding of the family has. */
export const FAMILIES: Readonly<Record<RuleFamily, Family>> = {
  exposure: { about: 'security groups', keys: keys('vpc', 'securityGroup', 'tag', 'port', 'range', 'actor') },
  'group-change': { about: 'security groups', keys: keys('vpc', 'securityGroup', 'tag', 'actor') },
  'instance-change': { about: 'instances', keys: keys('vpc', 'autoScalingGroup', 'instance', 'tag', 'actor') },
  // Found by looking, or by another service: the actor is not known.
  'instance-state': { about: 'instances', keys: keys('vpc', 'autoScalingGroup', 'instance', 'tag') },
  'launch-source': {
    about: 'launch templates and Auto Scaling groups',
    keys: keys('autoScalingGroup', 'actor'),
  },
  // Notified whatever the policy says: no setting is about it.
  'own-role': { about: 'the roles of undrift', keys: new Set() },
};

function keys(...own: readonly SelectorKey[]): ReadonlySet<SelectorKey> {
  return new Set<SelectorKey>(['account', 'region', ...own]);
}

type StateRule =
  | (typeof STANDING_RULES)[number]
  | 'differs-from-template'
  | 'guardduty-finding'
  | 'security-hub-finding';

/** Every rule that is not about an action on an instance. */
const FAMILY_OF: Readonly<Record<Exclude<RuleId, InstanceRuleId> | StateRule, RuleFamily>> = {
  internet: 'exposure',
  egress: 'exposure',
  'pipeline-only': 'group-change',
  'differs-from-template': 'instance-state',
  'too-old': 'instance-state',
  'image-not-approved': 'instance-state',
  'guardduty-finding': 'instance-state',
  'security-hub-finding': 'instance-state',
  'baseline-changed': 'launch-source',
  'own-role-misused': 'own-role',
};

export function familyOf(rule: RuleId): RuleFamily {
  return Object.hasOwn(FAMILY_OF, rule) ? FAMILY_OF[rule as keyof typeof FAMILY_OF] : 'instance-change';
}

/** The lists of `policy.yml` whose entries select. */
export type SelectorPlace = 'modes' | 'exemptions' | 'budgets' | 'ignoredDifferences' | 'replaceDespite';

/** The rules that a setting can be about. */
export const SETTABLE_RULES = RULES.filter((rule) => rule !== 'own-role-misused');

/** The rules that entries of the list are about where they name none. */
export const RULES_AT: Readonly<Record<SelectorPlace, readonly RuleId[]>> = {
  modes: SETTABLE_RULES,
  exemptions: SETTABLE_RULES,
  budgets: INSTANCE_RULES,
  // The rules that compare an instance with its template.
  ignoredDifferences: [
    'user-data-changed',
    'security-groups-changed',
    'instance-profile-changed',
    'differs-from-template',
  ],
  replaceDespite: INSTANCE_RULES,
};

const ONE_MODE = 'is not for modes, as a finding has one mode and not one per port';

/** Keys that would fit, and still have no place there: why. */
export const BARRED: Readonly<Record<SelectorPlace, Readonly<Partial<Record<SelectorKey, string>>>>> = {
  modes: { port: ONE_MODE, range: ONE_MODE },
  exemptions: {
    tag: 'found a tag in an exemption, but anyone who can change a resource can usually tag it',
  },
  budgets: { tag: 'found a tag in a budget, but anyone who can tag a group could lower its budget' },
  ignoredDifferences: {
    tag: 'found a tag, but anyone who can tag a group could have its differences ignored',
    actor: 'has no meaning here, as a difference does not say who made it',
  },
  replaceDespite: {
    actor: 'has no meaning here, as what would be lost does not depend on who made the change',
  },
};

/** The keys by which an entry of the list can select a finding of the rule. */
export function keysFor(rule: RuleId, place: SelectorPlace): ReadonlySet<SelectorKey> {
  return KEYS[place][familyOf(rule)];
}

/** The rules, of those listed or of all that the place is about, that an entry with these keys can ever fit. */
export function rulesReached(
  select: object | null,
  listed: readonly string[] | null,
  place: SelectorPlace,
): readonly RuleId[] {
  const given = Object.keys(select ?? {}) as SelectorKey[];
  const rules = RULES_AT[place].filter((rule) => listed?.includes(rule) ?? true);
  return rules.filter((rule) => given.every((key) => keysFor(rule, place).has(key)));
}

type KeysOfFamily = Readonly<Record<RuleFamily, ReadonlySet<SelectorKey>>>;
const KEYS = mapped(BARRED, (barred) =>
  mapped(FAMILIES, ({ keys: own }) => new Set([...own].filter((key) => !Object.hasOwn(barred, key)))),
) as Readonly<Record<SelectorPlace, KeysOfFamily>>;

function mapped<K extends string, V, R>(record: Readonly<Record<K, V>>, to: (value: V) => R): Record<K, R> {
  return Object.fromEntries(Object.entries<V>(record).map(([key, value]) => [key, to(value)])) as Record<K, R>;
}
