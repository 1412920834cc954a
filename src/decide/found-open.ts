/** What of a group may have been opened by a call that no record tells more of. */
import { UNKNOWN_ACTOR } from '../domain/actor.ts';
import type { GroupWithRules, PrefixList, SecurityGroupRule } from '../domain/estate.ts';
import type { Reading } from '../domain/reading.ts';
import type { OpenRules } from '../domain/region-look.ts';
import { exemptionsFor } from '../policy/exempt.ts';
import type { Policy } from '../policy/policy.ts';
import type { Subject } from '../policy/select.ts';
import { openings, stillOffending, unreadable } from '../rules/openings.ts';
import { NO_ORDER, rulesOf, type Side, sidesOf } from './case.ts';
import { excusedBy } from './excused.ts';
import { seenBefore } from './snapshot.ts';

/** `unseen`: the group was not seen before, so that its exposures may be older than the call. */
export type FoundOpen = OpenRules & { readonly unseen: boolean };

/** Whether some rule of the group lets somebody in, so that it is worth asking what was seen of it before. */
export function isOpen(
  group: GroupWithRules,
  lists: readonly PrefixList[],
  egress: readonly boolean[],
  policy: Policy,
) {
  return sidesFor(egress, policy).some((side) => openRules(side, group, lists, NO_ORDER.lastClean).length > 0);
}

/** Each direction in which rules stand open that were not there at `since`, or may not have been. */
export function foundOpen(
  group: GroupWithRules,
  lists: readonly PrefixList[],
  reading: Reading | null,
  since: string,
  egress: readonly boolean[],
  policy: Policy,
): readonly FoundOpen[] {
  const before = seenBefore(reading, since);
  return sidesFor(egress, policy).flatMap((side): readonly FoundOpen[] => {
    const known = before === null ? null : new Set(group.rules.filter(before).map(({ id }) => id));
    const open = openRules(side, group, lists, known).filter(({ id }) => known === null || !known.has(id));
    if (open.length === 0) return [];
    const ruleIds = open.map(({ id }) => id);
    return [{ groupId: group.group.id, egress: side.egress, ruleIds, unseen: known === null }];
  });
}

/**
 * Whether people exempted all that is open there, so that the unit would close nothing, whoever made the call. An exemption by VPC does
 * not count: nobody reads here where the group is used.
 */
export function isExempted(
  { egress, ruleIds }: OpenRules,
  { group, rules }: GroupWithRules,
  lists: readonly PrefixList[],
  {
    policy,
    place,
    now,
  }: { readonly policy: Policy; readonly place: Pick<Subject, 'account' | 'region'>; readonly now: Date },
): boolean {
  const { account, region } = place;
  const nothing = { vpcs: [], autoScalingGroup: null, instance: null } as const;
  const subject: Subject = {
    account,
    region,
    actor: UNKNOWN_ACTOR,
    securityGroup: group,
    tags: group.tags,
    ...nothing,
  };
  const open = rules.filter(({ id }) => ruleIds.includes(id));
  return sidesFor([egress], policy).every((side) => {
    const { granted } = exemptionsFor(side.rule, subject, policy, now);
    const excused = excusedBy(granted.filter(({ select }) => select.vpc === undefined));
    const blind = unreadable(open, lists, side.settings).length > 0;
    return !blind && stillOffending(rulesOf(side, { rules }), lists, side.settings, open, excused).length === 0;
  });
}

const sidesFor = (egress: readonly boolean[], policy: Policy): readonly Side[] =>
  policy.mode === 'off'
    ? []
    : sidesOf(policy).filter((side) => side.settings.mode !== 'off' && egress.includes(side.egress));

/** The rules that would go, those first that were not known; and those of which nobody knows what they let in. */
function openRules(
  side: Side,
  group: GroupWithRules,
  lists: readonly PrefixList[],
  known: ReadonlySet<string> | null,
): readonly SecurityGroupRule[] {
  const rules = rulesOf(side, group);
  const { offending } = openings(rules, lists, side.settings, { named: NO_ORDER.named, lastClean: known });
  return [...offending, ...unreadable(rules, lists, side.settings)];
}
