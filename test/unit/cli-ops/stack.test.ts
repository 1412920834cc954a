import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../cli/command.ts';
import { clientSettings, explained, inOneLine, stackName, stackOf } from '../../../cli/stack.ts';

const OUTPUTS = [
  { OutputKey: 'LedgerTable', OutputValue: 'undrift-dev-ledger' },
  { OutputKey: 'PauseParameter', OutputValue: '/undrift/dev/pause' },
  { OutputKey: 'TopicArn', OutputValue: 'arn:aws:sns:eu-west-1:123456789012:undrift-dev' },
];

function named(name: string, message: string, code?: string): Error {
  return Object.assign(new Error(message), { name }, code === undefined ? {} : { code });
}

describe('the stack of a stage', () => {
  it('is found by its outputs', () => {
    expect(stackOf('undrift-dev', 'eu-west-1', OUTPUTS)).toEqual({
      name: 'undrift-dev',
      region: 'eu-west-1',
      ledgerTable: 'undrift-dev-ledger',
      pauseParameter: '/undrift/dev/pause',
      topicArn: 'arn:aws:sns:eu-west-1:123456789012:undrift-dev',
    });
  });

  it.each(['LedgerTable', 'PauseParameter', 'TopicArn'])('is refused without its output %s', (key) => {
    const outputs = OUTPUTS.filter(({ OutputKey }) => OutputKey !== key);
    expect(() => stackOf('undrift-dev', 'eu-west-1', outputs)).toThrow(`has no output ${key}`);
  });

  it.each(['', 'a b', '-x', '9', 'x/y', 'x'.repeat(60)])('%j is no stage', (stage) => {
    expect(() => stackName(stage)).toThrow(UsageError);
  });

  it.each<readonly [Readonly<Record<string, string>>, object]>([
    [{ AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'us-east-1' }, { region: 'eu-west-1' }],
    [{ AWS_DEFAULT_REGION: 'us-east-1' }, { region: 'us-east-1' }],
    [{ AWS_REGION: '' }, {}],
    [{}, {}],
  ])('takes the Region from %j', (env, settings) => {
    expect(clientSettings(env)).toEqual(settings);
  });
});

describe('what goes wrong', () => {
  it.each<readonly [Error, string]>([
    [named('Error', 'Region is missing'), 'no Region: set AWS_REGION, or AWS_PROFILE to a profile that names one'],
    [
      named('CredentialsProviderError', 'Could not load credentials from any providers'),
      'no AWS credentials: Could not load credentials from any providers',
    ],
    [
      named('ValidationError', 'Stack with id undrift-dev does not exist'),
      'there is no stack undrift-dev in this account and Region: deploy it, or name another with --stage',
    ],
    [named('ExpiredToken', 'x'), 'AWS does not take these credentials (ExpiredToken): sign in again'],
    [named('Error', 'connect', 'ECONNREFUSED'), 'AWS cannot be reached (ECONNREFUSED)'],
    [named('AccessDenied', 'User is not authorized\nto do it'), 'User is not authorized'],
    [named('Mystery', ''), 'Mystery'],
  ])('%s', (error, line) => {
    expect(explained(error, 'undrift-dev')).toBe(line);
  });

  it('comes out as one line that is not explained twice', async () => {
    const refuse = (error: Error) => inOneLine('undrift-dev', () => Promise.reject(error));
    await expect(refuse(named('Error', 'Region is missing'))).rejects.toThrow(UsageError);
    const usage = new UsageError('as it is');
    await expect(refuse(usage)).rejects.toBe(usage);
  });
});
