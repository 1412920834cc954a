/**
 * How a reading lies in the table. A group may have 1,000 rules with 255 characters of description each, and DynamoDB
 * takes 400 KB an item: so a rule is a list without names, and what is still too long loses what is needed least.
 */
import type { Actor } from '../domain/actor.ts';
import type { ReferencedGroup, RuleSource, SecurityGroupRule } from '../domain/estate.ts';
import type { EarlierRule, GroupReading, Reading } from '../domain/reading.ts';
import { sourceValue } from '../domain/rule-value.ts';
import { valueSize } from './item-size.ts';
import type { Item } from './table.ts';

/** Bytes of the reading by itself; its item has less than 3 KB beside it. */
const ROOM = 390_000;

type Row = readonly [
  id: string,
  egress: boolean,
  protocol: string,
  fromPort: number,
  toPort: number,
  kind: RuleSource['kind'],
  source: string,
  description: string | null,
  /** Left out where there is nothing more, and in records from before it was kept. */
  ...more: readonly More[],
];
/** What a rule has besides: of a referenced group its account, VPC and peering; and the tags of the rule. */
type More = Omit<ReferencedGroup, 'kind' | 'id'> & Pick<SecurityGroupRule, 'tags'>;
type StoredGroup = {
  readonly kind: 'security-group';
  readonly groupId: string;
  readonly cleanRuleIds: readonly string[] | null;
  readonly cleanHoles?: Readonly<Record<string, string>>;
  readonly cleanUnder?: string;
  readonly spared?: readonly string[];
  readonly foreignLists?: true;
  readonly open?: true;
  readonly first?: NonNullable<GroupReading['first']>;
  readonly rules: readonly Row[];
  readonly earlier: readonly { readonly rule: Row; readonly until: string; readonly revoked?: true }[];
};
type Stored = StoredGroup | Exclude<Reading, GroupReading>;

/** Null where it does not fit even so: a part would pass for the whole, and what is known from before stays. */
export function storedReading(resourceId: string, reading: Reading): Stored | null {
  if (reading.kind !== 'security-group') return fits(reading) ? reading : null;
  let { rules, earlier } = reading;
  let stored = toStored(resourceId, reading);
  if (!fits(stored)) {
    // A rule may have 50 tags: whoever sets them must not push out what rules were.
    rules = rules.map(untagged);
    earlier = earlier.map((one) => ({ ...one, rule: untagged(one.rule) }));
    stored = toStored(resourceId, { ...reading, rules, earlier });
  }
  while (!fits(stored) && earlier.length > 0) {
    // The newest stay longest.
    earlier = earlier.slice(Math.ceil(earlier.length / 2));
    stored = toStored(resourceId, { ...reading, rules, earlier });
  }
  if (fits(stored)) return stored;
  const { first: _what, ...rest } = reading;
  const bare = rules.map((rule) => ({ ...rule, description: null }));
  stored = toStored(resourceId, { ...rest, rules: bare, earlier });
  return fits(stored) ? stored : null;
}

function untagged({ tags: _tags, ...rule }: SecurityGroupRule): SecurityGroupRule {
  return rule;
}

/**
 * The reading of an item; null when there is none, or none of a known form. Made anew, field by field: DynamoDB keeps no
 * order of keys, and readings are compared as JSON.
 */
