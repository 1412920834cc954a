/** Incidents about interfaces, prefix lists, egress, and groups that were changed past the pipeline. */
import type { Change } from '../../../src/domain/change.ts';
import type { DecisionRecord, Finding, Remediation } from '../../../src/domain/decision.ts';
import type { SecurityGroupRule } from '../../../src/domain/estate.ts';
import type { Incident, Inverse } from '../../../src/domain/incident.ts';
import { closed, observed, sshRule } from './incident.ts';

const INTERFACE = 'eni-0abc0abc0abc0abc0';
const LIST = 'pl-0abc0abc0abc0abc0';

function about(base: Incident, finding: Partial<Finding>, more: Partial<Incident>): Incident {
  const found = { ...base.finding, ...finding };
  return { ...base, finding: found, resource: found.resource, ...more };
}

/** The change that added this rule. */
const adding = (ruleId: string): Change => ({
  ...closed.change,
  fact: { kind: 'rules-added', egress: false, ruleIds: [ruleId] },
});

function acting(remediation: Remediation, rule = 'internet'): DecisionRecord {
  return { kind: 'remediate', rule, guard: null, reason: 'open', remediation };
}

/** Two groups, each within the limit; the one that was attached came off again. */
export const detached: Incident = about(
  closed,
  {
    resource: { type: 'network-interface', id: INTERFACE },
    summary: 'SSH (tcp 22) open to the internet by 2 groups: tcp 22 from 3.0.0.0/8; tcp 22 from 18.0.0.0/8',
    evidence: ['groups together on eni-0abc0abc0abc0abc0: sg-0aaa (web), sg-0bbb (partner)'],
  },
  {
    unit: 'networks',
    about: { name: 'web-1', owner: null, madeBy: null },
    decision: acting({
      action: 'detach-groups',
      interfaceId: INTERFACE,
      groupIds: ['sg-0bbb'],
      remaining: ['sg-0aaa'],
    }),
    outcome: { kind: 'done', seen: `${INTERFACE} has sg-0aaa only`, secondsToFix: 4 },
    inverse: { action: 'attach-groups', interfaceId: INTERFACE, groupIds: ['sg-0aaa', 'sg-0bbb'] },
  },
);

/** The same hole, where a rule would have to go that other interfaces rely on. */
export const shared: Incident = about(observed, detached.finding, {
  change: adding('sgr-0bbb'),
  about: detached.about,
  guard: 'shared',
  decision: {
    kind: 'hold',
    rule: 'internet',
    guard: 'shared',
    reason: 'sg-0bbb is also used by eni-0def, for whom nothing is wrong',
    remediation: { action: 'revoke-rules', groupId: 'sg-0bbb', egress: false, ruleIds: ['sgr-0bbb'] },
  },
  outcome: null,
});

export const narrowed: Incident = about(
  closed,
  {
    resource: { type: 'prefix-list', id: LIST },
    summary: `${LIST} lets the internet into sg-0aaa: 0.0.0.0/0`,
    evidence: ['prefix list office, version 7'],
  },
  {
    unit: 'networks',
    about: { name: 'office', owner: null, madeBy: null },
    decision: acting({ action: 'remove-entries', prefixListId: LIST, cidrs: ['0.0.0.0/0'] }),
    outcome: { kind: 'done', seen: `${LIST} has version 8, without 0.0.0.0/0`, secondsToFix: 6 },
    inverse: {
      action: 'add-entries',
      prefixListId: LIST,
      entries: [{ cidr: '0.0.0.0/0', description: "Bob's, for now" }],
    },
  },
);

const outbound: SecurityGroupRule = {
  ...sshRule,
  id: 'sgr-0eee',
  egress: true,
  protocol: '-1',
  fromPort: -1,
  toPort: -1,
};

export const egressClosed: Incident = about(
  closed,
  { rule: 'egress', summary: 'all traffic may go to the internet: all traffic to 0.0.0.0/0', evidence: [] },
  {
    change: adding('sgr-0eee'),
    decision: acting(
      { action: 'revoke-rules', groupId: 'sg-0abc0abc0abc0abc0', egress: true, ruleIds: ['sgr-0eee'] },
      'egress',
    ),
    outcome: { kind: 'done', seen: 'sgr-0eee is gone from sg-0abc0abc0abc0abc0', secondsToFix: 4 },
    inverse: { action: 'authorize-rules', rules: [outbound] },
  },
);

const inside: SecurityGroupRule = { ...sshRule, source: { kind: 'ipv4', cidr: '10.0.0.0/8' }, description: 'the VPN' };
const PIPELINE: Partial<Finding> = { rule: 'pipeline-only', severity: 'medium', evidence: [] };

export const addedByHand: Incident = about(
  closed,
  { ...PIPELINE, summary: 'rules were added by hand: tcp 22 from 10.0.0.0/8' },
  {
    decision: {
      ...closed.decision,
      rule: 'pipeline-only',
      reason: 'rules were added by hand: tcp 22 from 10.0.0.0/8',
    },
    inverse: { action: 'authorize-rules', rules: [inside] },
  },
);

function toldOf(summary: string, evidence: readonly string[], inverse: Inverse): Incident {
  const reason = 'undrift can only tell: putting it back needs the right to open, which it does not have';
  const decision = { kind: 'hold', rule: 'pipeline-only', guard: 'observe', reason, remediation: null } as const;
  const dueAt = '2026-05-02T12:00:05.000Z';
  return about(observed, { ...PIPELINE, summary, evidence }, { decision, outcome: null, inverse, dueAt });
}

export const removedByHand: Incident = toldOf(
  'rules were removed by hand: tcp 22 from 10.0.0.0/8',
  ['sgr-0aaa111122223333a: tcp 22 from 10.0.0.0/8 (the VPN)'],
  { action: 'authorize-rules', rules: [inside] },
);

export const modifiedByHand: Incident = toldOf(
  'rules were changed by hand: sgr-0aaa111122223333a was tcp 22 from 10.0.0.0/8 (the VPN), is tcp 22 from 10.0.0.0/16',
  ['sgr-0aaa111122223333a: tcp 22 from 10.0.0.0/8 (the VPN)'],
  { action: 'modify-rules', rules: [inside] },
);
