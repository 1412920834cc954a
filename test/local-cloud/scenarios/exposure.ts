import {
  AuthorizeSecurityGroupIngressCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  DescribeSecurityGroupsCommand,
  type IpPermission,
  ModifySecurityGroupRulesCommand,
} from '@aws-sdk/client-ec2';
import { GetQueueAttributesCommand, type QueueAttributeName } from '@aws-sdk/client-sqs';
import { expect, it } from 'vitest';
import { authorize, ruleIds, tcp } from '../../../scripts/scene/estate.mjs';
import { authorizeEvent } from '../../../scripts/scene/events.mjs';
import { associateEvent, modifyRulesEvent } from '../../../scripts/scene/network-events.mjs';
import { type Deployed, output } from '../deployed.ts';
import {
  expectRevoked,
  groupWith,
  HTTPS,
  type Kept,
  OFFICE,
  open,
  openHarmless,
  PRIVATE,
  tell,
  WORLD,
} from './network-scene.ts';

const range = (IpProtocol: string, FromPort: number, ToPort: number, cidr = WORLD): IpPermission => ({
  ...tcp(FromPort, cidr),
  IpProtocol,
  ToPort,
});
/** All of each goes, and what was there before stays. */
const OPENINGS: [string, IpPermission][] = [
  ['TCP by number', range('6', 22, 22)],
  ['UDP by number', range('17', 3389, 3389)],
  ['SCTP by number', range('132', 22, 22)],
  ['ports 20 to 25', range('tcp', 20, 25)],
  ['every port', range('tcp', 0, 65535)],
  ['all traffic, IPv6', { IpProtocol: '-1', Ipv6Ranges: [{ CidrIpv6: '::/0' }] }],
];

