/** Attempts to have an AWS service's group, or a load balancer elsewhere, keep a port open on an instance. */
import { describe, expect, it } from 'vitest';
import type { NetworkInterface, SecurityGroupRule } from '../../src/domain/estate.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { Retryable } from '../../src/roles.ts';
import { authorize, call } from './events.ts';
import { ACCOUNT, shippedPolicy, World } from './world.ts';

const [GROUP, SECOND, OWN] = ['sg-0aaaaaaaaaaaaaa05', 'sg-0aaaaaaaaaaaaaa06', 'sg-0bbbbbbbbbbbbbb05'];
const INSTANCE = 'i-0123456789abcdef0';

const ENDPOINT: NetworkInterface = {
  id: 'eni-00000000000000005',
  vpcId: 'vpc-1',
  ownerId: ACCOUNT,
  groupIds: [GROUP],
  instanceId: null,
  requesterManaged: true,
  loadBalancer: false,
  interfaceType: 'vpc_endpoint',
  requesterId: '123456789012',
  publicAddresses: [],
  description: 'VPC Endpoint Interface vpce-0123456789abcdef0',
  tags: {},
};
const OURS: NetworkInterface = {
  ...ENDPOINT,
  id: 'eni-00000000000000009',
  instanceId: INSTANCE,
  requesterManaged: false,
  interfaceType: 'interface',
  requesterId: null,
  description: '',
};

function rule(id: string, groupId: string, port = 22): SecurityGroupRule {
  const ports = { protocol: 'tcp', fromPort: port, toPort: port };
  return { id, groupId, egress: false, ...ports, source: { kind: 'ipv4', cidr: '0.0.0.0/0' }, description: null };
}

const left = (at: World) => at.network.truth.rules.map(({ id }) => id);

/** The rules of the groups that our interface has. */
const open = (at: World) =>
  at.network.truth.rules.filter(({ groupId }) => at.network.truth.interfaces[OURS.id]?.groupIds.includes(groupId));

function world(policy: Partial<Policy> = {}): World {
  const at = new World(shippedPolicy('enforce', policy));
  for (const id of [GROUP, SECOND, OWN]) {
    at.network.addGroup({ id, name: id, ownerId: ACCOUNT, vpcId: 'vpc-1', tags: {} });
  }
  return at;
}

function launch(at: World, groupIds: readonly string[], name: 'RunInstances' = 'RunInstances'): void {
  at.network.setInterface({ ...OURS, groupIds });
  const groupSet = { items: groupIds.map((groupId) => ({ groupId })) };
  const networkInterfaceSet = { items: [{ networkInterfaceId: OURS.id, groupSet }] };
  const instancesSet = { items: [{ instanceId: INSTANCE, networkInterfaceSet }] };
  const event = call(name, at.clock.iso(), { requestParameters: {}, responseElements: { instancesSet } });
  at.send('security-groups', event);
  at.send('networks', event);
}

describe('an instance that is launched with groups that only VPC endpoints had', () => {
  it('is reachable through none of them, where every one is open', async () => {
    const at = world();
    at.network.setInterface(ENDPOINT);
    at.network.setInterface({ ...ENDPOINT, id: 'eni-00000000000000006', groupIds: [SECOND] });
    at.network.open(rule('sgr-00000000000000001', GROUP));
    at.network.open(rule('sgr-00000000000000002', SECOND));
    launch(at, [GROUP, SECOND]);
    await at.run(600);
    expect(open(at)).toEqual([]);
  });
});

describe('SSH that somebody opened in groups of EKS in an observed VPC', () => {
  it('goes where an instance in an enforced VPC is launched with all of them', async () => {
    const at = world({ modes: [{ rules: null, select: { vpc: ['vpc-dev'] }, mode: 'observe' }] });
    const tags = { 'aws:eks:cluster-name': 'dev' };
    for (const [n, id] of [GROUP, SECOND].entries()) {
      at.network.addGroup({ id, name: id, ownerId: ACCOUNT, vpcId: 'vpc-dev', tags });
      const own = rule(`sgr-0000000000000001${n}`, id);
      at.network.open(own);
      const event = authorize(at.clock.iso(), { ...own, fromPort: 22, toPort: 22, cidr: '0.0.0.0/0' });
      at.send('security-groups', event);
      await at.run(60);
    }
    launch(at, [GROUP, SECOND]);
    await at.run(600);
    expect(open(at)).toEqual([]);
  });
});

describe('several rules that are opened before the first of their events is read', () => {
  it('are all closed, as each event names its own', async () => {
    const at = world();
    at.network.setInterface(ENDPOINT);
    const ids = ['sgr-00000000000000001', 'sgr-00000000000000002', 'sgr-00000000000000003'];
    for (const [n, id] of ids.entries()) at.network.open({ ...rule(id, GROUP), fromPort: 22, toPort: 22 + n });
    for (const [n, id] of ids.entries()) {
      const event = authorize(at.clock.iso(), { id, groupId: GROUP, fromPort: 22, toPort: 22 + n, cidr: '0.0.0.0/0' });
      at.send('security-groups', event);
      await at.run(30);
    }
    await at.run(300);
    expect(left(at)).toEqual([]);
  });
});

