/** "Clean then" is clean now only under the same policy, and for everyone who uses the group. */
import { describe, expect, it } from 'vitest';
import type { SecurityGroupRule } from '../../src/domain/estate.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { interfaceOf } from '../unit/decide/networks.ts';
import { authorize, call } from './events.ts';
import { ACCOUNT, shippedPolicy, World } from './world.ts';

const GROUP = 'sg-0123456789abcdef0';
const ENI = 'eni-00000000000000001';
const INSTANCE = 'i-0123456789abcdef0';
const PARTNER = '52.94.76.0/24';
const ANYBODY = '0.0.0.0/0';

function https(n: number, cidr: string): SecurityGroupRule {
  const id = `sgr-${String(n).padStart(17, '0')}`;
  const ports = { protocol: 'tcp', fromPort: 443, toPort: 443 };
  return { id, groupId: GROUP, egress: false, ...ports, source: { kind: 'ipv4', cidr }, description: null };
}

/** Protects HTTPS, and lets load balancers listen on it. */
function policy(change: Partial<Policy> = {}): Policy {
  const shipped = shippedPolicy('enforce');
  const protects = [...shipped.internet.protects, { name: 'HTTPS', protocols: [6], ports: [{ from: 443, to: 443 }] }];
  return { ...shipped, internet: { ...shipped.internet, protects }, ...change };
}

function world(given: Policy): World {
  const at = new World(given);
  at.network.addGroup({ id: GROUP, name: 'web', ownerId: ACCOUNT, vpcId: 'vpc-1', tags: {} });
  return at;
}

async function open(at: World, n: number, cidr: string): Promise<void> {
  const rule = https(n, cidr);
  at.network.open(rule);
  at.send('security-groups', authorize(at.clock.iso(), { ...rule, cidr }));
  await at.run(60);
}

async function launch(at: World): Promise<void> {
  const made = interfaceOf(ENI, [GROUP], { instanceId: INSTANCE, publicAddresses: ['198.51.100.7'] });
  at.network.setInterface(made);
  const groupSet = { items: [{ groupId: GROUP }] };
  const networkInterfaceSet = { items: [{ networkInterfaceId: ENI, groupSet }] };
  const instancesSet = { items: [{ instanceId: INSTANCE, networkInterfaceSet }] };
  const event = call('RunInstances', at.clock.iso(), { requestParameters: {}, responseElements: { instancesSet } });
  at.send('security-groups', event);
  at.send('networks', event);
  await at.run(600);
}

const left = (at: World) =>
  at.network.truth.rules.map(({ source }) => (source.kind === 'ipv4' ? source.cidr : source.kind));

describe('a group that was clean', () => {
  it.each(['any', 'new'] as const)(
    'is judged again when an instance gets what only listened, with when: %s',
    async (when) => {
      const egress = { ...policy().egress, mode: 'observe' as const };
      const at = world(policy({ when, egress }));
      await open(at, 1, PARTNER);
      await open(at, 2, ANYBODY);
      expect(left(at)).toEqual([PARTNER, ANYBODY]);
      await launch(at);
      expect(left(at)).toEqual([PARTNER]);
      expect(at.incident()).toMatchObject({ status: 'closed', closedBy: 'undrift', resource: { id: GROUP } });
    },
  );

  it('is judged again under a policy that was deployed since', async () => {
    const at = world(shippedPolicy('enforce'));
    await open(at, 1, ANYBODY);
    expect(left(at)).toEqual([ANYBODY]);
    at.policy = policy();
    at.policyDigest = 'another policy';
    await launch(at);
    expect(left(at)).toEqual([]);
  });

  it('is told, and stays as it is, where only the policy made it an exposure and the policy says when: new', async () => {
    const at = world(shippedPolicy('enforce', { when: 'new' }));
    await open(at, 1, ANYBODY);
    at.policy = policy({ when: 'new' });
    at.policyDigest = 'another policy';
    await launch(at);
    expect(left(at)).toEqual([ANYBODY]);
    expect(at.incident()).toMatchObject({ status: 'held', guard: 'pre-existing' });
  });

  it('is not read again when nothing that it was clean for has changed', async () => {
    const at = world(policy());
    await open(at, 1, PARTNER);
    const reads = at.securityGroups.callsOf('read').length;
    await launch(at);
    expect(at.securityGroups.callsOf('read')).toHaveLength(reads);
    expect(at.ledger.incidents).toEqual([]);
  });

  it('was not clean where only one direction was judged', async () => {
    const shipped = policy();
    const egress = { ...shipped.egress, mode: 'observe' as const };
    const configVerdicts = [{ configRule: 'egress-only', means: ['egress'] as const }];
    const at = world({ ...shipped, egress, configVerdicts });
    at.network.open(https(1, ANYBODY));
    at.send('security-groups', nonCompliant(at.clock.iso(), 'egress-only'));
    await at.run(60);
    await launch(at);
    expect(left(at)).toEqual([]);
  });
});

function nonCompliant(at: string, configRuleName: string) {
  const newEvaluationResult = { complianceType: 'NON_COMPLIANT', resultRecordedTime: at };
  const named = { resourceId: GROUP, resourceType: 'AWS::EC2::SecurityGroup', configRuleName };
  return {
    version: '0',
    id: 'envelope-of-config',
    'detail-type': 'Config Rules Compliance Change',
    source: 'aws.config',
    account: ACCOUNT,
    time: at,
    region: 'eu-west-1',
    resources: [],
    detail: { ...named, awsRegion: 'eu-west-1', awsAccountId: ACCOUNT, newEvaluationResult },
  };
}
