import type { Context, History } from '../decide.ts';
import type { Change } from '../domain/change.ts';
import {
  cleanReading,
  type Decision,
  decidedAt,
  type Finding,
  ignore,
  type RemoveEntries,
  uncounted,
} from '../domain/decision.ts';
import type { GroupWithRules, PrefixListEstate } from '../domain/estate.ts';
import { keyOf } from '../domain/key.ts';
import { occurrenceOf } from '../domain/occurrence.ts';
import { NETWORK_GUARDS } from '../guards/guards.ts';
import { exemptionsFor } from '../policy/exempt.ts';
import { type AppliedMode, CAUTION } from '../policy/mode.ts';
import type { InternetSettings, Policy } from '../policy/policy.ts';
import { type EntryOrder, entriesToRemove } from '../rules/entries-to-remove.ts';
import { openings, stillOffending } from '../rules/openings.ts';
import { ask, exempted, hold, unreadableExemption } from './ask.ts';
import { type Case, circumstances, NO_ORDER, rulesOf, sidesOf, subjectOf } from './case.ts';
import { excusedBy } from './excused.ts';
import { evidenceOf } from './finding.ts';
import { formerVersion, withFormer } from './former.ts';
import { ownedList } from './owned.ts';
import { whereExposed } from './places.ts';
import { vpcsOf } from './users.ts';

const RULE = 'internet';

/** A prefix list that was widened: which of its entries go, so that every group that names it is within the limit. */
export function decidePrefixList(
  change: Change,
  estate: PrefixListEstate,
  policy: Policy,
  history: History,
  context: Context,
): readonly Decision[] {
  const { list } = estate;
  const settings = policy.internet;
  if (settings.prefixLists === 'revoke-rules') {
    return [uncounted(`the policy has the rules revoked that name ${list.id}, not its entries removed`, RULE)];
  }
  const given: Case = { change, policy, history, context };
  const order = orderOf(change, history);
  const open = estate.groups.filter((group) => isOpen(group, estate, settings));
  // Where removing entries is not enough, the rules of that group are revoked.
  const mended = open.filter((group) => entriesOf([group], estate, settings, order).length > 0);
  if (mended.length === 0) {
    if (open.length > 0) return [ignore(`removing entries of ${list.id} closes nothing: rules have to go`, RULE)];
    return [cleanReading(`the groups that name ${list.id} are within the limit`, RULE)];
  }
  const { where, groups } = boldest(mended, estate, given);
  if (where.mode.mode === 'off') return [uncounted(`the rule is off (${where.mode.because})`, RULE)];
  return [decidedAt(decideEntries(groups, where.mode, estate, order, given), where.words)];
}

function decideEntries(
  groups: readonly GroupWithRules[],
  mode: AppliedMode,
  estate: PrefixListEstate,
  order: EntryOrder,
  given: Case,
): Decision {
  const { list, prefixLists } = estate;
  const { policy, context } = given;
  const settings = policy.internet;
  const subjects = groups.map((group) => subjectOf(given, group, vpcsOf(usersOf(group, estate) ?? [])));
  const cidrs = entriesOf(groups, estate, settings, order);
  const act: RemoveEntries = { action: 'remove-entries', prefixListId: list.id, cidrs };
  const finding = withFormer(findingOf(groups, estate, act, given), formerVersion([list], given));

  const exemptions = subjects.map((subject) => exemptionsFor(RULE, subject, policy, context.now));
  const unread = exemptions.flatMap((it) => it.unreadable);
  if (unread.length > 0) return hold('unreadable', unreadableExemption(unread), finding, act);
  const due = groups.some((group, index) => {
    const rules = internetRules(group, policy);
    const offending = openings(rules, prefixLists, settings, NO_ORDER).offending;
    const excused = excusedBy(exemptions[index]?.granted ?? []);
    return stillOffending(rules, prefixLists, settings, offending, excused).length > 0;
  });
  if (!due) {
    const granted = exemptions.flatMap((it) => it.granted);
    return hold('exempted', exempted(granted, context.now), finding, act);
  }
  return ask(NETWORK_GUARDS, circumstances(given, mode, act, ownedList(list), []), finding, act);
}

/**
 * The groups that are exposed in the boldest mode, and the place that decides: a group that is only observed and names the
 * list, too, must not keep it open for the others.
 */
function boldest(groups: readonly GroupWithRules[], estate: PrefixListEstate, given: Case) {
  const all = groups.map((group) => ({ group, where: whereExposed(RULE, group.group, usersOf(group, estate), given) }));
  const modes = all.map(({ where }) => where.mode.mode);
  const mode = CAUTION.findLast((one) => modes.includes(one));
  const bold = all.filter(({ where }) => where.mode.mode === mode);
  const [first] = bold;
  if (first === undefined) throw new Error('no group names the list');
  return { where: first.where, groups: bold.map(({ group }) => group) };
}

const usersOf = ({ group }: GroupWithRules, { interfaces }: PrefixListEstate) =>
  interfaces?.filter(({ groupIds }) => groupIds.includes(group.id));

function orderOf({ fact }: Change, { lastReading }: History): EntryOrder {
  const added = fact.kind === 'prefix-list-changed' ? (fact.added ?? []) : [];
  return { added: new Set(added), before: lastReading?.kind === 'prefix-list' ? new Set(lastReading.cidrs) : null };
}

function internetRules(group: GroupWithRules, policy: Policy) {
  return sidesOf(policy).flatMap((side) => (side.rule === RULE ? rulesOf(side, group) : []));
}

const ingress = ({ rules }: GroupWithRules) => ({ rules: rules.filter(({ egress }) => !egress) });

function isOpen(group: GroupWithRules, { prefixLists }: PrefixListEstate, settings: InternetSettings): boolean {
  return openings(ingress(group).rules, prefixLists, settings, NO_ORDER).offending.length > 0;
}

function entriesOf(
  groups: readonly GroupWithRules[],
  { list, prefixLists }: PrefixListEstate,
  settings: InternetSettings,
  order: EntryOrder,
): readonly string[] {
  return entriesToRemove(groups.map(ingress), list, prefixLists, settings, order)?.cidrs ?? [];
}

function findingOf(
  groups: readonly GroupWithRules[],
  { list, prefixLists }: PrefixListEstate,
  { cidrs }: RemoveEntries,
  { change, policy }: Case,
): Finding {
  const ids = groups.map(({ group }) => group.id).sort();
  const rules = groups.flatMap((group) =>
    ingress(group).rules.filter(({ source }) => source.kind === 'prefix-list' && source.id === list.id),
  );
  const all = groups.flatMap((group) => ingress(group).rules);
  const { open } = openings(all, prefixLists, policy.internet, NO_ORDER);
  return {
    key: keyOf(['prefix-list', list.id, RULE, [...cidrs].sort().join('+')]),
    round: occurrenceOf(list.version === null ? change.eventId : `version ${list.version}`),
    resource: { type: 'prefix-list', id: list.id },
    rule: RULE,
    severity: 'high',
    summary: `${list.id} lets the internet into ${ids.join(', ')}: ${cidrs.join(', ')}`,
    evidence: [`prefix list ${list.name ?? list.id}, version ${list.version ?? 'unknown'}`, ...evidenceOf(rules, open)],
  };
}
