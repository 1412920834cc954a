import type { Change } from '../../../src/domain/change.ts';
import type { SecurityGroupRule } from '../../../src/domain/estate.ts';
import type { ClosedBy, Incident } from '../../../src/domain/incident.ts';

const COMMIT = '0123456789abcdef0123456789abcdef01234567';

const opened: Change = {
  source: 'cloudtrail',
  name: 'AuthorizeSecurityGroupIngress',
  fact: { kind: 'rules-added', egress: false, ruleIds: ['sgr-0aaa111122223333a'] },
  resources: [{ type: 'security-group', id: 'sg-0abc0abc0abc0abc0' }],
  actor: {
    arn: 'arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/alice@example.com',
    type: 'AssumedRole',
    issuerArn: 'arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef',
    sourceIdentity: null,
    instanceId: null,
    invokedBy: null,
  },
  at: '2026-05-01T12:00:00Z',
  eventId: '6f0b1c1e-1111-4222-8333-944445555666',
  requestId: '0d6a1c1e-1111-4222-8333-944445555666',
  account: '123456789012',
  region: 'eu-west-1',
};

export const sshRule: SecurityGroupRule = {
  id: 'sgr-0aaa111122223333a',
  groupId: 'sg-0abc0abc0abc0abc0',
  egress: false,
  protocol: 'tcp',
  fromPort: 22,
  toPort: 22,
  source: { kind: 'ipv4', cidr: '0.0.0.0/0' },
  description: "Bob's laptop, just for now",
};

/** The perfect object: an opened port, closed in four seconds. */
export const closed: Incident = {
  key: 'sg-0abc0abc0abc0abc0#ingress#tcp#22-22#0.0.0.0/0',
  id: '7f3a9c1e',
  unit: 'security-groups',
  finding: {
    key: 'sg-0abc0abc0abc0abc0#ingress#tcp#22-22#0.0.0.0/0',
    round: 'sgr-0aaa111122223333a',
    resource: { type: 'security-group', id: 'sg-0abc0abc0abc0abc0' },
    rule: 'internet',
    severity: 'critical',
    summary: 'SSH (tcp/22) open to the internet',
    evidence: ['sgr-0aaa111122223333a lets 0.0.0.0/0 reach tcp/22'],
  },
  resource: { type: 'security-group', id: 'sg-0abc0abc0abc0abc0' },
  about: { name: 'web', owner: 'team-web', madeBy: 'CloudFormation stack web-prod' },
  change: opened,
  decision: {
    kind: 'remediate',
    rule: 'internet',
    guard: null,
    reason: 'SSH (tcp/22) open to the internet',
    remediation: {
      action: 'revoke-rules',
      groupId: 'sg-0abc0abc0abc0abc0',
      egress: false,
      ruleIds: ['sgr-0aaa111122223333a'],
    },
  },
  outcome: {
    kind: 'done',
    seen: 'sgr-0aaa111122223333a is gone from sg-0abc0abc0abc0abc0',
    secondsToFix: 4,
  },
  inverse: { action: 'authorize-rules', rules: [sshRule] },
  status: 'closed',
  guard: null,
  round: 'sgr-0aaa111122223333a',
  rounds: 1,
  seenRounds: ['sgr-0aaa111122223333a'],
  attempts: [
    {
      at: '2026-05-01T12:00:03.200Z',
      round: 'sgr-0aaa111122223333a',
      requestId: '9a6a1c1e-1111-4222-8333-944445555666',
      error: null,
    },
  ],
  replacement: null,
  openedAt: '2026-05-01T12:00:02.000Z',
  updatedAt: '2026-05-01T12:00:04.000Z',
  closedAt: '2026-05-01T12:00:04.000Z',
  closedBy: 'undrift',
  dueAt: null,
  failures: 0,
  revision: 2,
  leaseUntil: null,
  noticesSent: [],
  policyDigest: 'a1b2c3d4e5f6',
  commit: COMMIT,
  version: '0.1.0',
};

/** The same, where undrift only observes. */
export const observed: Incident = {
  ...closed,
  decision: { ...closed.decision, kind: 'hold', guard: 'observe', reason: 'mode observe for rule internet' },
  outcome: { kind: 'observed' },
  inverse: null,
  status: 'held',
  guard: 'observe',
  attempts: [],
  closedAt: null,
  closedBy: null,
  dueAt: '2026-05-01T13:00:02.000Z',
};

