import { sidesOf } from '../decide/case.ts';
import { ATTACHING, modeIn } from '../decide/places.ts';
import type { Change } from '../domain/change.ts';
import { type Decision, revokedIds } from '../domain/decision.ts';
import type { Estate, SecurityGroupEstate } from '../domain/estate.ts';
import type { Incident } from '../domain/incident.ts';
import { differsByVpc } from '../policy/mode.ts';
import { NETWORK_RULES, type Policy } from '../policy/policy.ts';
import type { Clock, Ledger, SecurityGroups } from '../roles.ts';
import { letsIn } from '../rules/openings.ts';
import type { Work } from '../work.ts';
import { aboutNetwork } from './about.ts';
import { formerIn, recordable } from './former.ts';
import { proveGone } from './gone.ts';
import { groupReading } from './group-reading.ts';
import { dependsOnPlaces, dependsOnService, dependsOnUsers, isOn, whyNoGroupIsRead } from './group-relevance.ts';
import { knownOf, targetsOf } from './group-targets.ts';
import { passedEntries } from './passed-entries.ts';
import { closedFor, passedRules } from './passed-rules.ts';
import { groupDoubt, interfaceDoubt, undoingDoubt } from './security-group-doubt.ts';

export type SecurityGroupTools = {
  readonly securityGroups: SecurityGroups;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly policy: Policy;
  /** Of the policy that is deployed: a group is clean under one policy. */
  readonly policyDigest: string;
};

/** Revoking rules: no budget, and proof within seconds. */
export function securityGroupWork({ policyDigest, ...tools }: SecurityGroupTools): Work {
  const { securityGroups, ledger, clock, policy } = tools;
  async function stillThere({ decision }: Incident): Promise<readonly string[]> {
    const { remediation } = decision;
    if (remediation?.action !== 'revoke-rules') return [];
    const estate = await securityGroups.read(remediation.groupId);
    if (estate.kind === 'missing') return [];
    const present = new Set(estate.rules.map((rule) => rule.id));
    return remediation.ruleIds.filter((id) => present.has(id));
  }

  return {
    unit: 'security-groups',
    acts: ['revoke-rules'],
    irrelevant: ({ fact }) => whyNoGroupIsRead(fact, policy),
    targets: (change) => targetsOf(change, { ...tools, policyDigest }),

    async read(target, change) {
      if (target.type === 'network-interface') return securityGroups.readInterface(target.id);
      const estate = await securityGroups.read(target.id);
      if (estate.kind === 'missing') return estate;
      const spared = dependsOnUsers(estate.rules, policy);
      const placed = dependsOnPlaces(estate, policy);
      if (!spared && !placed && !dependsOnService(estate, change, policy)) return estate;
      try {
        return { ...estate, users: await securityGroups.usersOf([estate.group.id]) };
      } catch (error) {
        // Wherever else it is in use, its own VPC is enforced: it is closed without knowing.
        if (spared || (placed && !isEnforcedAtHome(estate, { change, policy }))) throw error;
        // Nor does it wait for an answer that could only leave it open.
        return { ...estate, usersUnread: error instanceof Error ? error.message : String(error) };
      }
    },

    async readMany(targets) {
      const estates = await securityGroups.readMany(
        targets.flatMap(({ type, id }) => (type === 'security-group' ? id : [])),
      );
      // Without its interfaces a group is read by itself: it may have to be closed without them.
      const whole = estates.filter(({ usersUnread }) => usersUnread === undefined);
      return whole.map((estate) => [estate.group.id, estate] as const);
    },

    further: {
      // Who lets in nobody that counts, but for what goes, opens nothing together with others either.
      concerns: (estate, decisions, { fact }) =>
        estate.kind === 'security-group' &&
        !ATTACHING.has(fact.kind) &&
        matters(withoutWhatGoes(estate, decisions), policy),
      read: async (estate) => (estate.kind === 'security-group' ? securityGroups.lookAround(estate) : estate),
    },

    async doubt(change, estate, decisions, now) {
      if (change.fact.kind === 'verdict') return null;
      if (estate.kind === 'missing') return `EC2 does not show ${estate.resource.id}`;
      if (estate.kind === 'network-interface') return interfaceDoubt(change, estate, ledger);
      return estate.kind === 'security-group' ? groupDoubt(change, estate, decisions, ledger, now) : null;
    },

    async passed(change, estate, history, context) {
      if (estate.kind !== 'security-group' && estate.kind !== 'missing') return [];
      const given = { history, context };
      return change.fact.kind === 'prefix-list-changed'
        ? passedEntries(change, estate, given, tools)
        : passedRules(change, estate, given, tools);
    },

    newsFor: (change) => closedFor(change, ledger),

    undoing: async (change, estate, decisions) =>
      estate.kind === 'security-group' && change.fact.kind !== 'verdict'
        ? undoingDoubt(change, estate, decisions, ledger)
        : null,

    about: (estate) => aboutNetwork(estate, policy.notifications.ownerTags),

    plan({ remediation, finding }, estate) {
      if (remediation.action !== 'revoke-rules') return { inverse: null, replacement: null };
      const rules = rulesIn(estate).filter(({ id }) => remediation.ruleIds.includes(id));
      return {
        inverse: { action: 'authorize-rules', rules: recordable(rules), ...formerIn(finding) },
        replacement: null,
      };
    },

    exclusive: (estate, decisions) => groupsAtStake(estate, decisions),

    // An open door is closed every time: no budget stands before it.
    reserve: async () => ({ kind: 'taken' }),
    release: async () => null,

    async act({ remediation }) {
      if (remediation.action !== 'revoke-rules') throw new Error(`this unit cannot ${remediation.action}`);
      return securityGroups.revoke(remediation.groupId, remediation.ruleIds, remediation.egress);
    },

    prove: (incident, now) => proveGone(() => stillThere(incident), seenClosed(incident), incident, clock, now),

    known: (target, change) => knownOf(target, change, ledger),
    async noteReading(change, estate, decisions, { before, now }) {
      if (estate.kind !== 'security-group') return;
      const sides = sidesOf(policy).flatMap(({ rule }) => (isOn(rule, policy) ? [rule] : []));
      const reading = groupReading(estate, { change, decisions, before, sides, policyDigest, now });
      if (JSON.stringify(reading) === JSON.stringify(before)) return;
      await ledger.recordReading(estate.group.id, reading, now.toISOString());
    },
  };
}

