/** A group that an AWS service keeps: what the service made stays, and everything else is closed. */
import { describe, expect, it } from 'vitest';
import type { NetworkInterface, SecurityGroupRule, Tags } from '../../src/domain/estate.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { Retryable } from '../../src/roles.ts';
import { authorize, call } from './events.ts';
import { ACCOUNT, shippedPolicy, World } from './world.ts';

const GROUP = 'sg-0aaaaaaaaaaaaaa05';
const OWN = 'sg-0bbbbbbbbbbbbbb05';
const EKS = { 'aws:eks:cluster-name': 'prod', 'kubernetes.io/cluster/prod': 'owned' };
const RDP = 'sgr-00000000000000001';
const SSH = 'sgr-00000000000000002';
const DAY = 86_400;

const DIRECTORY: NetworkInterface = {
  id: 'eni-00000000000000005',
  vpcId: 'vpc-1',
  ownerId: ACCOUNT,
  groupIds: [GROUP],
  instanceId: null,
  requesterManaged: true,
  loadBalancer: false,
  interfaceType: 'interface',
  requesterId: 'AROAEXAMPLE000000005:directoryservice',
  publicAddresses: [],
  description: 'AWS created network interface for directory d-936700000a',
  tags: {},
};
const OURS: NetworkInterface = {
  ...DIRECTORY,
  id: 'eni-00000000000000009',
  instanceId: 'i-0123456789abcdef0',
  requesterManaged: false,
  requesterId: null,
  description: '',
};

function rule(id: string, port: number): SecurityGroupRule {
  const ports = { protocol: 'tcp', fromPort: port, toPort: port };
  return {
    id,
    groupId: GROUP,
    egress: false,
    ...ports,
    source: { kind: 'ipv4', cidr: '0.0.0.0/0' },
    description: null,
  };
}

type Given = { readonly tags?: Tags; readonly users?: readonly NetworkInterface[]; readonly policy?: Partial<Policy> };

/** The service opened a protected port before undrift came. */
function world({ tags = {}, users = [DIRECTORY], policy = {} }: Given = {}): World {
  const configVerdicts = [{ configRule: 'ports', means: ['internet'] as const }];
  const at = new World(shippedPolicy('enforce', { configVerdicts, ...policy }));
  const name = 'd-936700000a_controllers';
  at.network.addGroup({ id: GROUP, name, ownerId: ACCOUNT, vpcId: 'vpc-1', tags });
  at.network.addGroup({ id: OWN, name: 'own', ownerId: ACCOUNT, vpcId: 'vpc-1', tags: {} });
  for (const user of users) at.network.setInterface(user);
  at.network.open(rule(RDP, 3389));
  return at;
}

const left = (at: World) => at.network.truth.rules.map(({ id }) => id);

async function add(at: World, id: string, actor: Record<string, unknown> = {}): Promise<void> {
  at.network.open(rule(id, 22));
  const event = authorize(at.clock.iso(), { id, groupId: GROUP, fromPort: 22, toPort: 22, cidr: '0.0.0.0/0' });
  at.send('security-groups', { ...event, detail: { ...event.detail, ...actor } });
  await at.run(120);
}

async function nonCompliant(at: World): Promise<void> {
  const time = at.clock.iso();
  const named = { resourceId: GROUP, resourceType: 'AWS::EC2::SecurityGroup', configRuleName: 'ports' };
  at.send('security-groups', {
    version: '0',
    id: `envelope-of-${time}`,
    'detail-type': 'Config Rules Compliance Change',
    source: 'aws.config',
    account: ACCOUNT,
    time,
    region: 'eu-west-1',
    resources: [],
    detail: {
      ...named,
      awsRegion: 'eu-west-1',
      awsAccountId: ACCOUNT,
      newEvaluationResult: { complianceType: 'NON_COMPLIANT', resultRecordedTime: time },
    },
  });
  await at.run(120);
}

async function launch(at: World, groupIds: readonly string[]): Promise<void> {
  at.network.setInterface({ ...OURS, groupIds });
  const groupSet = { items: groupIds.map((groupId) => ({ groupId })) };
  const networkInterfaceSet = { items: [{ networkInterfaceId: OURS.id, groupSet }] };
  const instancesSet = { items: [{ instanceId: OURS.instanceId, networkInterfaceSet }] };
  const event = call('RunInstances', at.clock.iso(), { requestParameters: {}, responseElements: { instancesSet } });
  at.send('security-groups', event);
  at.send('networks', event);
  await at.run(300);
}

const linkedRole = (service: string) => ({
  userIdentity: {
    type: 'AssumedRole',
    arn: `arn:aws:sts::${ACCOUNT}:assumed-role/AWSServiceRole/session`,
    sessionContext: {
      sessionIssuer: { arn: `arn:aws:iam::${ACCOUNT}:role/aws-service-role/${service}/AWSServiceRole` },
    },
  },
});

