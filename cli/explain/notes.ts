/** What does not count, and what may yet come to count. */
import type { PrefixList, SecurityGroupRule } from '../../src/domain/estate.ts';
import { NOT_INTERNET, spaceOf } from '../../src/net/internet.ts';
import { subtract } from '../../src/net/space.ts';
import { describeRule } from '../../src/rules/describe-rule.ts';
import type { Side, View } from './views.ts';

const LISTED = 12;

/** The rules that let nobody through who counts, and why. */
export function notCounted(uncounted: readonly SecurityGroupRule[], view: View, side: Side): readonly string[] {
  if (uncounted.length === 0) return [];
  const told = uncounted
    .slice(0, LISTED)
    .map((rule) => `${rule.id} ${describeRule(rule)} (${whyNot(rule, view, side)})`);
  const more = uncounted.length > LISTED ? [`${uncounted.length - LISTED} more`] : [];
  return [`Not counted: ${[...told, ...more].join('; ')}.`];
}

function whyNot({ source }: SecurityGroupRule, { prefixLists }: View, { egress, settings }: Side): string {
  if (source.kind === 'security-group') {
    return `another security group as ${egress ? 'destination' : 'source'}: no address`;
  }
  const list = source.kind === 'prefix-list' ? prefixLists.find(({ id }) => id === source.id) : undefined;
  if (source.kind === 'prefix-list' && list === undefined) return 'its entries are not known';
  const cidrs = list?.cidrs ?? ('cidr' in source ? [source.cidr] : []);
  const anybody = (allowed: readonly string[]) =>
    (['ipv4', 'ipv6'] as const).some((family) => {
      const publicSpace = subtract(spaceOf(family, cidrs), NOT_INTERNET[family]);
      return subtract(publicSpace, spaceOf(family, allowed)).length > 0;
    });
  if (!anybody([])) return 'no public address';
  return anybody(settings.allowedRanges) ? 'not on a protected port' : 'allowed by the policy';
}

/** Lists of others, groups that refer to this one, and groups beside it of which nothing is known. */
export function warnings(view: View, side: Side, account: string): readonly string[] {
  const rules = view.groups.flatMap((group) => group.rules).filter(({ egress }) => egress === side.egress);
  return [
    ...new Set(rules.flatMap((rule) => foreign(rule, view.prefixLists, account))),
    ...(side.egress ? [] : view.referencedBy.map((id) => `${id} lets in whoever has this group.`)),
    ...(view.onlyTogether ? [] : unknownBeside(view)),
  ];
}

function foreign(
  { source }: SecurityGroupRule,
  prefixLists: readonly PrefixList[],
  account: string,
): readonly string[] {
  const list = source.kind === 'prefix-list' ? prefixLists.find(({ id }) => id === source.id) : undefined;
  if (list === undefined || list.ownerId === null || list.ownerId === account) return [];
  const owner = /^\d+$/.test(list.ownerId) ? `account ${list.ownerId}` : list.ownerId;
  return [`${list.id} belongs to ${owner}: it can be widened without an event here; its newest version counts.`];
}

function unknownBeside({ users, groups }: View): readonly string[] {
  const known = new Set(groups.map(({ group }) => group.id));
  const beside = users.flatMap(({ id, groupIds }) =>
    groupIds.filter((group) => !known.has(group)).map((group) => ({ id, group })),
  );
  return beside.slice(0, 3).map(({ id, group }) => `${group} is on ${id}, too.`);
}
