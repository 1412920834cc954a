import type { SSMClient } from '@aws-sdk/client-ssm';
import { describe, expect, test } from 'vitest';
import { awsImages } from '../../../src/aws/images.ts';
import { Retryable } from '../../../src/roles.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { awsError, stub } from './stub.ts';

type Answers = Parameters<typeof stub>[0];
const SHOWN = {
  ImageId: 'ami-1',
  Name: 'web-1',
  OwnerId: '123456789012',
  ImageOwnerAlias: 'amazon',
  CreationDate: '2026-01-30T12:00:00.000Z',
  Tags: [{ Key: 'Approved', Value: 'yes' }],
};
const READ = {
  kind: 'read',
  image: {
    id: 'ami-1',
    name: 'web-1',
    ownerId: '123456789012',
    ownerAlias: 'amazon',
    createdAt: '2026-01-30T12:00:00.000Z',
    tags: { Approved: 'yes' },
  },
};

function read(answers: Answers, ids: readonly string[], names: readonly string[] = []) {
  const { client, asked } = stub({ DescribeImages: () => ({ Images: [SHOWN] }), ...answers });
  return { asked, result: awsImages(client, client as unknown as SSMClient).read(ids, names) };
}

describe('images', () => {
  test('are read by a filter, so that one that is gone spoils nothing', async () => {
    const { asked, result } = read({}, ['ami-1', 'ami-2']);
    expect(await result).toEqual({
      parameters: {},
      images: {
        'ami-1': READ,
        'ami-2': {
          kind: 'unread',
          why: 'EC2 does not show the image ami-2: it was deregistered, or is not shared any more',
        },
      },
    });
    expect(asked).toEqual([
      {
        action: 'DescribeImages',
        input: {
          Filters: [{ Name: 'image-id', Values: ['ami-1', 'ami-2'] }],
          IncludeDeprecated: true,
          IncludeDisabled: true,
        },
      },
    ]);
  });

  test('that a parameter names are read too, once', async () => {
    const GetParameter = () => ({ Parameter: { Value: 'ami-1\n' } });
    const { asked, result } = read({ GetParameter }, ['ami-1'], ['/golden/ami']);
    expect(await result).toEqual({
      parameters: { '/golden/ami': { kind: 'image', imageId: 'ami-1' } },
      images: { 'ami-1': READ },
    });
    expect(asked.map(({ action }) => action)).toEqual(['GetParameter', 'DescribeImages']);
    expect(asked[0]?.input).toEqual({ Name: '/golden/ami' });
    expect(asked[1]?.input).toMatchObject({ Filters: [{ Values: ['ami-1'] }] });
  });

  test('a parameter that holds something else is not told what', async () => {
    const { result } = read({ GetParameter: () => ({ Parameter: { Value: 'hunter2' } }) }, [], ['/db']);
    expect(await result).toEqual({
      images: {},
      parameters: { '/db': { kind: 'unread', why: 'the parameter /db does not hold the id of an image' } },
    });
  });

  test('what is refused for good is unread, with the reason', async () => {
    const denied = () => awsError('AccessDeniedException', 'not authorised');
    const { result } = read({ GetParameter: denied, DescribeImages: denied }, ['ami-1'], ['/golden/ami']);
    const { images, parameters } = await result;
    expect(images['ami-1']).toMatchObject({ kind: 'unread', why: expect.stringContaining('DescribeImages') });
    expect(parameters['/golden/ami']).toMatchObject({ kind: 'unread', why: expect.stringContaining('GetParameter') });
  });

  test('what may pass is thrown', async () => {
    const { result } = read({ DescribeImages: () => awsError('RequestLimitExceeded') }, ['ami-1']);
    await expect(result).rejects.toThrow(Retryable);
  });
});

describe('the parameters of images', () => {
  function burst() {
    const clock = new FakeClock('2026-03-01T12:00:00.000Z');
    let approved = 'ami-1';
    const { client, asked } = stub({
      DescribeImages: () => ({ Images: [SHOWN, { ...SHOWN, ImageId: 'ami-2' }] }),
      GetParameter: () => ({ Parameter: { Value: approved } }),
    });
    const images = awsImages(client, client as unknown as SSMClient, clock);
    const approvedBy = async (id: string) => {
      const reading = (await images.read([id], ['/golden/web'])).parameters['/golden/web'];
      return reading?.kind === 'image' && reading.imageId === id;
    };
    const calls = () => asked.filter(({ action }) => action === 'GetParameter').length;
    const publish = (id: string) => {
      approved = id;
    };
    return { clock, approvedBy, calls, publish };
  }

  test('are asked for once where five hundred instances of the approved image are launched within seconds', async () => {
    const { clock, approvedBy, calls } = burst();
    for (let n = 0; n < 500; n += 1) {
      expect(await approvedBy('ami-1')).toBe(true);
      clock.advance(0.02);
    }
    expect(calls()).toBe(1);
    clock.advance(15);
    await approvedBy('ami-1');
    expect(calls()).toBe(2);
  });

  test('are asked for anew for an image that they did not name a moment ago: it may just have been approved', async () => {
    const { approvedBy, publish, calls } = burst();
    expect(await approvedBy('ami-2')).toBe(false);
    publish('ami-2');
    expect(await approvedBy('ami-2')).toBe(true);
    expect(calls()).toBe(2);
  });

  test('are asked for anew after an answer that did not come', async () => {
    const clock = new FakeClock('2026-03-01T12:00:00.000Z');
    let denied = true;
    const { client } = stub({
      DescribeImages: () => ({ Images: [SHOWN] }),
      GetParameter: () => (denied ? awsError('AccessDeniedException') : { Parameter: { Value: 'ami-1' } }),
    });
    const images = awsImages(client, client as unknown as SSMClient, clock);
    expect((await images.read(['ami-1'], ['/golden/web'])).parameters['/golden/web']?.kind).toBe('unread');
    denied = false;
    expect((await images.read(['ami-1'], ['/golden/web'])).parameters['/golden/web']?.kind).toBe('image');
  });
});
