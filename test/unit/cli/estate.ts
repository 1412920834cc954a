/** What the AWS CLI prints about a small fleet behind one security group. */
import { ACCOUNT, GROUP, INSTANCE } from '../inbound/perfect.ts';

export const PEER = 'i-0fedcba9876543210';
export const INTERFACE = 'eni-0a1b2c3d4e5f60718';
export const LIST = 'pl-0a1b2c3d4e5f60718';
const TEMPLATE = 'lt-0a1b2c3d4e5f60718';

const member = (id: string) => ({
  InstanceId: id,
  LifecycleState: 'InService',
  HealthStatus: 'Healthy',
  ProtectedFromScaleIn: false,
  LaunchTemplate: { LaunchTemplateId: TEMPLATE, LaunchTemplateName: 'web', Version: '4' },
});

export const machine = (id: string, deviation: object = {}) => ({
  InstanceId: id,
  ImageId: 'ami-0a1b2c3d4e5f60718',
  LaunchTime: '2026-02-01T00:00:00+00:00',
  State: { Code: 16, Name: 'running' },
  VpcId: 'vpc-0a1b2c3d4e5f60718',
  SecurityGroups: [{ GroupId: GROUP, GroupName: 'web' }],
  IamInstanceProfile: { Arn: `arn:aws:iam::${ACCOUNT}:instance-profile/web` },
  RootDeviceName: '/dev/xvda',
  BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { VolumeId: 'vol-1', DeleteOnTermination: true } }],
  NetworkInterfaces: [
    {
      NetworkInterfaceId: id === INSTANCE ? INTERFACE : 'eni-2',
      Attachment: { DeviceIndex: 0 },
      Association: { IpOwnerId: 'amazon', PublicIp: '203.0.113.9' },
    },
  ],
  Tags: [{ Key: 'Name', Value: 'web' }],
  ...deviation,
});

export const rule = (id: string, deviation: object = {}) => ({
  SecurityGroupRuleId: id,
  GroupId: GROUP,
  GroupOwnerId: ACCOUNT,
  IsEgress: false,
  IpProtocol: 'tcp',
  FromPort: 22,
  ToPort: 22,
  CidrIpv4: '0.0.0.0/0',
  ...deviation,
});

export const group = (deviation: object = {}) => ({
  GroupId: GROUP,
  GroupName: 'web',
  Description: 'web servers',
  OwnerId: ACCOUNT,
  VpcId: 'vpc-0a1b2c3d4e5f60718',
  Tags: [],
  ...deviation,
});

export const scaling = (deviation: object = {}, peer: object = {}) => ({
  AutoScalingGroupName: 'web',
  AutoScalingGroupARN: `arn:aws:autoscaling:eu-west-1:${ACCOUNT}:autoScalingGroup:1:autoScalingGroupName/web`,
  MinSize: 1,
  MaxSize: 4,
  DesiredCapacity: 2,
  Instances: [member(INSTANCE), { ...member(PEER), ...peer }],
  SuspendedProcesses: [],
  Tags: [{ Key: 'undrift:replace', Value: 'allowed', PropagateAtLaunch: true }],
  ...deviation,
});

export function estate(deviation: object = {}): Readonly<Record<string, unknown>> {
  return {
    SecurityGroups: [group()],
    SecurityGroupRules: [
      rule('sgr-1'),
      rule('sgr-2', { FromPort: 443, ToPort: 443 }),
      rule('sgr-3', { IsEgress: true, IpProtocol: '-1', FromPort: -1, ToPort: -1 }),
    ],
    Reservations: [{ Instances: [machine(INSTANCE)] }, { Instances: [machine(PEER)] }],
    AutoScalingGroups: [scaling()],
    LaunchTemplateVersions: [
      {
        LaunchTemplateId: TEMPLATE,
        VersionNumber: 4,
        LaunchTemplateData: { SecurityGroupIds: [GROUP], IamInstanceProfile: { Name: 'web' } },
      },
    ],
    ...deviation,
  };
}
