/** Errors as AWS writes them, one form for each protocol, so that an SDK takes them for AWS's own. */
import { randomUUID } from 'node:crypto';

/** @typedef {import('./call.mjs').Call} Call */
/** @typedef {{ status: number, code: string, message: string }} Refusal */
/** @typedef {{ status: number, headers: Record<string, string>, body: string }} Answer */

/** @param {Pick<Call, 'service' | 'protocol'>} call @param {string} [code] instead of the service's usual one @returns {Answer} */
export function throttled({ service, protocol }, code) {
  const message = protocol === 'ec2' ? 'Request limit exceeded.' : 'Rate exceeded';
  const usual = THROTTLED_BY_SERVICE[service] ?? THROTTLED[protocol];
  return answerOf(protocol, { status: protocol === 'ec2' ? 503 : 400, code: code ?? usual, message });
}

/** @type {Record<string, string>} */
const THROTTLED_BY_SERVICE = {
  dynamodb: 'ProvisionedThroughputExceededException',
  sqs: 'RequestThrottled',
};
/** @type {Record<import('./call.mjs').Protocol, string>} */
const THROTTLED = {
  ec2: 'RequestLimitExceeded',
  query: 'Throttling',
  json: 'ThrottlingException',
  rest: 'ThrottlingException',
};

/** @param {Pick<Call, 'service' | 'protocol' | 'action'>} call @param {string} [code] @returns {Answer} */
export function refused({ service, protocol, action }, code) {
  const usual = service === 'sns' ? 'AuthorizationError' : REFUSED[protocol];
  const message = `not authorized to perform: ${service}:${action} (a fault of the local AWS)`;
  return answerOf(protocol, { status: protocol === 'json' ? 400 : 403, code: code ?? usual, message });
}

/** @type {Record<import('./call.mjs').Protocol, string>} */
const REFUSED = {
  ec2: 'UnauthorizedOperation',
  query: 'AccessDenied',
  json: 'AccessDeniedException',
  rest: 'AccessDeniedException',
};

/** @param {Pick<Call, 'protocol'>} call @param {number} status 500 to 599 @param {string} [code] @returns {Answer} */
export function failed({ protocol }, status, code) {
  const [internal, unavailable] = FAILED[protocol];
  const message = 'An internal error has occurred';
  return answerOf(protocol, { status, code: code ?? (status === 503 ? unavailable : internal), message });
}

/** @type {Record<import('./call.mjs').Protocol, [internal: string, unavailable: string]>} */
const FAILED = {
  ec2: ['InternalError', 'Unavailable'],
  query: ['InternalFailure', 'ServiceUnavailable'],
  json: ['InternalServerError', 'ServiceUnavailable'],
  rest: ['InternalServerError', 'ServiceUnavailable'],
};

/** @param {import('./call.mjs').Protocol} protocol @param {Refusal} refusal @returns {Answer} */
function answerOf(protocol, { status, code, message }) {
  const id = randomUUID();
  const ids = { 'x-amzn-requestid': id };
  if (protocol === 'ec2') {
    const errors = `<Errors><Error><Code>${code}</Code><Message>${message}</Message></Error></Errors>`;
    return xml(status, ids, `<Response>${errors}<RequestID>${id}</RequestID></Response>`);
  }
  if (protocol === 'query') {
    const type = status >= 500 ? 'Receiver' : 'Sender';
    const error = `<Error><Type>${type}</Type><Code>${code}</Code><Message>${message}</Message></Error>`;
    return xml(status, ids, `<ErrorResponse>${error}<RequestId>${id}</RequestId></ErrorResponse>`);
  }
  const headers = { ...ids, 'content-type': 'application/x-amz-json-1.0', 'x-amzn-errortype': code };
  return { status, headers, body: JSON.stringify({ __type: code, message }) };
}

/** @param {number} status @param {Record<string, string>} ids @param {string} body @returns {Answer} */
const xml = (status, ids, body) => ({
  status,
  headers: { ...ids, 'content-type': 'text/xml;charset=UTF-8' },
  body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}`,
});
