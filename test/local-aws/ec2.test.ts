import {
  AssociateIamInstanceProfileCommand,
  AttachVolumeCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateManagedPrefixListCommand,
  CreateNetworkInterfaceCommand,
  CreateVolumeCommand,
  DescribeIamInstanceProfileAssociationsCommand,
  DescribeInstanceAttributeCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSubnetsCommand,
  GetManagedPrefixListEntriesCommand,
  type IpPermission,
  ModifyInstanceAttributeCommand,
  ModifyInstanceMetadataOptionsCommand,
  ModifyManagedPrefixListCommand,
  ModifyNetworkInterfaceAttributeCommand,
  ModifySecurityGroupRulesCommand,
  ReplaceIamInstanceProfileAssociationCommand,
  RestoreManagedPrefixListVersionCommand,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
  UpdateSecurityGroupRuleDescriptionsIngressCommand,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  autoScalingGroup,
  describe,
  faultOf,
  instancesOf,
  openScene,
  present,
  type Scene,
  securityGroup,
  until,
} from './scene.ts';

const nowhere = 'sgr-00000000000000000';
let scene: Scene;
beforeAll(async () => {
  scene = await openScene(['moto']);
});
afterAll(() => scene?.close());

async function open(GroupId: string): Promise<string[]> {
  const port = (at: number) => ({ IpProtocol: 'tcp', FromPort: at, ToPort: at });
  const { SecurityGroupRules } = await scene.ec2.send(
    new AuthorizeSecurityGroupIngressCommand({
      GroupId,
      IpPermissions: [
        { ...port(22), IpRanges: [{ CidrIp: '0.0.0.0/0' }] },
        { ...port(3389), Ipv6Ranges: [{ CidrIpv6: '::/0' }] },
      ],
    }),
  );
  return present(SecurityGroupRules).map(({ SecurityGroupRuleId }) => present(SecurityGroupRuleId));
}

async function rulesOf(groupId: string) {
  const { SecurityGroupRules } = await scene.ec2.send(
    new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: 'group-id', Values: [groupId] }] }),
  );
  return present(SecurityGroupRules);
}

async function ingress(groupId: string) {
  return (await rulesOf(groupId)).filter(({ IsEgress }) => IsEgress === false);
}

test('the answer to a call of two permissions names the rules of both', async () => {
  const groupId = await securityGroup(scene);
  const ids = await open(groupId);
  expect(ids).toHaveLength(2);
  expect((await ingress(groupId)).map(({ SecurityGroupRuleId }) => SecurityGroupRuleId)).toEqual(ids);
});

test('one missing rule id, and nothing of the call is revoked', async () => {
  const groupId = await securityGroup(scene);
  const [first] = await open(groupId);
  const revoke = new RevokeSecurityGroupIngressCommand({
    GroupId: groupId,
    SecurityGroupRuleIds: [present(first), nowhere],
  });
  expect(await faultOf(scene.ec2.send(revoke))).toBe('InvalidSecurityGroupRuleId.NotFound');
  expect(await ingress(groupId)).toHaveLength(2);
  const read = new DescribeSecurityGroupRulesCommand({ SecurityGroupRuleIds: [nowhere] });
  expect(await faultOf(scene.ec2.send(read))).toBe('InvalidSecurityGroupRuleId.NotFound');
});

test('a rule can be given another IPv6 range', async () => {
  const groupId = await securityGroup(scene);
  const [, second] = await open(groupId);
  const SecurityGroupRule = { IpProtocol: 'tcp', FromPort: 3389, ToPort: 3389, CidrIpv6: '2001:db8::/32' };
  await scene.ec2.send(
    new ModifySecurityGroupRulesCommand({
      GroupId: groupId,
      SecurityGroupRules: [{ SecurityGroupRuleId: second, SecurityGroupRule }],
    }),
  );
  expect((await ingress(groupId)).map(({ CidrIpv6 }) => CidrIpv6)).toEqual([undefined, '2001:db8::/32']);
});

test('stale reads show the world of the moment they were asked for, and no longer than asked', async () => {
  const groupId = await securityGroup(scene);
  const ids = await open(groupId);
  await scene.cloud.staleReads(5);
  await scene.ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId: groupId, SecurityGroupRuleIds: ids }));
  expect(await ingress(groupId)).toHaveLength(2);
  await until(
    () => ingress(groupId),
    (rules) => rules.length === 0,
  );
});