/** An altered instance, replaced in two minutes. */
export const replaced: Incident = {
  ...closed,
  key: 'i-0abc0abc0abc0abc0#user-data-changed',
  id: '2b9d0c44',
  unit: 'instances',
  finding: {
    key: 'i-0abc0abc0abc0abc0#user-data-changed',
    round: '6f0b1c1e-1111-4222-8333-944445555666',
    resource: { type: 'instance', id: 'i-0abc0abc0abc0abc0' },
    rule: 'user-data-changed',
    severity: 'high',
    summary: 'User data was changed by hand',
    evidence: [],
  },
  resource: { type: 'instance', id: 'i-0abc0abc0abc0abc0' },
  about: { name: 'web-prod', owner: null, madeBy: 'launch template lt-0123 version 4' },
  change: {
    ...opened,
    name: 'ModifyInstanceAttribute',
    fact: { kind: 'user-data-changed' },
    resources: [{ type: 'instance', id: 'i-0abc0abc0abc0abc0' }],
  },
  decision: {
    kind: 'remediate',
    rule: 'user-data-changed',
    guard: null,
    reason: 'the actor is not a trusted one',
    remediation: {
      action: 'replace-instance',
      instanceId: 'i-0abc0abc0abc0abc0',
      autoScalingGroupName: 'web-prod-asg',
      how: 'terminate-first',
    },
  },
  outcome: { kind: 'done', seen: 'i-0abc0abc0abc0abc0 is terminated, i-0def is in service', secondsToFix: 142 },
  inverse: null,
  round: '6f0b1c1e-1111-4222-8333-944445555666',
  attempts: [
    {
      at: '2026-05-01T12:00:05.000Z',
      round: '6f0b1c1e-1111-4222-8333-944445555666',
      requestId: '9a6a1c1e-1111-4222-8333-944445555666',
      error: null,
    },
  ],
  replacement: {
    group: 'web-prod-asg',
    membersBefore: ['i-0abc0abc0abc0abc0', 'i-0aaa'],
    startedAt: '2026-05-01T12:00:05.000Z',
    successor: 'i-0def',
  },
};

/** Asked for, and no successor after a quarter of an hour. */
export const stuck: Incident = {
  ...replaced,
  outcome: { kind: 'unverified', why: 'i-0abc0abc0abc0abc0 is kept in Terminating:Wait' },
  replacement: {
    group: 'web-prod-asg',
    membersBefore: ['i-0abc0abc0abc0abc0', 'i-0aaa'],
    startedAt: '2026-05-01T12:00:05.000Z',
    successor: null,
  },
  status: 'waiting',
  closedAt: null,
  closedBy: null,
  dueAt: '2026-05-01T12:20:00.000Z',
};

/** Refused by EC2, to be tried again. */
export const failed: Incident = {
  ...closed,
  outcome: { kind: 'failed', why: 'EC2 answered RequestLimitExceeded', retryable: true },
  status: 'unverified',
  attempts: [
    {
      at: '2026-05-01T12:00:03.200Z',
      round: 'sgr-0aaa111122223333a',
      requestId: '9a6a1c1e-1111-4222-8333-944445555666',
      error: 'RequestLimitExceeded',
    },
  ],
  closedAt: null,
  closedBy: null,
  dueAt: '2026-05-01T12:01:04.000Z',
};

export function alreadyGone(closedBy: ClosedBy): Incident {
  return {
    ...closed,
    outcome: { kind: 'already-done', seen: 'the rule is gone' },
    inverse: null,
    attempts: [],
    closedBy,
  };
}
export function instance(): Pick<Incident, 'finding' | 'resource' | 'decision'> {
  return { finding: replaced.finding, resource: replaced.resource, decision: replaced.decision };
}
export function unverified(): Incident {
  const outcome = { kind: 'unverified', why: 'the rule is still there after 14 s' } as const;
  return {
    ...closed,
    outcome,
    status: 'unverified',
    closedAt: null,
    closedBy: null,
    dueAt: '2026-05-01T12:01:05.000Z',
  };
}

/** Only a person can put it right. */
export function misused(): Incident {
  const finding = { ...observed.finding, rule: 'own-role-misused', summary: 'a role of undrift called RunInstances' };
  const decision = { ...observed.decision, reason: 'undrift can only tell: rotate the credentials', remediation: null };
  return { ...observed, finding, decision };
}

/** What ran, all of it known, and what took its place, of which EC2 told little. */
export const versioned: Incident = {
  ...replaced,
  ran: {
    instanceId: 'i-0abc0abc0abc0abc0',
    launchedAt: '2026-04-30T08:00:00.000Z',
    image: { id: 'ami-0aaa', name: 'web-2026-04-30' },
    template: { id: 'lt-0123', name: 'web', version: '4' },
    build: { tag: 'Build', value: '1481', on: 'image' },
    commit: { tag: 'git-sha', value: '5f0c9e1', on: 'template' },
    unread: [],
  },
  replacement: {
    group: 'web-prod-asg',
    membersBefore: ['i-0abc0abc0abc0abc0', 'i-0aaa'],
    startedAt: '2026-05-01T12:00:05.000Z',
    successor: 'i-0def',
    successorRan: {
      instanceId: 'i-0def',
      launchedAt: null,
      image: { id: 'ami-0bbb', name: null },
      template: null,
      build: null,
      commit: null,
      unread: ['the image ami-0bbb is not there (any more)'],
    },
  },
};
