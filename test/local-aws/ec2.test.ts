import {
  AssociateIamInstanceProfileCommand,
  AttachVolumeCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateVolumeCommand,
  DescribeIamInstanceProfileAssociationsCommand,
  DescribeInstanceAttributeCommand,
  DescribeSecurityGroupRulesCommand,
  ModifyInstanceAttributeCommand,
  ModifyInstanceMetadataOptionsCommand,
  ModifyNetworkInterfaceAttributeCommand,
  ModifySecurityGroupRulesCommand,
  ReplaceIamInstanceProfileAssociationCommand,
  RevokeSecurityGroupIngressCommand,
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

async function ingress(groupId: string) {
  const { SecurityGroupRules } = await scene.ec2.send(
    new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: 'group-id', Values: [groupId] }] }),
  );
  return present(SecurityGroupRules).filter(({ IsEgress }) => IsEgress === false);
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
  await scene.cloud.staleReads(1.5);
  await scene.ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId: groupId, SecurityGroupRuleIds: ids }));
  expect(await ingress(groupId)).toHaveLength(2);
  await until(
    () => ingress(groupId),
    (rules) => rules.length === 0,
    5,
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