describe('SSH opened to the world in a group that a service keeps', () => {
  it.each<[string, Given]>([
    ['by a tag of EKS', { tags: EKS, users: [] }],
    ['by its interfaces', {}],
    ['and in one that only carries the tag of a stack', { tags: { 'aws:cloudformation:stack-name': 'x' }, users: [] }],
  ])('is closed: %s', async (_name, given) => {
    const at = world(given);
    await add(at, SSH);
    expect(left(at)).not.toContain(SSH);
    const own = at.ledger.incidents.find(({ finding }) => finding.summary.startsWith('SSH'));
    expect(own).toMatchObject({ status: 'closed', closedBy: 'undrift' });
  });

  it('is closed also where a service made the call that does not keep the group, or a role that imitates one', async () => {
    const at = world();
    const imitation = linkedRole(`ds.amazonaws.com/x:role/aws-service-role/ds.amazonaws.com`);
    const others = [{ userIdentity: { type: 'IAMUser', invokedBy: 'cloudformation.amazonaws.com' } }, imitation];
    for (const [n, actor] of [...others, linkedRole('eks.amazonaws.com')].entries()) {
      await add(at, `sgr-0000000000000009${n}`, actor);
    }
    expect(left(at)).toEqual([RDP]);
  });

  it('stays where the service opened it itself, by its own role or on behalf of somebody', async () => {
    const at = world();
    await add(at, SSH, linkedRole('ds.amazonaws.com'));
    const onBehalf = { type: 'IAMUser', arn: `arn:aws:iam::${ACCOUNT}:user/kim`, invokedBy: 'ds.amazonaws.com' };
    await add(at, 'sgr-00000000000000003', { userIdentity: onBehalf });
    await nonCompliant(at);
    expect(left(at)).toEqual([RDP, SSH, 'sgr-00000000000000003']);
    expect(new Set(at.ledger.incidents.map(({ guard }) => guard))).toEqual(new Set(['not-ours']));
  });
});

describe('what the service itself opened', () => {
  it.each(['any', 'new'] as const)('is held as high and reported every day, with when: %s', async (when) => {
    const at = world({ policy: { when } });
    await nonCompliant(at);
    expect(left(at)).toEqual([RDP]);
    expect(at.incident()).toMatchObject({ status: 'held', guard: 'not-ours', finding: { severity: 'high' } });
    expect(at.incident().decision.reason).toContain('AWS Directory Service');
    expect(at.notifier.notices).toHaveLength(1);
    await at.run(3 * DAY + 3600);
    expect(at.notifier.notices).toHaveLength(4);
    expect(left(at)).toEqual([RDP]);
  });

  it.each(['any', 'new'] as const)(
    'is closed when something else gets the group alone, with when: %s',
    async (when) => {
      const at = world({ policy: { when } });
      await nonCompliant(at);
      await launch(at, [GROUP]);
      expect(left(at)).toEqual([]);
      expect(at.incident()).toMatchObject({ status: 'closed', closedBy: 'undrift' });
    },
  );

  it('stays where something else gets the group beside another: the group comes off there', async () => {
    const at = world();
    await nonCompliant(at);
    await launch(at, [OWN, GROUP]);
    expect(left(at)).toEqual([RDP]);
    expect(at.network.truth.interfaces[OURS.id]?.groupIds).toEqual([OWN]);
  });

  it('is closed within a day when the service gives an interface a public address', async () => {
    const at = world();
    await nonCompliant(at);
    at.network.setInterface({ ...DIRECTORY, publicAddresses: ['198.51.100.7'] });
    await at.run(DAY + 3600);
    expect(left(at)).toEqual([]);
  });

  it('is closed once somebody has changed it in place', async () => {
    const at = world();
    await nonCompliant(at);
    at.network.close(RDP);
    at.network.open({ ...rule(RDP, 3389), toPort: 3390 });
    await nonCompliant(at);
    expect(left(at)).toEqual([]);
  });
});

describe('reading who keeps a group', () => {
  it('does not delay closing: where its interfaces cannot be read, nobody keeps it', async () => {
    const at = world();
    at.securityGroups.usersOf = async () => {
      throw new Retryable('ec2:DescribeNetworkInterfaces cannot be answered now');
    };
    await add(at, SSH);
    expect(left(at)).toEqual([]);
    expect(at.notifier.notices[0]?.notice.text).toContain('whether a service keeps sg-0aaaaaaaaaaaaaa05 is not known');
  });

  it('costs no call where a person opened what is open', async () => {
    const at = world();
    at.network.close(RDP);
    await add(at, SSH);
    expect(left(at)).toEqual([]);
    expect(at.securityGroups.callsOf('usersOf')).toEqual([]);
  });
});
