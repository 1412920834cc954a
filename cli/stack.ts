import { CloudFormationClient, DescribeStacksCommand, type Output } from '@aws-sdk/client-cloudformation';
import { type Io, UsageError } from './command.ts';

/** What the commands need of a deployed undrift: outputs of its stack. */
export type Stack = {
  readonly name: string;
  readonly region: string;
  readonly ledgerTable: string;
  readonly pauseParameter: string;
  readonly topicArn: string;
};
/** Settings of an SDK client. Credentials and endpoint come from the environment and the shared files, by the SDK. */
export type ClientSettings = { readonly region?: string };

export const DEFAULT_STAGE = 'dev';
/** As in `serverless.yml`: what `sls deploy --stage` takes. */
const STAGE = /^[a-zA-Z][a-zA-Z0-9-]{0,40}$/;

/** The stage that `--stage` gives, else the environment variable `UNDRIFT_STAGE`, else `dev`. @throws UsageError */
export function stageFrom(given: string | undefined, env: Io['env']): string {
  const stage = given ?? (env.UNDRIFT_STAGE || DEFAULT_STAGE);
  stackName(stage);
  return stage;
}

export function stackName(stage: string): string {
  if (!STAGE.test(stage)) throw new UsageError(`--stage ${stage}: letters, digits and dashes only`);
  return `undrift-${stage}`;
}

/** The SDK reads AWS_REGION; the AWS CLI reads AWS_DEFAULT_REGION, too. */
export function clientSettings(env: Io['env']): ClientSettings {
  const region = env.AWS_REGION || env.AWS_DEFAULT_REGION;
  return region ? { region } : {};
}

export async function findStack(stage: string, env: Io['env']): Promise<Stack> {
  const client = new CloudFormationClient({ ...clientSettings(env), maxAttempts: 3 });
  const name = stackName(stage);
  return inOneLine(name, async () => {
    const region = await client.config.region();
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: name }));
    return stackOf(name, region, Stacks[0]?.Outputs ?? []);
  });
}

export function stackOf(name: string, region: string, outputs: readonly Output[]): Stack {
  const output = (key: string): string => {
    const value = outputs.find(({ OutputKey }) => OutputKey === key)?.OutputValue;
    if (value) return value;
    throw new UsageError(`the stack ${name} has no output ${key}: it is not undrift, or of another version`);
  };
  return {
    name,
    region,
    ledgerTable: output('LedgerTable'),
    pauseParameter: output('PauseParameter'),
    topicArn: output('TopicArn'),
  };
}

/** Makes calls of AWS; what goes wrong comes out as one line that says what to do. @throws UsageError */
export async function inOneLine<T>(stack: string, calls: () => Promise<T>): Promise<T> {
  try {
    return await calls();
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError(explained(error, stack));
  }
}

const EXPIRED =
  /^(ExpiredToken|ExpiredTokenException|RequestExpired|InvalidClientTokenId|UnrecognizedClientException)$/;
const UNREACHABLE = /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNRESET|TimeoutError/;

/** Words for the errors that people meet. */
export function explained(error: unknown, stack: string): string {
  const { name, message, code } = partsOf(error);
  if (/region is missing/i.test(message))
    return 'no Region: set AWS_REGION, or AWS_PROFILE to a profile that names one';
  if (/CredentialsProviderError|TokenProviderError/.test(name)) return `no AWS credentials: ${message}`;
  if (/does not exist/.test(message) && name === 'ValidationError') {
    return `there is no stack ${stack} in this account and Region: deploy it, or name another with --stage`;
  }
  if (EXPIRED.test(name)) return `AWS does not take these credentials (${name}): sign in again`;
  if (UNREACHABLE.test(`${name} ${code}`)) return `AWS cannot be reached (${code || name})`;
  return message || name;
}

function partsOf(error: unknown): { readonly name: string; readonly message: string; readonly code: string } {
  if (!(error instanceof Error)) return { name: '', message: String(error), code: '' };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return { name: error.name, message: firstLine(error.message), code };
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0]?.trim() ?? '';
}
