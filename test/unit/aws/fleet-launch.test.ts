import { describe, expect, test } from 'vitest';
import { awsFleet } from '../../../src/aws/fleet.ts';
import type { AutoScalingGroup } from '../../../src/domain/estate.ts';
import { Retryable } from '../../../src/roles.ts';
import { FLEET } from '../guards/perfect.ts';
import { awsError, stub } from './stub.ts';

const NOW = new Date('2026-03-01T12:00:00.000Z');
type Answers = Parameters<typeof stub>[0];

const WEB = 'arn:aws:iam::123456789012:instance-profile/team/web';

/** Everything that the template names is there. */
const READY: Answers = {
  DescribeLaunchTemplateVersions: () => ({
    LaunchTemplateVersions: [
      {
        LaunchTemplateData: {
          ImageId: 'ami-1',
          SecurityGroupIds: ['sg-a1'],
          IamInstanceProfile: { Name: 'web' },
          KeyName: 'ops',
        },
      },
    ],
  }),
  DescribeImages: () => ({ Images: [{ ImageId: 'ami-1', State: 'available' }] }),
  DescribeSecurityGroups: () => ({ SecurityGroups: [{ GroupId: 'sg-a1' }] }),
  DescribeSubnets: () => ({ Subnets: [{ SubnetId: 'subnet-1', AvailableIpAddressCount: 250 }] }),
  DescribeKeyPairs: () => ({ KeyPairs: [{ KeyName: 'ops' }] }),
  GetInstanceProfile: () => ({ InstanceProfile: { Arn: WEB, Roles: [{}] } }),
  DescribeScalingActivities: () => ({ Activities: [] }),
};
const template = (data: object): Answers => ({
  DescribeLaunchTemplateVersions: () => ({ LaunchTemplateVersions: [{ LaunchTemplateData: data }] }),
});

