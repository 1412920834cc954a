/** Error codes of AWS, classified once. Nothing above this folder knows one. */
import { Refused, Retryable } from '../roles.ts';

/** Refused for good, with what was asked and AWS's own code. */
export class AwsRefused extends Refused {
  override readonly name = 'AwsRefused';
  readonly service: string;
  readonly action: string;
  readonly code: string;

  constructor(service: string, action: string, code: string, message: string) {
    super(message);
    this.service = service;
    this.action = action;
    this.code = code;
  }
}

/** Codes that mean "not now": EC2 "Error codes", Auto Scaling and DynamoDB "Errors" of their API references. */
const NOT_NOW = new Set([
  'BandwidthLimitExceeded',
  // Of our own (deadline.ts): the call was never sent.
  'DeadlinePassed',
  'EC2ThrottledException',
  'InternalError',
  'InternalFailure',
  'InternalServerError',
  'InternalServerException',
  'KMSThrottling',
  'KMSThrottlingException',
  'LimitExceededException',
  'PriorRequestNotComplete',
  'ProvisionedThroughputExceeded',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'RequestTimeout',
  'RequestTimeoutException',
  'ResourceContention',
  'ResourceContentionFault',
  'ScalingActivityInProgress',
  'ScalingActivityInProgressFault',
  'ServiceUnavailable',
  'SlowDown',
  'TooManyRequestsException',
  'TransactionConflictException',
  'TransactionInProgressException',
  'Unavailable',
]);
/** What Node's sockets and the SDK's own timers say. */
const NETWORK = new Set([
  'AbortError',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  'TimeoutError',
]);
/**
 * Codes after which the call may have had its effect: AWS failed on the way, or what the SDK sent again met the first one at
 * work. A throttled call had none.
 */
const MAYBE_DONE = new Set([
  'InternalError',
  'InternalFailure',
  'InternalServerError',
  'InternalServerException',
  'RequestTimeout',
  'RequestTimeoutException',
  'ScalingActivityInProgress',
  'ScalingActivityInProgressFault',
  'ServiceUnavailable',
  'Unavailable',
]);
const DENIED = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'AuthorizationError',
  'AuthorizationErrorException',
  'UnauthorizedOperation',
]);

type Raw = { readonly name?: unknown; readonly code?: unknown; readonly Code?: unknown; readonly message?: unknown };

function asRaw(error: unknown): Raw {
  return typeof error === 'object' && error !== null ? error : {};
}

/** The code that AWS or the socket gave; `Unknown` when there is none. */
function codeOf(error: unknown): string {
  if (error instanceof AwsRefused) return error.code;
  const { name, code, Code } = asRaw(error);
  const words = [Code, code, name].filter((word) => typeof word === 'string');
  return words.find((word) => word !== '' && word !== 'Error') ?? 'Unknown';
}

/** True for a raw error of the SDK, or one wrapped by this file, with one of these codes. */
export function isCode(error: unknown, ...codes: string[]): boolean {
  return codes.includes(codeOf(error)) || codes.includes(String(asRaw(error).name));
}

function statusOf(error: unknown): number {
  const { $metadata } = asRaw(error) as { $metadata?: { httpStatusCode?: unknown } };
  return typeof $metadata?.httpStatusCode === 'number' ? $metadata.httpStatusCode : 0;
}

/** Would the same call have a chance in a minute? */
export function retryable(error: unknown): boolean {
  if (error instanceof Retryable) return true;
  if (error instanceof AwsRefused) return false;
  const code = codeOf(error);
  const { $retryable } = asRaw(error) as { $retryable?: unknown };
  const name = String(asRaw(error).name);
  return (
    NOT_NOW.has(code) ||
    code.startsWith('Throttl') ||
    NETWORK.has(code) ||
    NETWORK.has(name) ||
    $retryable !== undefined ||
    statusOf(error) === 429 ||
    statusOf(error) >= 500
  );
}

function maybeDone(error: unknown): boolean {
  const codes = [codeOf(error), String(asRaw(error).name)];
  if (codes.some((code) => MAYBE_DONE.has(code) || NETWORK.has(code))) return true;
  const known = codes.some((code) => NOT_NOW.has(code) || code.startsWith('Throttl'));
  return !known && statusOf(error) >= 500;
}

function isDenied(error: unknown): boolean {
  return DENIED.has(codeOf(error));
}

/** What AWS said, short. EC2's encoded authorization message is of no use to a reader and names what was asked. */
function saying(error: unknown): string {
  const { message } = asRaw(error);
  return typeof message === 'string'
    ? message.replace(/\s*Encoded authorization failure message:.*$/s, '').slice(0, 300)
    : '';
}

/** The error of one call as the rest of the code knows it: `Retryable` or `AwsRefused`. */
export function refusal(service: string, action: string, error: unknown): Retryable | AwsRefused {
  if (error instanceof Retryable || error instanceof AwsRefused) return error;
  const code = codeOf(error);
  if (retryable(error)) {
    const why = `${service}:${action} cannot be answered now (${code}): ${saying(error)}`;
    return new Retryable(why, maybeDone(error));
  }
  const why = isDenied(error) ? `this role may not call ${service}:${action}` : saying(error);
  return new AwsRefused(service, action, code, `${service}:${action} was refused (${code}): ${why}`);
}

/** Makes one call; its error comes out classified. @throws Retryable, AwsRefused */
export async function ask<T>(service: string, action: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw refusal(service, action, error);
  }
}
