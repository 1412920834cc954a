/** Which call a request is: its service, its action and the protocol that its answer has to follow. */

/**
 * @typedef {object} Call
 * @property {string} service as the credential scope of the signature names it: ec2, autoscaling, dynamodb, sns, sqs, ssm
 * @property {string} action DescribeSecurityGroups; method and path where the request names no action
 * @property {Protocol} protocol
 * @property {Record<string, unknown> | null} params
 * @property {string} userAgent
 */
/** @typedef {'ec2' | 'query' | 'json' | 'rest'} Protocol the AWS protocols, by what distinguishes them in a request */

const SCOPE = /Credential=[^/]+\/\d+\/[a-z0-9-]+\/([a-z0-9-]+)\/aws4_request/;
const FORM = 'application/x-www-form-urlencoded';

/**
 * @param {Pick<import('node:http').IncomingMessage, 'method' | 'url' | 'headers'>} request
 * @param {Buffer} body
 * @returns {Call}
 */
export function callOf({ method = 'GET', url = '/', headers }, body) {
  const service = SCOPE.exec(headers.authorization ?? '')?.[1] ?? '';
  const userAgent = headers['user-agent'] ?? '';
  const target = headers['x-amz-target'];
  if (typeof target === 'string') {
    const action = target.split('.').at(-1) ?? '';
    return { service, action, protocol: 'json', params: jsonOf(body), userAgent };
  }
  const { Action, Version: _version, ...params } = formOf(headers['content-type'] ?? '', url, body);
  if (Action === undefined)
    return { service, action: `${method} ${url.split('?')[0]}`, protocol: 'rest', params: jsonOf(body), userAgent };
  return { service, action: Action, protocol: service === 'ec2' ? 'ec2' : 'query', params, userAgent };
}

/** @param {string} type @param {string} url @param {Buffer} body @returns {Record<string, string>} */
function formOf(type, url, body) {
  const text = type.startsWith(FORM) ? body.toString('utf8') : (url.split('?')[1] ?? '');
  return Object.fromEntries(new URLSearchParams(text));
}

/** @param {Buffer} body @returns {Record<string, unknown> | null} */
function jsonOf(body) {
  try {
    return body.length === 0 ? null : JSON.parse(body.toString('utf8'));
  } catch {
    return { bytes: body.length };
  }
}
