/** One group by itself: what it lets in, or out, and which of its rules go for it. */
import {
  cleanReading,
  type Decision,
  decidedAt,
  type Finding,
  ignore,
  type Remediation,
  revokedIds,
  uncounted,
} from '../domain/decision.ts';
import type {
  NetworkInterface,
  PrefixList,
  SecurityGroup,
  SecurityGroupEstate,
  SecurityGroupRule,
} from '../domain/estate.ts';
import { DAY, MINUTE } from '../guards/guard.ts';
import { NETWORK_GUARDS } from '../guards/guards.ts';
import { exemptionsFor } from '../policy/exempt.ts';
import type { AppliedMode } from '../policy/mode.ts';
import { describeRule } from '../rules/describe-rule.ts';
import { entriesToRemove } from '../rules/entries-to-remove.ts';
import { type Openings, openings, stillOffending, unreadable } from '../rules/openings.ts';
import { ask, exempted, hold, unreadableExemption } from './ask.ts';
import { type Case, circumstances, lastCleanOf, namedBy, newness, rulesOf, type Side, subjectOf } from './case.ts';
import { excusedBy, listenersOf } from './excused.ts';
import { digestOf, evidenceOf, foreignLists, idsOf, roundOf, severityOf, summaryOf } from './finding.ts';
import { formerRules, formerVersion, withFormer } from './former.ts';
import { ownedGroup } from './owned.ts';
import { modeIn, whereExposed, withoutWhole } from './places.ts';
import { type Shield, shieldOf } from './shield.ts';
import { vpcsOf } from './users.ts';

/** `offending`: the rules that go, or would go, for what the group opens by itself. */
export type Judged = { readonly decisions: readonly Decision[]; readonly offending: readonly SecurityGroupRule[] };

/** One interface by itself; `entered`: it was not known to have the group before the change. */
export type At = { readonly networkInterface: NetworkInterface; readonly entered: boolean };

/** @param at null: what the group opens anywhere; else only what it opens there, as a finding on the interface */
export function judgeGroup(side: Side, estate: SecurityGroupEstate, given: Case, at: At | null = null): Judged {
  const { policy, context } = given;
  const known = usersOf(estate);
  const users = known ?? [];
  const subject = subjectOf(given, estate, vpcsOf(users));
  const counted = at !== null || context.alone ? known : known && withoutWhole(known, given.change);
  const everywhere = whereExposed(side.rule, estate.group, counted, given);
  const where = at === null ? everywhere : { ...everywhere, entered: at.entered };
  const { mode } = where;
  if (mode.mode === 'off') return { decisions: [], offending: [] };

  const rules = rulesOf(side, estate);
  const { prefixLists } = estate;
  const order = { named: namedBy(given, rules), lastClean: lastCleanOf(given, rules) };
  const found = openings(rules, prefixLists, side.settings, order);
  // Where its interfaces were not read, it is not known what has the group.
  const ports = known !== undefined ? policy.internet.loadBalancers : [];
  // A load balancer in a more cautious place holds nothing back: anyone may make one there.
  const counts = ({ loadBalancer, vpcId }: NetworkInterface) =>
    !loadBalancer || modeIn(side.rule, estate.group, vpcId, given).mode === mode.mode;
  const listeners = listenersOf(side, ports, users.filter(counts));
  const beyond = stillOffending(rules, prefixLists, side.settings, found.offending, listeners.excused);
  const offending = listeners.kind === 'only' ? beyond : found.offending;
  const blind = at === null ? unreadable(rules, prefixLists, side.settings) : [];
  if (offending.length === 0 && blind.length === 0) {
    const listening = found.offending.length > 0;
    const left = found.offending;
    return { decisions: [listening ? onlyListeners(side, estate, left) : withinLimit(side, estate)], offending };
  }
  if (leftToTheList(side, estate, rules, given)) return { decisions: [entriesGo(side, given)], offending };

  const decisions: Decision[] = blind.map((rule) => blindHold(side, estate, rule));
  const settle = (some: readonly SecurityGroupRule[], decide: (finding: Finding, act: Remediation) => Decision) => {
    if (some.length > 0)
      decisions.push(
        decidedAt(decide(findingOf(side, estate, some, found, { given, at }), revoke(estate, side, some)), where.words),
      );
  };
  const exemptions = exemptionsFor(side.rule, subject, policy, context.now);
  if (exemptions.unreadable.length > 0) {
    const objection = unreadableExemption(exemptions.unreadable);
    settle(offending, (finding, act) => hold('unreadable', objection, finding, act));
    return { decisions, offending };
  }
  const due = stillOffending(rules, prefixLists, side.settings, offending, excusedBy(exemptions.granted));
  const spared = offending.filter((rule) => !due.includes(rule));
  settle(spared, (finding, act) => hold('exempted', exempted(exemptions.granted, context.now), finding, act));
  const shield = shieldOf(estate.group, counted, rules, given);
  settle(due.filter(shield.covers), (finding, act) => leftTo(shield, estate, finding, act, { given, mode }));
  const exposed = due.filter((rule) => !shield.covers(rule));
  const isNew = where.entered ? () => true : newness(given, rules);
  settle(
    exposed.filter((rule) => !isNew(rule)),
    (finding, act) => hold('pre-existing', PRE_EXISTING, finding, act),
  );
  const askFor = (sharedBy: readonly string[]) => (finding: Finding, act: Remediation) =>
    ask(NETWORK_GUARDS, circumstances(given, mode, act, ownedGroup(estate.group, null), sharedBy), finding, act);
  // Where a load balancer has the group beside others, its listeners would be cut off with the rest. Nobody relies yet on
  // what the change has just opened: a load balancer beside it shields nothing.
  const listening = ({ id }: SecurityGroupRule) =>
    listeners.kind === 'some' && !order.named.has(id) && !beyond.some((rule) => rule.id === id);
  const acted = exposed.filter(isNew);
  settle(acted.filter(listening), askFor(listeners.names));
  settle(
    acted.filter((rule) => !listening(rule)),
    askFor([]),
  );
  return { decisions, offending };
}