/** What is open however it was written, by whatever call. */
export function exposureScenarios(deployed: () => Deployed, kept: Kept): void {
  it.concurrent.each(OPENINGS)('closes what opens a protected port: %s', async (_name, permission) => {
    const at = deployed();
    const { groupId, siblings } = await groupWith(at, PRIVATE, OFFICE, HTTPS);
    const gone = await open(at, groupId, permission);
    await expectRevoked(at, { groupId, gone, left: siblings }, kept);
  });

  it.concurrent('closes what its maker has tagged as exempt', async () => {
    const at = deployed();
    const { groupId, siblings } = await groupWith(at, PRIVATE, OFFICE);
    const rules = await authorize(at.clients, groupId, tcp(22, WORLD));
    const gone = rules.map(({ SecurityGroupRuleId = '' }) => SecurityGroupRuleId);
    const Tags = ['undrift:exempt', 'undrift:ignore', 'undrift', 'exempt'].map((Key) => ({ Key, Value: 'true' }));
    await at.clients.ec2.send(new CreateTagsCommand({ Resources: [groupId, ...gone], Tags }));
    await tell(at, authorizeEvent({ groupId, permission: tcp(22, WORLD), rules }));
    await expectRevoked(at, { groupId, gone, left: siblings }, kept);
  });

  it.concurrent('closes what was opened in the flat form', async () => {
    const at = deployed();
    const { groupId, siblings } = await groupWith(at, PRIVATE, OFFICE);
    const flat = { GroupId: groupId, IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIp: WORLD };
    const { SecurityGroupRules: rules = [] } = await at.clients.ec2.send(
      new AuthorizeSecurityGroupIngressCommand(flat),
    );
    await tell(at, authorizeEvent({ groupId, permission: tcp(22, WORLD), rules, flat: true }));
    const gone = rules.map(({ SecurityGroupRuleId = '' }) => SecurityGroupRuleId);
    await expectRevoked(at, { groupId, gone, left: siblings }, kept);
  });

  it.concurrent.each([
    ['and the answer has the id', {}],
    ['in a record without ids', { responseElements: { _return: true } }],
  ])('closes what was opened by the name of the group, %s', async (_name, answer) => {
    const at = deployed();
    const { groupId, name, siblings } = await groupWith(at, PRIVATE, OFFICE);
    const permission = tcp(22, WORLD);
    const byName = { GroupName: name, IpPermissions: [permission] };
    const command = new AuthorizeSecurityGroupIngressCommand(byName);
    const { SecurityGroupRules: rules = [] } = await at.clients.ec2.send(command);
    const event = authorizeEvent({ groupId, permission, rules }, answer);
    const { groupId: _id, ...rest } = event.detail.requestParameters as unknown as Record<string, unknown>;
    await tell(at, { ...event, detail: { ...event.detail, requestParameters: { groupName: name, ...rest } } });
    const gone = rules.map(({ SecurityGroupRuleId = '' }) => SecurityGroupRuleId);
    await expectRevoked(at, { groupId, gone, left: siblings }, kept);
  });

  it.concurrent('closes old rules that were widened by one call, and leaves their neighbours', async () => {
    const at = deployed();
    const { groupId, siblings } = await groupWith(at, PRIVATE, OFFICE);
    const old = await openHarmless(at, groupId, tcp(3306, '52.94.76.0/24', '52.94.77.0/24', '52.94.78.0/24'));
    const [first = '', second = '', third = ''] = old;
    const changes = [first, second].map((SecurityGroupRuleId, half) => ({
      SecurityGroupRuleId,
      SecurityGroupRule: { IpProtocol: 'tcp', FromPort: 3306, ToPort: 3306, CidrIpv4: `${half * 128}.0.0.0/1` },
    }));
    await at.clients.ec2.send(new ModifySecurityGroupRulesCommand({ GroupId: groupId, SecurityGroupRules: changes }));
    await tell(at, modifyRulesEvent(groupId, changes));
    await expectRevoked(at, { groupId, gone: [first, second], left: [...siblings, third] }, kept);
  });

  it.concurrent('closes an open group that serves another VPC from now on', async () => {
    const at = deployed();
    const { groupId, siblings } = await groupWith(at, PRIVATE, OFFICE);
    // Nobody told of the rule: only of the VPC.
    const rules = await authorize(at.clients, groupId, tcp(22, WORLD));
    const { Vpc } = await at.clients.ec2.send(new CreateVpcCommand({ CidrBlock: '10.71.0.0/16' }));
    await tell(at, associateEvent(groupId, Vpc?.VpcId ?? ''));
    const gone = rules.map(({ SecurityGroupRuleId = '' }) => SecurityGroupRuleId);
    await expectRevoked(at, { groupId, gone, left: siblings }, kept);
  });

  it.concurrent('closes the default group of a VPC', async () => {
    const at = deployed();
    const { Vpc } = await at.clients.ec2.send(new CreateVpcCommand({ CidrBlock: '10.72.0.0/16' }));
    const Filters = [{ Name: 'vpc-id', Values: [Vpc?.VpcId ?? ''] }];
    const { SecurityGroups = [] } = await at.clients.ec2.send(new DescribeSecurityGroupsCommand({ Filters }));
    const [{ GroupId: groupId = '', GroupName } = {}] = SecurityGroups;
    expect(GroupName).toBe('default');
    const siblings = await openHarmless(at, groupId, PRIVATE);
    const gone = await open(at, groupId, { IpProtocol: '-1', IpRanges: [{ CidrIp: WORLD }] });
    await expectRevoked(at, { groupId, gone, left: siblings }, kept);
  });

  it.concurrent('revokes the one rule of a call that opens, out of the middle of others', async () => {
    const at = deployed();
    const { groupId, siblings } = await groupWith(at, PRIVATE);
    const before = await openHarmless(at, groupId, OFFICE);
    const permission = tcp(5432, '10.1.0.0/16', WORLD, '52.94.79.0/24', 'fd00::/8');
    const rules = await authorize(at.clients, groupId, permission);
    const after = await ruleIds(at.clients, groupId);
    await tell(at, authorizeEvent({ groupId, permission, rules }));
    const gone = rules.flatMap((rule) => (rule.CidrIpv4 === WORLD ? [rule.SecurityGroupRuleId ?? ''] : []));
    expect(gone).toHaveLength(1);
    const left = after.filter((id) => !gone.includes(id));
    expect(left).toEqual(expect.arrayContaining([...siblings, ...before]));
    await expectRevoked(at, { groupId, gone, left }, kept);
  });
}

/** After all of the others: whatever was not opened is there as it was made, with the same ids. */
export function untouchedScenarios(deployed: () => Deployed, kept: Kept): void {
  it('leaves no rule missing that nobody had anything against', async () => {
    const at = deployed();
    expect(kept.size).toBeGreaterThan(30);
    for (const [groupId, ids] of kept) expect([groupId, await ruleIds(at.clients, groupId)]).toEqual([groupId, ids]);
  });

  it('parks none of these events', async () => {
    const at = deployed();
    for (const unit of ['SecurityGroups', 'Instances', 'Networks']) {
      const QueueUrl = output(at.outputs, `${unit}DeadLetterQueueUrl`);
      const AttributeNames: QueueAttributeName[] = ['ApproximateNumberOfMessages'];
      const { Attributes } = await at.clients.sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
      expect([unit, Attributes]).toEqual([unit, { ApproximateNumberOfMessages: '0' }]);
    }
  });
}