export function readingOf(item: Item | null): Reading | null {
  // Before there were readings, only the rules of a harmless group were kept.
  if (Array.isArray(item?.ruleIds)) {
    return { kind: 'security-group', cleanRuleIds: item.ruleIds as string[], rules: [], earlier: [] };
  }
  const stored = item?.reading as Stored | undefined;
  switch (stored?.kind) {
    case 'security-group': {
      const rule = toRule(stored.groupId);
      const earlier = stored.earlier.map(
        (one): EarlierRule => ({ rule: rule(one.rule), until: one.until, ...(one.revoked && { revoked: true }) }),
      );
      return { kind: stored.kind, ...known(stored), rules: stored.rules.map(rule), earlier };
    }
    case 'network-interface':
      return { kind: stored.kind, groupIds: stored.groupIds };
    case 'prefix-list':
      return { kind: stored.kind, cidrs: stored.cidrs };
    case 'judged':
      return { kind: stored.kind, ids: stored.ids };
    case 'closing': {
      const { kind, at, name, eventId, actor, egress, ours } = stored;
      return { kind, at, name, eventId, actor: withoutOrder(actor), egress, ours };
    }
    case 'loop': {
      const openings = stored.openings.map(({ at, change, resource }) => ({ at, change, resource }));
      return { kind: stored.kind, openings, reportedAt: stored.reportedAt };
    }
    case 'targets':
      return { kind: stored.kind, ids: stored.ids, cleared: stored.cleared };
    case 'extended':
      return { kind: stored.kind, keys: stored.keys };
    case 'baseline':
      return { kind: stored.kind, accepted: stored.accepted };
    default:
      return unknownForm(stored);
  }
}

function withoutOrder({ arn, type, issuerArn, sourceIdentity, instanceId, invokedBy }: Actor): Actor {
  return { arn, type, issuerArn, sourceIdentity, instanceId, invokedBy };
}

/** Every form has a case above: what is left is nothing, or of a later version. */
const unknownForm = (_stored: undefined): null => null;

type Known = Omit<GroupReading, 'kind' | 'rules' | 'earlier'>;

/** Readings are compared as JSON: always in this order, and without what is absent. */
function known({ cleanRuleIds, cleanHoles, cleanUnder, spared, foreignLists, open, first }: Known): Known {
  return {
    cleanRuleIds,
    ...(cleanHoles && { cleanHoles: sorted(cleanHoles) }),
    ...(cleanUnder !== undefined && { cleanUnder }),
    ...(spared && { spared }),
    ...(foreignLists && { foreignLists }),
    ...(open && { open }),
    ...(first && { first: { at: first.at, holes: sorted(first.holes) } }),
  };
}

function sorted(texts: Readonly<Record<string, string>>) {
  return Object.fromEntries(Object.entries(texts).sort(([a], [b]) => (a < b ? -1 : 1)));
}

const fits = (stored: Stored) => valueSize(stored) <= ROOM;

function toStored(groupId: string, reading: GroupReading): StoredGroup {
  const { rules, earlier } = reading;
  return {
    kind: 'security-group',
    groupId,
    ...known(reading),
    rules: rules.map(toRow),
    earlier: earlier.map((one) => ({ ...one, rule: toRow(one.rule) })),
  };
}

function toRow(rule: SecurityGroupRule): Row {
  const { id, egress, protocol, fromPort, toPort, source, description } = rule;
  const row: Row = [id, egress, protocol, fromPort, toPort, source.kind, sourceValue(source), description];
  const more = moreOf(rule);
  return Object.keys(more).length === 0 ? row : [...row, more];
}

/** In this order: readings are compared as JSON. */
function moreOf({ source, tags }: SecurityGroupRule): More {
  return {
    ...(source.kind === 'security-group' && referenceOf(source)),
    ...(tags && { tags: sorted(tags) }),
  };
}

function referenceOf({ ownerId, vpcId, peeringId, peeringStatus }: Omit<ReferencedGroup, 'kind' | 'id'>) {
  return {
    ...(ownerId && { ownerId }),
    ...(vpcId && { vpcId }),
    ...(peeringId && { peeringId }),
    ...(peeringStatus && { peeringStatus }),
  };
}

function toRule(groupId: string): (row: Row) => SecurityGroupRule {
  return ([id, egress, protocol, fromPort, toPort, kind, value, description, more = {}]) => {
    const source = sourceFrom(kind, value, more);
    const tags = more.tags && { tags: sorted(more.tags) };
    return { id, groupId, egress, protocol, fromPort, toPort, source, description, ...tags };
  };
}

function sourceFrom(kind: RuleSource['kind'], value: string, more: More): RuleSource {
  if (kind === 'ipv4' || kind === 'ipv6') return { kind, cidr: value };
  return kind === 'prefix-list' ? { kind, id: value } : { kind, id: value, ...referenceOf(more) };
}