/** What a service made in a group that it keeps. That it stands open is as bad as any other exposure that undrift cannot close. */
function leftTo(
  { by }: Shield,
  { group }: SecurityGroupEstate,
  finding: Finding,
  act: Remediation,
  { given, mode }: { readonly given: Case; readonly mode: AppliedMode },
): Decision {
  const owned = ownedGroup(group, by);
  const decision = ask(
    NETWORK_GUARDS,
    circumstances(given, mode, act, owned, []),
    { ...finding, severity: 'high' },
    act,
  );
  const ofService = revokedIds(act);
  return decision.kind === 'hold' ? { ...decision, ofService } : decision;
}

export const PRE_EXISTING = {
  reason: 'it was there before undrift looked, and the policy says when: new',
  retryAfter: DAY,
};

/** The interfaces that have the group; undefined where they were not read. */
export function usersOf({ group, users, surroundings }: SecurityGroupEstate) {
  return (surroundings?.interfaces ?? users)?.filter(({ groupIds }) => groupIds.includes(group.id));
}

function revoke({ group }: SecurityGroupEstate, { egress }: Side, rules: readonly SecurityGroupRule[]): Remediation {
  return { action: 'revoke-rules', groupId: group.id, egress, ruleIds: idsOf(rules) };
}

function withinLimit({ rule, egress }: Side, { group }: SecurityGroupEstate): Decision {
  const what = egress
    ? `${group.id} lets traffic go to no more of the internet than the limit`
    : `no protected port of ${group.id} is open to more of the internet than the limit`;
  return cleanReading(what, rule);
}

/** No clean reading: it is so for as long as nobody else has the group. */
function onlyListeners({ rule }: Side, { group }: SecurityGroupEstate, rules: readonly SecurityGroupRule[]): Decision {
  const reason = `what ${group.id} lets in are public listeners: nobody but load balancers has the group`;
  return { ...ignore(reason, rule), spared: idsOf(rules) };
}

/** Where the policy has entries taken out of a list of ours, its rules stay: the list itself is put right. */
function leftToTheList(side: Side, estate: SecurityGroupEstate, rules: readonly SecurityGroupRule[], given: Case) {
  const { change, policy, context } = given;
  if (side.egress || change.fact.kind !== 'prefix-list-changed') return false;
  if (policy.internet.prefixLists !== 'remove-entries') return false;
  const list = estate.prefixLists.find(({ id }) => change.resources.some((resource) => resource.id === id));
  if (list === undefined || list.ownerId !== context.account) return false;
  const order = { added: new Set(change.fact.added ?? []), before: null };
  return entriesToRemove([{ rules }], list, estate.prefixLists, side.settings, order) !== null;
}

function entriesGo({ rule }: Side, { change }: Case): Decision {
  return uncounted(`the policy has entries taken out of ${change.resources[0]?.id ?? 'the list'}, not rules`, rule);
}

function blindHold(side: Side, estate: SecurityGroupEstate, rule: SecurityGroupRule): Decision {
  const what = rule.source.kind === 'prefix-list' ? 'the prefix list of' : 'what is let through by';
  const reason = `${what} ${rule.id} (${describeRule(rule)}) could not be read`;
  const finding = { ...findingOf(side, estate, [rule], { offending: [rule], open: [] }, null), summary: reason };
  return hold('unreadable', { reason, retryAfter: MINUTE }, finding, revoke(estate, side, [rule]));
}

function findingOf(
  { rule }: Side,
  estate: SecurityGroupEstate,
  rules: readonly SecurityGroupRule[],
  { open }: Openings,
  known: { readonly given: Case; readonly at: At | null } | null,
): Finding {
  const { group, prefixLists } = estate;
  const on = known?.at?.networkInterface.id ?? null;
  const finding: Finding = {
    key: on === null ? `security-group/${group.id}/${rule}/${digestOf(rules)}` : keyOn(on, rule, group, rules),
    round: roundOf(rules),
    resource: on === null ? { type: 'security-group', id: group.id } : { type: 'network-interface', id: on },
    rule,
    severity: severityOf(rules),
    summary: summaryOf(rules, open),
    evidence: [
      ...evidenceOf(rules, open),
      ...(known === null ? [] : foreignLists(rules, prefixLists, known.given.context.account)),
      ...(estate.usersUnread === undefined
        ? []
        : [`whether a service keeps ${group.id} is not known: ${estate.usersUnread}`]),
    ],
  };
  return known === null ? finding : withFormer(finding, formerOf(rules, prefixLists, known.given));
}

/** What the rules were; where they name a list that was changed, what that was. */
function formerOf(rules: readonly SecurityGroupRule[], prefixLists: readonly PrefixList[], given: Case) {
  const named = prefixLists.filter(({ id }) => rules.some(({ source }) => 'id' in source && source.id === id));
  const version = formerVersion(named, given);
  return version.lines.length > 0 ? version : formerRules(rules, given);
}

const keyOn = (interfaceId: string, rule: string, { id }: SecurityGroup, rules: readonly SecurityGroupRule[]) =>
  `network-interface/${interfaceId}/${rule}/${id}/${digestOf(rules)}`;