test('a change of an instance shows in its description', async () => {
  const { name, groupId } = await autoScalingGroup(scene, 1);
  const id = present((await instancesOf(scene, name))[0]).id;
  const other = await securityGroup(scene);
  const groups = async () => (await describe(scene, id)).SecurityGroups?.map(({ GroupId }) => GroupId);

  await scene.ec2.send(
    new ModifyInstanceAttributeCommand({ InstanceId: id, UserData: { Value: Buffer.from('evil') } }),
  );
  const { UserData } = await scene.ec2.send(
    new DescribeInstanceAttributeCommand({ InstanceId: id, Attribute: 'userData' }),
  );
  expect(Buffer.from(present(UserData?.Value), 'base64').toString()).toBe('evil');

  await scene.ec2.send(new ModifyInstanceAttributeCommand({ InstanceId: id, Groups: [groupId, other] }));
  expect(await groups()).toEqual([groupId, other]);
  const NetworkInterfaceId = (await describe(scene, id)).NetworkInterfaces?.[0]?.NetworkInterfaceId;
  await scene.ec2.send(new ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId, Groups: [other] }));
  expect(await groups()).toEqual([other]);

  await scene.ec2.send(new ModifyInstanceMetadataOptionsCommand({ InstanceId: id, HttpPutResponseHopLimit: 3 }));
  expect((await describe(scene, id)).MetadataOptions).toMatchObject({
    HttpTokens: 'required',
    HttpPutResponseHopLimit: 3,
  });
});

test('another instance profile, and one more volume, show too', async () => {
  const { name } = await autoScalingGroup(scene, 1);
  const id = present((await instancesOf(scene, name))[0]).id;
  const associations = await scene.ec2.send(
    new DescribeIamInstanceProfileAssociationsCommand({ Filters: [{ Name: 'instance-id', Values: [id] }] }),
  );
  const AssociationId = associations.IamInstanceProfileAssociations?.[0]?.AssociationId;
  const IamInstanceProfile = { Name: 'admin' };
  expect(
    await faultOf(scene.ec2.send(new AssociateIamInstanceProfileCommand({ InstanceId: id, IamInstanceProfile }))),
  ).toBe('IncorrectState');
  await scene.ec2.send(new ReplaceIamInstanceProfileAssociationCommand({ AssociationId, IamInstanceProfile }));
  expect((await describe(scene, id)).IamInstanceProfile?.Arn).toMatch(/\/admin$/);

  const { Placement } = await describe(scene, id);
  const { VolumeId } = await scene.ec2.send(
    new CreateVolumeCommand({ AvailabilityZone: Placement?.AvailabilityZone, Size: 1 }),
  );
  await scene.ec2.send(new AttachVolumeCommand({ InstanceId: id, VolumeId, Device: '/dev/sdz' }));
  expect((await describe(scene, id)).BlockDeviceMappings?.map(({ Ebs }) => Ebs?.VolumeId)).toContain(VolumeId);
});

test('one missing id, and no egress rule is revoked either', async () => {
  const groupId = await securityGroup(scene);
  const out = (await rulesOf(groupId)).filter(({ IsEgress }) => IsEgress === true);
  const first = present(out[0]?.SecurityGroupRuleId);
  const revoke = (...ids: string[]) =>
    scene.ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId: groupId, SecurityGroupRuleIds: ids }));
  expect(await faultOf(revoke(first, nowhere))).toBe('InvalidSecurityGroupRuleId.NotFound');
  expect(await rulesOf(groupId)).toHaveLength(out.length);
  await revoke(first);
  expect(await rulesOf(groupId)).toHaveLength(out.length - 1);
});

test('a rule is described by its id, whatever its source', async () => {
  const GroupId = await securityGroup(scene);
  const [first] = await open(GroupId);
  const { SecurityGroupRules } = await scene.ec2.send(
    new AuthorizeSecurityGroupIngressCommand({
      GroupId,
      IpPermissions: [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId, Description: 'among us' }] }],
    }),
  );
  const second = present(SecurityGroupRules?.[0]?.SecurityGroupRuleId);
  const described = async () => (await ingress(GroupId)).map(({ Description }) => Description);
  expect(await described()).toEqual([undefined, undefined, 'among us']);
  const describing = (...ids: string[]) =>
    new UpdateSecurityGroupRuleDescriptionsIngressCommand({
      GroupId,
      SecurityGroupRuleDescriptions: ids.map((SecurityGroupRuleId) => ({ SecurityGroupRuleId, Description: 'new' })),
    });
  await scene.ec2.send(describing(present(first), second));
  expect(await described()).toEqual(['new', undefined, 'new']);
  expect(await faultOf(scene.ec2.send(describing(nowhere)))).toBe('InvalidSecurityGroupRuleId.NotFound');
});