describe('a load balancer in an observed VPC', () => {
  it('keeps no listener open on an instance in an enforced VPC', async () => {
    const { internet } = shippedPolicy('enforce');
    const https = { name: 'HTTPS', protocols: [6], ports: [{ from: 443, to: 443 }] };
    const modes: Policy['modes'] = [{ rules: null, select: { vpc: ['vpc-dev'] }, mode: 'observe' }];
    const at = world({ modes, internet: { ...internet, protects: [...internet.protects, https] } });
    const DEV = 'sg-0000000000000000d';
    at.network.addGroup({ id: DEV, name: 'dev', ownerId: ACCOUNT, vpcId: 'vpc-dev', tags: {} });
    const balancer = { requesterManaged: true, loadBalancer: true, requesterId: 'amazon-elb', instanceId: null };
    at.network.setInterface({ ...OURS, ...balancer, id: 'eni-00000000000000002', vpcId: 'vpc-dev', groupIds: [DEV] });
    const listener = rule('sgr-00000000000000004', DEV, 443);
    at.network.open(listener);
    at.send(
      'security-groups',
      authorize(at.clock.iso(), { ...listener, fromPort: 443, toPort: 443, cidr: '0.0.0.0/0' }),
    );
    await at.run(60);
    expect(left(at)).toEqual([listener.id]);
    launch(at, [DEV]);
    await at.run(60);
    expect(left(at)).toEqual([]);
    expect(at.ledger.incidents.some(({ decision }) => decision.places?.some((place) => place.includes('loses')))).toBe(
      true,
    );
  });
});

describe('SSH that a node group opens by its role, because somebody asked for remote access', () => {
  it('is closed, also in a group with the tag of the cluster', async () => {
    const at = world();
    const id = 'sgr-00000000000000005';
    at.network.addGroup({
      id: GROUP,
      name: 'eks-remoteAccess',
      ownerId: ACCOUNT,
      vpcId: 'vpc-1',
      tags: { 'aws:eks:cluster-name': 'prod' },
    });
    at.network.setInterface({ ...OURS, groupIds: [GROUP] });
    at.network.open(rule(id, GROUP));
    const event = authorize(at.clock.iso(), { id, groupId: GROUP, fromPort: 22, toPort: 22, cidr: '0.0.0.0/0' });
    const role = 'AWSServiceRoleForAmazonEKSNodegroup';
    const userIdentity = {
      type: 'AssumedRole',
      arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${role}/EKS`,
      sessionContext: {
        sessionIssuer: { arn: `arn:aws:iam::${ACCOUNT}:role/aws-service-role/eks-nodegroup.amazonaws.com/${role}` },
      },
      invokedBy: 'eks-nodegroup.amazonaws.com',
    };
    at.send('security-groups', { ...event, detail: { ...event.detail, userIdentity } });
    await at.run(60);
    expect(left(at)).toEqual([]);
  });
});

describe('several groups whose interfaces cannot be read together', () => {
  const busy = new Retryable('ec2:DescribeNetworkInterfaces cannot be answered now');

  /** A prefix list is widened that both groups name; both are on an interface of an enforced VPC. */
  async function widened(home: string, failures: readonly string[]): Promise<World> {
    const at = world({ modes: [{ rules: null, select: { vpc: ['vpc-dev'] }, mode: 'observe' }] });
    const id = 'pl-00000000000000001';
    at.network.setPrefixList({ id, name: 'office', ownerId: ACCOUNT, cidrs: ['0.0.0.0/0'], version: 2 });
    for (const [n, group] of [GROUP, SECOND].entries()) {
      at.network.addGroup({ id: group, name: group, ownerId: ACCOUNT, vpcId: home, tags: {} });
      at.network.open({ ...rule(`sgr-0000000000000002${n}`, group), source: { kind: 'prefix-list', id } });
      at.network.setInterface({ ...OURS, id: `eni-0000000000000002${n}`, groupIds: [group] });
    }
    for (const name of failures) at.securityGroups.failNext(busy, name);
    const AddEntry = [{ tag: 1, Cidr: '0.0.0.0/0' }];
    const event = call('ModifyManagedPrefixList', at.clock.iso(), {
      requestParameters: { ModifyManagedPrefixListRequest: { PrefixListId: id, CurrentVersion: 1, AddEntry } },
      responseElements: { ModifyManagedPrefixListResponse: { prefixList: { prefixListId: id, version: 2 } } },
    });
    at.send('security-groups', event);
    await at.run(10);
    return at;
  }

  it('are closed without them where their own VPC is enforced', async () => {
    const at = await widened('vpc-1', ['readMany.users', 'usersOf', 'usersOf']);
    expect(left(at)).toEqual([]);
  });

  it('are read one by one where another place may decide', async () => {
    const at = await widened('vpc-dev', ['readMany.users']);
    expect(left(at)).toEqual([]);
  });
});
