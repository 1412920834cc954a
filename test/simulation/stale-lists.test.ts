import { describe, expect, it } from 'vitest';
import { call } from './events.ts';
import { ACCOUNT, shippedPolicy, World } from './world.ts';

const LIST = 'pl-00000000000000001';
const GROUP = 'sg-00000000000000001';
const RULE = 'sgr-00000000000000001';
const OFFICE = '198.51.100.1/32';
const MINUTES = 60;

const list = (version: number, ...cidrs: string[]) => ({ id: LIST, name: 'office', ownerId: ACCOUNT, cidrs, version });

async function quietWorld(): Promise<World> {
  const at = new World(shippedPolicy('enforce'));
  at.network.addGroup({ id: GROUP, name: 'web', ownerId: ACCOUNT, vpcId: 'vpc-1', tags: {} });
  at.network.setPrefixList(list(1, OFFICE));
  await at.run(5 * MINUTES);
  return at;
}

/** A rule for port 22 that names the list. */
function nameTheList(at: World): void {
  const source = { kind: 'prefix-list' as const, id: LIST };
  const rule = { id: RULE, groupId: GROUP, egress: false, protocol: 'tcp', fromPort: 22, toPort: 22 };
  at.network.open({ ...rule, source, description: null });
  const permission = {
    ipProtocol: 'tcp',
    fromPort: 22,
    toPort: 22,
    prefixListIds: { items: [{ prefixListId: LIST }] },
  };
  const answered = { groupId: GROUP, securityGroupRuleId: RULE, isEgress: false, prefixListId: LIST };
  const event = call('AuthorizeSecurityGroupIngress', at.clock.iso(), {
    requestParameters: { groupId: GROUP, ipPermissions: { items: [permission] } },
    responseElements: { securityGroupRuleSet: { items: [answered] } },
  });
  at.send('security-groups', event);
}

/** Everybody gets onto the list. */
function widen(at: World): void {
  at.network.setPrefixList(list(2, OFFICE, '0.0.0.0/0'));
  const request = { PrefixListId: LIST, CurrentVersion: 1, AddEntry: [{ tag: 1, Cidr: '0.0.0.0/0' }] };
  const event = call('ModifyManagedPrefixList', at.clock.iso(), {
    requestParameters: { ModifyManagedPrefixListRequest: request },
    responseElements: { ModifyManagedPrefixListResponse: { prefixList: { prefixListId: LIST, version: 2 } } },
  });
  at.send('security-groups', event);
}

const isClosed = (at: World) => at.securityGroups.rulesOf(GROUP).length === 0;

describe('a list that is widened seconds after a rule names it', () => {
  it.each([0, 10, 40])('is found by a second look where reads of EC2 are %i s old', async (seconds) => {
    const at = await quietWorld();
    at.securityGroups.staleReadsFor(seconds);
    nameTheList(at);
    await at.run(5);
    widen(at);
    await at.run(2 * MINUTES);
    expect([isClosed(at), at.waiting, at.parked]).toEqual([true, 0, []]);
  });

  it('is found where EC2 shows the rule at once, and the list and who names it 40 s late', async () => {
    const at = await quietWorld();
    const began = at.clock.now().getTime();
    const isLate = () => at.clock.now().getTime() - began < 40_000;
    const { network, securityGroups } = at;
    const [listsNamedBy, namingList] = [
      network.listsNamedBy.bind(network),
      securityGroups.namingList.bind(securityGroups),
    ];
    network.listsNamedBy = (rules) => listsNamedBy(rules).map((it) => (isLate() ? list(1, OFFICE) : it));
    securityGroups.namingList = async (...asked) => (isLate() ? [] : namingList(...asked));
    nameTheList(at);
    widen(at);
    await at.run(2 * MINUTES);
    expect([isClosed(at), at.waiting]).toEqual([true, 0]);
  });

  it('costs one more call, a minute later, where nothing names it', async () => {
    const at = await quietWorld();
    widen(at);
    await at.run(59);
    const asked = () => at.calls.filter((name) => name === 'ec2.namingList').length;
    expect(asked()).toBe(1);
    await at.run(10 * MINUTES);
    expect([asked(), at.waiting]).toEqual([2, 0]);
  });
});