test('a prefix list is changed in the version that it has, keeps its name, and can be restored', async () => {
  const created = await scene.ec2.send(
    new CreateManagedPrefixListCommand({
      PrefixListName: 'office',
      AddressFamily: 'IPv4',
      MaxEntries: 5,
      Entries: [{ Cidr: '192.0.2.0/24' }],
    }),
  );
  const PrefixListId = present(created.PrefixList?.PrefixListId);
  const widen = (CurrentVersion: number) =>
    scene.ec2.send(
      new ModifyManagedPrefixListCommand({ PrefixListId, CurrentVersion, AddEntries: [{ Cidr: '0.0.0.0/0' }] }),
    );
  const cidrs = async () => {
    const { Entries } = await scene.ec2.send(new GetManagedPrefixListEntriesCommand({ PrefixListId }));
    return present(Entries).map(({ Cidr }) => Cidr);
  };
  const restore = (CurrentVersion: number, PreviousVersion: number) =>
    scene.ec2.send(new RestoreManagedPrefixListVersionCommand({ PrefixListId, CurrentVersion, PreviousVersion }));
  expect((await widen(1)).PrefixList).toMatchObject({ PrefixListName: 'office', Version: 2 });
  expect(await faultOf(widen(1))).toBe('PrefixListVersionMismatch');
  expect(await faultOf(restore(1, 1))).toBe('PrefixListVersionMismatch');
  expect(await cidrs()).toEqual(['192.0.2.0/24', '0.0.0.0/0']);
  expect((await restore(2, 1)).PrefixList).toMatchObject({ PrefixListId, Version: 3 });
  expect(await cidrs()).toEqual(['192.0.2.0/24']);
  await restore(3, 2);
  expect(await cidrs()).toEqual(['192.0.2.0/24', '0.0.0.0/0']);
  const missing = { PrefixListId: 'pl-0fffffffffffffff0', CurrentVersion: 1, PreviousVersion: 1 };
  const nothing = scene.ec2.send(new RestoreManagedPrefixListVersionCommand(missing));
  expect(await faultOf(nothing)).toBe('InvalidPrefixListID.NotFound');
});

test('an interface takes groups that exist, and one of a service takes none', async () => {
  const [first, second] = [await securityGroup(scene), await securityGroup(scene)];
  const { Subnets } = await scene.ec2.send(new DescribeSubnetsCommand({}));
  const { NetworkInterface } = await scene.ec2.send(
    new CreateNetworkInterfaceCommand({ SubnetId: present(Subnets?.[0]?.SubnetId), Groups: [first] }),
  );
  const NetworkInterfaceId = present(NetworkInterface?.NetworkInterfaceId);
  const set = (...Groups: string[]) =>
    scene.ec2.send(new ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId, Groups }));
  const shown = async () => {
    const asked = new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [NetworkInterfaceId] });
    return present((await scene.ec2.send(asked)).NetworkInterfaces?.[0]);
  };
  expect(await faultOf(set(second, 'sg-0fffffffffffffff0'))).toBe('InvalidGroup.NotFound');
  await set(first, second);
  expect((await shown()).Groups?.map(({ GroupId }) => GroupId)).toEqual([first, second]);
  const control = `/_undrift/managed?interface=${NetworkInterfaceId}&requester=amazon-elb`;
  await fetch(`${scene.cloud.endpoints.ec2}${control}`, { method: 'POST' });
  expect(await shown()).toMatchObject({ RequesterManaged: true, RequesterId: 'amazon-elb' });
  expect(await faultOf(set(first))).toBe('AuthFailure');
  expect((await shown()).Groups).toHaveLength(2);
});

test('a group takes 60 rules of IPv4 and 60 of IPv6, and not one more of either', async () => {
  const GroupId = await securityGroup(scene);
  const authorize = (...IpPermissions: IpPermission[]) =>
    scene.ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
  const port = (at: number, ...versions: readonly ('four' | 'six')[]): IpPermission => ({
    IpProtocol: 'tcp',
    FromPort: at,
    ToPort: at,
    ...(versions.includes('four') && { IpRanges: [{ CidrIp: '0.0.0.0/0' }] }),
    ...(versions.includes('six') && { Ipv6Ranges: [{ CidrIpv6: '::/0' }] }),
  });
  await authorize(...Array.from({ length: 59 }, (_, at) => port(at + 1, 'four', 'six')));
  await authorize(port(60, 'four'));
  expect(await faultOf(authorize(port(61, 'four')))).toBe('RulesPerSecurityGroupLimitExceeded');
  await authorize(port(60, 'six'));
  expect(await faultOf(authorize(port(61, 'six')))).toBe('RulesPerSecurityGroupLimitExceeded');
  const { SecurityGroupRules = [] } = await scene.ec2.send(
    new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: 'group-id', Values: [GroupId] }] }),
  );
  expect(SecurityGroupRules.filter(({ IsEgress }) => !IsEgress)).toHaveLength(120);
});
