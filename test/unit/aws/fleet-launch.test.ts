import { describe, expect, test } from 'vitest';
import { awsFleet } from '../../../src/aws/fleet.ts';
import type { AutoScalingGroup } from '../../../src/domain/estate.ts';
import { Retryable } from '../../../src/roles.ts';
import { FLEET } from '../guards/perfect.ts';
import { awsError, stub } from './stub.ts';

const NOW = new Date('2026-03-01T12:00:00.000Z');
type Answers = Parameters<typeof stub>[0];

/** Everything that the template names is there. */
const READY: Answers = {
  DescribeLaunchTemplateVersions: () => ({
    LaunchTemplateVersions: [{ LaunchTemplateData: { ImageId: 'ami-1', SecurityGroupIds: ['sg-a1'] } }],
  }),
  DescribeImages: () => ({ Images: [{ ImageId: 'ami-1', State: 'available' }] }),
  DescribeSecurityGroups: () => ({ SecurityGroups: [{ GroupId: 'sg-a1' }] }),
  DescribeSubnets: () => ({ Subnets: [{ SubnetId: 'subnet-1', AvailableIpAddressCount: 250 }] }),
  DescribeScalingActivities: () => ({ Activities: [] }),
};
const template = (data: object): Answers => ({
  DescribeLaunchTemplateVersions: () => ({ LaunchTemplateVersions: [{ LaunchTemplateData: data }] }),
});

function check(answers: Answers = {}, group: AutoScalingGroup = FLEET) {
  const { client, asked } = stub({ ...READY, ...answers });
  return { asked, result: awsFleet(client, client).launchCheck(group, NOW) };
}
const activity = (StatusCode: string, StartTime: string, Description = 'Launching a new EC2 instance: i-9') => ({
  StatusCode,
  StartTime: new Date(StartTime),
  Description,
  StatusMessage: 'Invalid IamInstanceProfile: web',
});

describe('a look at what a group launches from', () => {
  test('finds nothing missing', async () => {
    const { result, asked } = check();
    expect(await result).toEqual({ kind: 'ready', images: ['ami-1'] });
    expect(asked.find(({ action }) => action === 'DescribeLaunchTemplateVersions')?.input).toEqual({
      LaunchTemplateId: 'lt-1',
      Versions: ['$Default'],
    });
  });

  test.each<[string, Answers, string]>([
    [
      'the template',
      { DescribeLaunchTemplateVersions: () => awsError('InvalidLaunchTemplateId.NotFound') },
      'launch template lt-1 has no version $Default',
    ],
    [
      'the version',
      { DescribeLaunchTemplateVersions: () => ({ LaunchTemplateVersions: [] }) },
      'launch template lt-1 has no version $Default',
    ],
    ['the image', { DescribeImages: () => ({ Images: [] }) }, 'the image ami-1 is not there (any more)'],
    [
      'the image, which is disabled',
      { DescribeImages: () => ({ Images: [{ ImageId: 'ami-1', State: 'disabled' }] }) },
      'the image ami-1 is disabled',
    ],
    ['a group', { DescribeSecurityGroups: () => ({ SecurityGroups: [] }) }, 'the security group sg-a1 is gone'],
    [
      'the group of an interface',
      template({ ImageId: 'ami-1', NetworkInterfaces: [{ Groups: ['sg-a1', 'sg-b2'] }] }),
      'the security group sg-b2 is gone',
    ],
    ['a subnet', { DescribeSubnets: () => ({ Subnets: [] }) }, 'the subnet subnet-1 is gone'],
    [
      'a free address',
      { DescribeSubnets: () => ({ Subnets: [{ SubnetId: 'subnet-1', AvailableIpAddressCount: 0 }] }) },
      'no address is free in subnet-1',
    ],
    [
      'what the last launch wanted',
      { DescribeScalingActivities: () => ({ Activities: [activity('Failed', '2026-03-01T11:00:00.000Z')] }) },
      'its last launch failed: Invalid IamInstanceProfile: web',
    ],
  ])('misses %s', async (_name, answers, why) => {
    expect(await check(answers).result).toEqual({ kind: 'broken', why });
  });

  test.each<[string, Answers]>([
    ['an image by parameter', template({ ImageId: 'resolve:ssm:/golden/web', SecurityGroupIds: ['sg-a1'] })],
    ['a group by name', template({ ImageId: 'ami-1', SecurityGroups: ['web'] })],
    [
      'a launch that failed long ago',
      { DescribeScalingActivities: () => ({ Activities: [activity('Failed', '2026-03-01T10:59:59.000Z')] }) },
    ],
    [
      'a launch that failed, and one after it that did not',
      {
        DescribeScalingActivities: () => ({
          Activities: [
            activity('Failed', '2026-03-01T11:59:00.000Z', 'Terminating EC2 instance: i-8'),
            activity('Successful', '2026-03-01T11:58:00.000Z'),
            activity('Failed', '2026-03-01T11:57:00.000Z'),
          ],
        }),
      },
    ],
    [
      'one of two subnets that is full',
      {
        DescribeSubnets: () => ({
          Subnets: [
            { SubnetId: 'subnet-1', AvailableIpAddressCount: 0 },
            { SubnetId: 'subnet-2', AvailableIpAddressCount: 9 },
          ],
        }),
      },
    ],
  ])('lets %s pass', async (_name, answers) => {
    expect((await check(answers).result).kind).toBe('ready');
  });

  test('looks at every template of a mixed group', async () => {
    const launchesFrom = ['lt-1', 'lt-2'].map((id) => ({ kind: 'template', id, version: '1' }) as const);
    const answers: Answers = {
      DescribeLaunchTemplateVersions: ({ LaunchTemplateId: id }) => ({
        LaunchTemplateVersions: [{ LaunchTemplateData: { ImageId: id === 'lt-1' ? 'ami-1' : 'ami-2' } }],
      }),
    };
    expect(await check(answers, { ...FLEET, launchesFrom }).result).toMatchObject({
      why: expect.stringContaining('ami-2'),
    });
  });

  test('takes a launch configuration as well', async () => {
    const group = { ...FLEET, launchesFrom: [{ kind: 'configuration', name: 'web-1' }] as const };
    const found = { LaunchConfigurations: [{ ImageId: 'ami-1', SecurityGroups: ['sg-a1'] }] };
    expect(await check({ DescribeLaunchConfigurations: () => found }, group).result).toEqual({
      kind: 'ready',
      images: ['ami-1'],
    });
    const gone = { DescribeLaunchConfigurations: () => ({ LaunchConfigurations: [] }) };
    expect(await check(gone, group).result).toEqual({ kind: 'broken', why: 'launch configuration web-1 is gone' });
  });

  test('finds a group that names nothing to launch from', async () => {
    expect(await check({}, { ...FLEET, launchesFrom: [] }).result).toMatchObject({ kind: 'broken' });
  });

  test.each([
    'DescribeLaunchTemplateVersions',
    'DescribeImages',
    'DescribeSecurityGroups',
    'DescribeSubnets',
    'DescribeScalingActivities',
  ])('is unread when %s is denied, and asked again when it is throttled', async (action) => {
    const denied = await check({ [action]: () => awsError('UnauthorizedOperation') }).result;
    expect(denied).toEqual({ kind: 'unread', why: expect.stringContaining(action) });
    const throttled = check({ [action]: () => awsError('RequestLimitExceeded') }).result;
    await expect(throttled).rejects.toBeInstanceOf(Retryable);
  });
});