const isEnforcedAtHome = (
  { group }: SecurityGroupEstate,
  given: { readonly change: Change; readonly policy: Policy },
) =>
  NETWORK_RULES.every(
    (rule) => !differsByVpc(rule, given.policy) || modeIn(rule, group, group.vpcId, given).mode === 'enforce',
  );

function matters({ rules, prefixLists }: SecurityGroupEstate, policy: Policy): boolean {
  return [policy.internet, policy.egress].some(
    (settings) =>
      settings.mode !== 'off' &&
      letsIn(
        rules.filter(({ egress }) => egress === (settings === policy.egress)),
        prefixLists,
        settings,
      ),
  );
}

/** The group without what it opens by itself, as far as that goes, or would. */
function withoutWhatGoes(estate: SecurityGroupEstate, decisions: readonly Decision[]): SecurityGroupEstate {
  const gone = new Set(
    decisions.flatMap(({ rule, remediation }) => (rule === 'pipeline-only' ? [] : revokedIds(remediation))),
  );
  return { ...estate, rules: estate.rules.filter(({ id }) => !gone.has(id)) };
}

function rulesIn(estate: Estate) {
  if (estate.kind === 'network-interface') return estate.groups.flatMap(({ rules }) => rules);
  if (estate.kind !== 'security-group') return [];
  return [...estate.rules, ...(estate.surroundings?.neighbours ?? []).flatMap(({ rules }) => rules)];
}

/** Where groups are open together, whoever closes one must know that nobody closes the other meanwhile. */
function groupsAtStake(estate: Estate, decisions: readonly Decision[]): readonly string[] {
  if (estate.kind === 'network-interface') return estate.networkInterface.groupIds;
  if (estate.kind !== 'security-group') return [];
  const acted = new Set(decisions.flatMap((it) => (it.kind === 'remediate' ? it.finding.resource.id : [])));
  const interfaces = estate.surroundings?.interfaces.filter(({ id }) => acted.has(id)) ?? [];
  return [estate.group.id, ...interfaces.flatMap(({ groupIds }) => groupIds)];
}

function seenClosed({ decision }: Incident): string {
  const { remediation } = decision;
  if (remediation?.action !== 'revoke-rules') return 'closed';
  return `${remediation.groupId} read again: ${remediation.ruleIds.join(', ')} gone`;
}
