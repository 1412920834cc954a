import type { AutoScalingGroup, GroupMember, Instance } from '../../../src/domain/estate.ts';
import type { InstanceCase, NetworkCase } from '../../../src/guards/guard.ts';
import { basePolicy } from '../policy/policies.ts';

export const ACCOUNT = '123456789012';
const ENFORCE = { mode: 'enforce', because: 'mode' } as const;

/** A security group of ours, and a rule of it that may go. */
export const GROUP_CASE: NetworkCase = {
  kind: 'network',
  account: ACCOUNT,
  policy: basePolicy(),
  mode: ENFORCE,
  pause: { kind: 'running' },
  now: new Date('2026-03-01T12:00:00.000Z'),
  remediation: { action: 'revoke-rules', groupId: 'sg-1', egress: false, ruleIds: ['sgr-1'] },
  owned: { id: 'sg-1', ownerId: ACCOUNT, managedBy: null },
  sharedBy: [],
};

export const INSTANCE: Instance = {
  id: 'i-1',
  state: 'running',
  vpcId: 'vpc-1',
  imageId: 'ami-1',
  launchedAt: '2026-02-01T00:00:00.000Z',
  securityGroupIds: ['sg-1'],
  profileArn: null,
  rootDevice: '/dev/xvda',
  volumes: [{ id: 'vol-1', device: '/dev/xvda', deleteOnTermination: true }],
  interfaces: [{ id: 'eni-1', deviceIndex: 0, elasticIp: false }],
  tags: {},
};

export const memberOf = (id: string, given: Partial<GroupMember> = {}): GroupMember => ({
  id,
  lifecycleState: 'InService',
  healthy: true,
  protectedFromScaleIn: false,
  launchTemplate: { id: 'lt-1', version: '1' },
  launchConfigurationName: null,
  weight: 1,
  ...given,
});

export const FLEET: AutoScalingGroup = {
  name: 'web',
  arn: 'arn:aws:autoscaling:eu-central-1:123456789012:autoScalingGroup:0:autoScalingGroupName/web',
  desired: 3,
  min: 1,
  max: 6,
  suspendedProcesses: [],
  trafficSources: [],
  warmUp: { seconds: 0, setting: 'HealthCheckGracePeriod' },
  refreshRunning: false,
  maintenance: null,
  launchesFrom: [{ kind: 'template', id: 'lt-1', version: '$Default' }],
  subnetIds: ['subnet-1'],
  members: [memberOf('i-1'), memberOf('i-2'), memberOf('i-3')],
  tags: { 'undrift:replace': 'allowed' },
};

/** An instance whose group opted in, which is well, and whose peers are. */
export const INSTANCE_CASE: InstanceCase = {
  kind: 'instance',
  account: ACCOUNT,
  policy: basePolicy(),
  mode: ENFORCE,
  pause: { kind: 'running' },
  remediation: {
    action: 'replace-instance',
    instanceId: 'i-1',
    autoScalingGroupName: 'web',
    how: 'terminate-first',
  },
  rule: 'user-data-changed',
  instance: INSTANCE,
  group: FLEET,
  member: memberOf('i-1'),
  allowance: { limit: 1, because: 'budget.perGroup' },
  peers: { total: 3, missing: 0, serving: ['i-2', 'i-3'] },
  holders: [],
  rounds: [],
  line: [],
  entered: null,
  graceMinutes: 30,
  now: new Date('2026-03-01T12:00:00.000Z'),
  drift: { kind: 'compared', baseline: 'lt-1 version 1', differences: [] },
  launch: null,
  ties: null,
  despite: {},
  baselineChanges: [],
  optInTag: { key: 'undrift:replace', value: 'allowed' },
};
