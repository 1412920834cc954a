import { describe, expect, test } from 'vitest';
import { awsFleet } from '../../../src/aws/fleet.ts';
import type { Instance } from '../../../src/domain/estate.ts';
import { Retryable } from '../../../src/roles.ts';
import { INSTANCE } from '../guards/perfect.ts';
import { awsError, stub } from './stub.ts';

type Answers = Parameters<typeof stub>[0];
const FREE: Answers = {
  DescribeInstanceAttribute: () => ({ DisableApiTermination: { Value: false } }),
  DescribeInstanceTypes: () => ({ InstanceTypes: [{ InstanceType: 't3.micro', InstanceStorageSupported: false }] }),
};
const MICRO: Instance = { ...INSTANCE, traits: { type: 't3.micro' } };

function ties(answers: Answers = {}, instance = MICRO) {
  const { client, asked } = stub({ ...FREE, ...answers });
  return {
    asked,
    result: awsFleet({ ec2: client, autoScaling: client, iam: client, loadBalancing: client }).ties(instance),
  };
}

describe('what ties an instance to its place', () => {
  test('is nothing where it is not protected and its type has no instance store', async () => {
    const { asked, result } = ties();
    expect(await result).toEqual({ terminationProtection: false, instanceStore: false });
    expect(asked.map(({ input }) => input)).toEqual([
      { InstanceId: 'i-1', Attribute: 'disableApiTermination' },
      { InstanceTypes: ['t3.micro'] },
    ]);
  });

  test.each<[string, Answers, object]>([
    [
      'termination protection',
      { DescribeInstanceAttribute: () => ({ DisableApiTermination: { Value: true } }) },
      { terminationProtection: true, instanceStore: false },
    ],
    [
      'instance store',
      { DescribeInstanceTypes: () => ({ InstanceTypes: [{ InstanceStorageSupported: true }] }) },
      { terminationProtection: false, instanceStore: true },
    ],
    [
      'an attribute that EC2 leaves out',
      { DescribeInstanceAttribute: () => ({}) },
      { terminationProtection: { unread: 'EC2 does not say it' }, instanceStore: false },
    ],
    [
      'a type that EC2 leaves out',
      { DescribeInstanceTypes: () => ({ InstanceTypes: [] }) },
      { terminationProtection: false, instanceStore: { unread: 'EC2 does not say it of t3.micro' } },
    ],
    [
      'a type that EC2 does not know',
      { DescribeInstanceTypes: () => awsError('InvalidInstanceType') },
      { terminationProtection: false, instanceStore: { unread: expect.stringContaining('InvalidInstanceType') } },
    ],
    [
      'an attribute that may not be read',
      { DescribeInstanceAttribute: () => awsError('UnauthorizedOperation') },
      { terminationProtection: { unread: expect.stringContaining('DescribeInstanceAttribute') }, instanceStore: false },
    ],
  ])('is told: %s', async (_name, answers, expected) => {
    expect(await ties(answers).result).toEqual(expected);
  });

  test('is not known where the type of the instance is not', async () => {
    const { asked, result } = ties({}, INSTANCE);
    expect((await result).instanceStore).toEqual({ unread: 'its type is not known' });
    expect(asked.map(({ action }) => action)).toEqual(['DescribeInstanceAttribute']);
  });

  test.each(['DescribeInstanceAttribute', 'DescribeInstanceTypes'])(
    'is asked again when %s is throttled',
    async (action) => {
      const { result } = ties({ [action]: () => awsError('RequestLimitExceeded') });
      await expect(result).rejects.toBeInstanceOf(Retryable);
    },
  );
});