function check(answers: Answers = {}, group: AutoScalingGroup = FLEET) {
  const { client, asked } = stub({ ...READY, ...answers });
  return {
    asked,
    result: awsFleet({ ec2: client, autoScaling: client, iam: client, loadBalancing: client }).launchCheck(group, NOW),
  };
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
    ['the key pair', { DescribeKeyPairs: () => ({ KeyPairs: [] }) }, 'the key pair ops is gone'],
    [
      'a key pair that is not the one of a pattern',
      { ...template({ KeyName: 'op?' }), DescribeKeyPairs: () => ({ KeyPairs: [{ KeyName: 'ops' }] }) },
      'the key pair op? is gone',
    ],
    [
      'the profile',
      { GetInstanceProfile: () => awsError('NoSuchEntityException') },
      'the instance profile web is not there (any more)',
    ],
    [
      'the profile, of which the wire says its code',
      { GetInstanceProfile: () => Object.assign(awsError('Error'), { Code: 'NoSuchEntity' }) },
      'the instance profile web is not there (any more)',
    ],
    [
      'a profile whose name none can have',
      { ...template({ IamInstanceProfile: { Name: 'no pe' } }), GetInstanceProfile: () => awsError('ValidationError') },
      'the instance profile no pe is not there (any more)',
    ],
    [
      'the role of the profile',
      { GetInstanceProfile: () => ({ InstanceProfile: { Arn: WEB, Roles: [] } }) },
      'the instance profile web has no role',
    ],
    [
      'a profile by its ARN, which has another path',
      template({ IamInstanceProfile: { Arn: 'arn:aws:iam::123456789012:instance-profile/web' } }),
      'the instance profile arn:aws:iam::123456789012:instance-profile/web is not there (any more)',
    ],
    [
      'a profile of another account',
      template({ IamInstanceProfile: { Arn: 'arn:aws:iam::210987654321:instance-profile/web' } }),
      'arn:aws:iam::210987654321:instance-profile/web is no instance profile of this account',
    ],
    [
      'a profile in the ARN of a role',
      template({ IamInstanceProfile: { Arn: 'arn:aws:iam::123456789012:role/web' } }),
      'arn:aws:iam::123456789012:role/web is no instance profile of this account',
    ],
    [
      'what the last launch wanted',
      { DescribeScalingActivities: () => ({ Activities: [activity('Failed', '2026-03-01T11:00:00.000Z')] }) },
      'its last launch failed: Invalid IamInstanceProfile: web',
    ],
    [
      'the approval of a lifecycle hook that abandoned the last launch',
      { DescribeScalingActivities: () => ({ Activities: [activity('Cancelled', '2026-03-01T11:00:00.000Z')] }) },
      'its last launch was cancelled: Invalid IamInstanceProfile: web',
    ],
    [
      'what the last launch wanted, behind a page of instances that were detached since',
      {
        DescribeScalingActivities: ({ NextToken }) =>
          NextToken === undefined
            ? {
                Activities: Array.from({ length: 100 }, (_, n) =>
                  activity('Successful', '2026-03-01T11:50:00.000Z', `Detaching EC2 instance: i-${n}`),
                ),
                NextToken: 'more',
              }
            : { Activities: [activity('Failed', '2026-03-01T11:00:00.000Z')] },
      },
      'its last launch failed: Invalid IamInstanceProfile: web',
    ],
  ])('misses %s', async (_name, answers, why) => {
    expect(await check(answers).result).toEqual({ kind: 'broken', why });
  });

  test('reports which instances came to the group lately, and which left without making it smaller', async () => {
    const shrunk =
      'an instance was taken out of service in response to a difference …, shrinking the capacity from 3 to 2.';
    const ill = 'an instance was taken out of service in response to an ELB system health check failure.';
    const rebalanced = `instances were launched to balance instances in zones a with other zones resulting in more than desired number of instances in the group. ${shrunk}`;
    const byUser = (words: string) => `instance i-0 was ${words} in response to a user request`;
    const ended = (id: string, StartTime: string, Cause: string, what = 'Terminating EC2 instance') => ({
      ...activity('Successful', StartTime, `${what}: ${id}`),
      Cause,
    });
    const taken = (id: string, what: string, words: string) => [
      ended(`${id}1`, '2026-03-01T11:54:00.000Z', `${byUser(words)}.`, what),
      ended(`${id}2`, '2026-03-01T11:54:00.000Z', `${byUser(words)}, shrinking the capacity from 2 to 1.`, what),
    ];
    const came = activity('Successful', '2026-03-01T11:58:00.000Z', 'Launching a new EC2 instance: i-0a');
    const Activities = [
      { ...came, EndTime: new Date('2026-03-01T11:59:00.000Z') },
      activity('InProgress', '2026-03-01T11:57:00.000Z', 'Launching a new EC2 instance from warm pool: i-0b'),
      ended('i-0c', '2026-03-01T11:56:00.000Z', ill),
      ended('i-0d', '2026-03-01T11:55:00.000Z', shrunk),
      ...taken('i-0e', 'Moving EC2 instance to Standby', 'moved to standby'),
      ...taken('i-0f', 'Detaching EC2 instance', 'detached'),
      ended('i-0aa', '2026-03-01T11:53:00.000Z', rebalanced),
      ended('i-0bb', '2026-03-01T11:52:00.000Z', byUser('moved out of standby'), 'Moving EC2 instance out of Standby'),
    ];
    expect(await check({ DescribeScalingActivities: () => ({ Activities }) }).result).toMatchObject({
      turnover: {
        came: [
          { id: 'i-0a', at: '2026-03-01T11:59:00.000Z' },
          { id: 'i-0b', at: NOW.toISOString() },
        ],
        went: [
          { id: 'i-0c', at: '2026-03-01T11:56:00.000Z' },
          { id: 'i-0e1', at: '2026-03-01T11:54:00.000Z' },
          { id: 'i-0f1', at: '2026-03-01T11:54:00.000Z' },
          { id: 'i-0aa', at: '2026-03-01T11:53:00.000Z' },
        ],
      },
    });
  });

  test.each<[string, Answers]>([
    ['a profile by its ARN', template({ IamInstanceProfile: { Arn: WEB } })],
    ['a template that names neither profile nor key', template({ ImageId: 'ami-1' })],
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

  test.each([
    [
      { IamInstanceProfile: WEB, KeyName: 'ops' },
      { kind: 'ready', images: ['ami-1'] },
    ],
    [
      { IamInstanceProfile: 'web', KeyName: '' },
      { kind: 'ready', images: ['ami-1'] },
    ],
    [
      { IamInstanceProfile: '', KeyName: 'dev' },
      { kind: 'broken', why: 'the key pair dev is gone' },
    ],
  ])('reads profile and key of a launch configuration: %j', async (given, expected) => {
    const group = { ...FLEET, launchesFrom: [{ kind: 'configuration', name: 'web-1' }] as const };
    const found = { LaunchConfigurations: [{ ImageId: 'ami-1', ...given }] };
    expect(await check({ DescribeLaunchConfigurations: () => found }, group).result).toEqual(expected);
  });

  test('asks IAM for the name of a profile, and nothing where none is named', async () => {
    const { asked, result } = check(template({ IamInstanceProfile: { Arn: WEB } }));
    await result;
    const names = asked.filter(({ action }) => action === 'GetInstanceProfile').map(({ input }) => input);
    expect(names).toEqual([{ InstanceProfileName: 'web' }]);
    const plain = check(template({ ImageId: 'ami-1' }));
    await plain.result;
    expect(plain.asked.map(({ action }) => action)).not.toContain('GetInstanceProfile');
    expect(plain.asked.map(({ action }) => action)).not.toContain('DescribeKeyPairs');
  });

  test.each(['AccessDenied', 'Throttling', 'ServiceFailure', 'TimeoutError'])(
    'is unread when IAM answers %s, as a message is not to wait for one Region of the world',
    async (code) => {
      const status = code === 'ServiceFailure' ? 500 : 400;
      const { result } = check({ GetInstanceProfile: () => awsError(code, code, status) });
      expect(await result).toEqual({ kind: 'unread', why: expect.stringContaining('iam:GetInstanceProfile') });
    },
  );

  test('finds a group that names nothing to launch from', async () => {
    expect(await check({}, { ...FLEET, launchesFrom: [] }).result).toMatchObject({ kind: 'broken' });
  });

  test.each([
    'DescribeLaunchTemplateVersions',
    'DescribeImages',
    'DescribeSecurityGroups',
    'DescribeSubnets',
    'DescribeKeyPairs',
    'DescribeScalingActivities',
  ])('is unread when %s is denied, and asked again when it is throttled', async (action) => {
    const denied = await check({ [action]: () => awsError('UnauthorizedOperation') }).result;
    expect(denied).toEqual({ kind: 'unread', why: expect.stringContaining(action) });
    const throttled = check({ [action]: () => awsError('RequestLimitExceeded') }).result;
    await expect(throttled).rejects.toBeInstanceOf(Retryable);
  });
});
