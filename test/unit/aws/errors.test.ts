import { describe, expect, test } from 'vitest';
import { AwsRefused, ask, isCode, retryable } from '../../../src/aws/errors.ts';
import { Retryable } from '../../../src/roles.ts';
import { awsError } from './stub.ts';

const outcome = (error: unknown) =>
  ask('ec2', 'DescribeInstances', () => Promise.reject(error)).catch((e: unknown) => e);

describe('what may work a minute later', () => {
  test.each([
    ['EC2 throttles', awsError('RequestLimitExceeded', 'Request limit exceeded.', 503)],
    ['Auto Scaling throttles', awsError('Throttling')],
    ['DynamoDB throttles', awsError('ThrottlingException')],
    ['a table is hot', awsError('ProvisionedThroughputExceededException')],
    ['a scaling activity is at work', awsError('ScalingActivityInProgress')],
    ['the same by its modelled name', awsError('ScalingActivityInProgressFault')],
    ['a resource is busy', awsError('ResourceContention', 'busy', 500)],
    ['two transactions met', awsError('TransactionConflictException')],
    ['AWS has a fault of its own', awsError('SomethingNew', 'oops', 500)],
    ['too many requests, by status', awsError('SomethingNew', 'slow', 429)],
    ['the time is over', Object.assign(new Error('late'), { name: 'TimeoutError' })],
    ['the connection broke', Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })],
    ['there is no name server', Object.assign(new Error('getaddrinfo'), { code: 'EAI_AGAIN' })],
  ])('%s', async (_title, error) => {
    expect(retryable(error)).toBe(true);
    const found = await outcome(error);
    expect(found).toBeInstanceOf(Retryable);
    expect(String(found)).toContain('ec2:DescribeInstances');
  });

  test.each([
    ['EC2 throttles', false, awsError('RequestLimitExceeded', 'Request limit exceeded.', 503)],
    ['a resource is busy', false, awsError('ResourceContention', 'busy', 500)],
    ['what was sent again meets the first one', true, awsError('ScalingActivityInProgress')],
    ['AWS has a fault of its own', true, awsError('SomethingNew', 'oops', 500)],
    ['the time is over', true, Object.assign(new Error('late'), { name: 'TimeoutError' })],
    ['the connection broke', true, Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })],
  ])('after which a call may have had its effect: %s, %s', async (_title, maybeDone, error) => {
    expect(await outcome(error)).toMatchObject({ maybeDone });
  });

  test.each([
    ['a group is gone', awsError('InvalidGroup.NotFound')],
    ['a condition failed', awsError('ConditionalCheckFailedException')],
    ['the caller may not', awsError('UnauthorizedOperation', 'no', 403)],
    ['the request is wrong', awsError('ValidationError')],
    ['it is a fault of ours', new TypeError('x is not a function')],
  ])('but not when %s', async (_title, error) => {
    expect(retryable(error)).toBe(false);
    expect(await outcome(error)).toBeInstanceOf(AwsRefused);
  });
});

describe('the message', () => {
  test('of a denied call names the action and nothing that EC2 encoded', async () => {
    const said = 'You are not authorized to perform this operation. Encoded authorization failure message: k9Q2secret';
    const found = await outcome(awsError('UnauthorizedOperation', said, 403));
    expect(found).toMatchObject({ service: 'ec2', action: 'DescribeInstances', code: 'UnauthorizedOperation' });
    expect((found as Error).message).toBe(
      'ec2:DescribeInstances was refused (UnauthorizedOperation): this role may not call ec2:DescribeInstances',
    );
  });

  test('is short, whatever AWS says', async () => {
    const found = (await outcome(awsError('ValidationError', 'x'.repeat(5000)))) as Error;
    expect(found.message.length).toBeLessThan(400);
  });

  test.each([['a word'], [null], [undefined], [{}]])('is there when %s is thrown', async (thrown) => {
    expect(await outcome(thrown)).toMatchObject({ name: 'AwsRefused', code: 'Unknown' });
  });
});

test('a code is recognised raw and wrapped, by name and by code', async () => {
  const raw = awsError('InvalidGroup.NotFound');
  expect(isCode(raw, 'Other', 'InvalidGroup.NotFound')).toBe(true);
  expect(isCode(await outcome(raw), 'InvalidGroup.NotFound')).toBe(true);
  expect(isCode({ Code: 'InvalidGroup.NotFound', name: 'Error' }, 'InvalidGroup.NotFound')).toBe(true);
  expect(isCode(raw, 'InvalidGroup')).toBe(false);
});

test('an error is wrapped once', async () => {
  const once = await outcome(awsError('Throttling'));
  expect(await outcome(once)).toBe(once);
});
