import { describe, expect, it } from 'vitest';
import type { Baseline, Interface } from '../../src/domain/estate.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { call } from './events.ts';
import { ACCOUNT, shippedPolicy, World } from './world.ts';

const BASELINE: Baseline = { name: 'lt-1 version 1', userData: null, securityGroupIds: ['sg-1'], profile: null };
const HOUR = 3600;

function world(policy: Policy) {
  const at = new World(policy);
  const tags = { 'undrift:replace': 'allowed' };
  const [altered = '', bystander = ''] = at.fleet.addGroup({ name: 'web', desired: 3, max: 6, tags }, BASELINE);
  return { at, altered, bystander };
}
const replaced = (at: World) => at.fleet.callsOf('replace').map(({ args }) => args[0]);

describe('what somebody moves to another machine after it was entered or altered by it', () => {
  it('an address: the machine that the tunnel went to is replaced, and not the one that has the address by then', async () => {
    const shipped = shippedPolicy('enforce');
    const enforced = { 'tunnel-opened': { mode: null } };
    const { at, altered, bystander } = world({ ...shipped, instanceRules: { ...shipped.instanceRules, ...enforced } });
    at.fleet.has.set('address=10.0.1.50', altered);
    const tunnel = call('OpenTunnel', at.clock.iso(), {
      eventSource: 'ec2-instance-connect.amazonaws.com',
      requestParameters: { privateIpAddress: '10.0.1.50', remotePort: '22' },
    });
    at.send('instances', tunnel);
    await at.run(60);
    expect(at.incident()).toMatchObject({ resource: { id: altered }, guard: 'tainted' });
    // As AssignPrivateIpAddresses with AllowReassignment does, to an interface that was there before the tunnel.
    at.fleet.has.set('address=10.0.1.50', bystander);
    await at.run(HOUR);
    expect(replaced(at)).toEqual([altered]);
    expect(at.incident()).toMatchObject({ status: 'closed', closedBy: 'undrift' });
  });

  it('an interface: the machine that had it when its groups were set is replaced, and not its next one', async () => {
    const reason = 'All machines of this fleet have two interfaces.';
    const replaceDespite = [{ what: ['further-interfaces'], select: { autoScalingGroup: ['web'] }, reason }] as const;
    const budget = { perGroup: 0, perHour: 10 };
    const { at, altered, bystander } = world(shippedPolicy('enforce', { replaceDespite, budget }));
    const first = (id: string): Interface => ({ id: id.replace('i-', 'eni-'), deviceIndex: 0, elasticIp: false });
    const moved: Interface = { id: 'eni-0123456789abcdef0', deviceIndex: 1, elasticIp: false };
    at.fleet.alter(altered, { interfaces: [first(altered), moved] });
    const set = call('ModifyNetworkInterfaceAttribute', at.clock.iso(), {
      requestParameters: { networkInterfaceId: moved.id, groupSet: { items: [{ groupId: 'sg-0bad' }] } },
    });
    at.send('instances', set);
    await at.run(60);
    expect(at.incident()).toMatchObject({ resource: { id: altered }, guard: 'budget' });
    at.fleet.alter(altered, { interfaces: [first(altered)] });
    at.fleet.alter(bystander, { interfaces: [first(bystander), moved] });
    at.policy = { ...at.policy, budget: { perGroup: 1, perHour: 10 } };
    await at.run(HOUR);
    expect(replaced(at)).toEqual([altered]);
    expect(at.incident()).toMatchObject({ status: 'closed', closedBy: 'undrift' });
  });
});

it("what an instance's role does to the interface of another machine is told", async () => {
  const { at, altered: first, bystander: other } = world(shippedPolicy('enforce'));
  const arn = `arn:aws:sts::${ACCOUNT}:assumed-role/node/${first}`;
  const issuer = { type: 'Role', arn: `arn:aws:iam::${ACCOUNT}:role/node` };
  at.send(
    'instances',
    call('ModifyNetworkInterfaceAttribute', at.clock.iso(), {
      userIdentity: {
        type: 'AssumedRole',
        arn,
        accountId: ACCOUNT,
        sessionContext: { sessionIssuer: issuer, ec2RoleDelivery: '2.0' },
      },
      requestParameters: {
        networkInterfaceId: other.replace('i-', 'eni-'),
        groupSet: { items: [{ groupId: 'sg-0bad' }] },
      },
    }),
  );
  await at.run(60);
  expect(at.ledger.incidents).toHaveLength(1);
});
