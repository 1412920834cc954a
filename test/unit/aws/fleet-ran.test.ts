import { describe, expect, test } from 'vitest';
import { awsFleet } from '../../../src/aws/fleet.ts';
import { awsError, stub } from './stub.ts';

type Answers = Parameters<typeof stub>[0];
const TEMPLATE = { id: 'lt-1', version: '4' };

const KNOWN: Answers = {
  DescribeImages: () => ({ Images: [{ ImageId: 'ami-1', Name: 'web-7', Tags: [{ Key: 'Build', Value: '7' }] }] }),
  DescribeLaunchTemplateVersions: () => ({
    LaunchTemplateVersions: [
      {
        LaunchTemplateName: 'web',
        LaunchTemplateData: {
          TagSpecifications: [
            { ResourceType: 'volume', Tags: [{ Key: 'Commit', Value: 'of a volume' }] },
            { ResourceType: 'instance', Tags: [{ Key: 'Commit', Value: '5f0c9e1' }] },
          ],
        },
      },
    ],
  }),
};

function read(answers: Answers = {}, imageId: string | null = 'ami-1', template: typeof TEMPLATE | null = TEMPLATE) {
  const { client, asked } = stub({ ...KNOWN, ...answers });
  return {
    asked,
    result: awsFleet({ ec2: client, autoScaling: client, iam: client, loadBalancing: client }).launchedFrom(
      imageId,
      template,
    ),
  };
}
const image = { name: 'web-7', tags: { Build: '7' } };
const template = { name: 'web', tags: { Commit: '5f0c9e1' } };

describe('what an instance was made from', () => {
  test('is told by one call for the image and one for the version', async () => {
    const { result, asked } = read();
    expect(await result).toEqual({ image, template, unread: [] });
    expect(asked).toEqual([
      {
        action: 'DescribeImages',
        input: { Filters: [{ Name: 'image-id', Values: ['ami-1'] }], IncludeDeprecated: true },
      },
      { action: 'DescribeLaunchTemplateVersions', input: { LaunchTemplateId: 'lt-1', Versions: ['4'] } },
    ]);
  });

  test('nothing is asked of what is not named', async () => {
    const { result, asked } = read({}, null, null);
    expect(await result).toEqual({ image: null, template: null, unread: [] });
    expect(asked).toEqual([]);
  });

  test.each<[string, Answers, string]>([
    ['an image that is gone', { DescribeImages: () => ({ Images: [] }) }, 'the image ami-1 is not there (any more)'],
    ['a refusal', { DescribeImages: () => awsError('UnauthorizedOperation') }, 'UnauthorizedOperation'],
    ['a throttled call', { DescribeImages: () => awsError('RequestLimitExceeded') }, 'RequestLimitExceeded'],
  ])('%s is said, and the template told all the same', async (_name, answers, why) => {
    expect(await read(answers).result).toEqual({
      image: null,
      template,
      unread: [expect.stringContaining(why)],
    });
  });

  test.each<[string, Answers, string]>([
    [
      'a version that is gone',
      { DescribeLaunchTemplateVersions: () => ({ LaunchTemplateVersions: [] }) },
      'version 4 of launch template lt-1 is gone',
    ],
    [
      'a template that is gone',
      { DescribeLaunchTemplateVersions: () => awsError('InvalidLaunchTemplateId.NotFound') },
      'InvalidLaunchTemplateId.NotFound',
    ],
  ])('%s is said, and the image told all the same', async (_name, answers, why) => {
    expect(await read(answers).result).toEqual({ image, template: null, unread: [expect.stringContaining(why)] });
  });

  test('$Latest is not asked for: it is another version by now', async () => {
    const { result, asked } = read({}, 'ami-1', { id: 'lt-1', version: '$Latest' });
    expect((await result).unread).toEqual(['the group names $Latest of lt-1, not a version']);
    expect(asked.map(({ action }) => action)).toEqual(['DescribeImages']);
  });
});
