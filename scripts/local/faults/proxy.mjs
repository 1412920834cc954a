import { Agent, createServer } from 'node:http';
import { failed, refused, throttled } from './answers.mjs';
import { callOf } from './call.mjs';
import { FaultsError, faultsOf, NO_FAULTS } from './config.mjs';
import { counts } from './counts.mjs';
import { forward, hold } from './forward.mjs';
import { planOf } from './plan.mjs';

/** @typedef {import('node:http').IncomingMessage} Request */
/** @typedef {import('node:http').ServerResponse} Response */
/** @typedef {import('./call.mjs').Call} Call */
/** @typedef {{ main: string, moto: string }} Upstreams */
/** @typedef {(call: Call, answer: { status: number, requestId: string, fault: string }) => void} RecordCall */

/** moto answers for these; the main emulator for all others. */
const AT_MOTO = new Set(['ec2', 'autoscaling', 'elasticloadbalancing']);

/**
 * A server between the functions and the emulators. What meets no fault passes unchanged. Control: GET /_faults
 * (what is set, and counts), PUT /_faults, DELETE /_faults, PUT /_faults/upstreams.
 * @param {{ now: () => number, record: RecordCall }} options `record` is called for each call that no emulator saw
 */
export function faultProxy({ now, record }) {
  /** @type {Upstreams} */
  let upstreams = { main: '', moto: '' };
  let faults = NO_FAULTS;
  let fateOf = planOf(faults, now());
  const counted = counts();
  const agent = new Agent({ keepAlive: true, timeout: 30_000 });

  /** @param {Call} call @param {import('./plan.mjs').Ending} fault @param {Response} response */
  const answer = (call, fault, response) => {
    const { status, headers, body } = errorOf(call, fault);
    record(call, { status, requestId: headers['x-amzn-requestid'] ?? '', fault: fault.kind });
    response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body);
  };
  /** @param {Request} request @param {Response} response @param {Buffer} body */
  const serve = (request, response, body) => {
    const call = callOf(request, body);
    const upstream = AT_MOTO.has(call.service) ? upstreams.moto : upstreams.main;
    const { holdMs, fault } = fateOf(call, now());
    counted.add(call, 'received');
    counted.add(call, fault === null ? 'passed' : fault.kind === 'throttle' ? 'throttled' : 'failed');
    if (fault === null) return forward({ request, response, body, upstream, agent, holdMs });
    if (fault.kind === 'lose') return forward({ request, response, body, upstream, agent, holdMs: null });
    hold(holdMs, () => {
      if (fault.kind !== 'reset') return answer(call, fault, response);
      record(call, { status: 0, requestId: '', fault: fault.kind });
      request.socket.resetAndDestroy();
    });
  };
  /** @param {Request} request @param {Response} response @param {Buffer} body */
  const control = (request, response, body) => {
    const key = `${request.method} ${request.url}`;
    if (key === 'PUT /_faults/upstreams') upstreams = JSON.parse(body.toString('utf8'));
    else if (key === 'PUT /_faults') faults = faultsOf(JSON.parse(body.toString('utf8')));
    else if (key === 'DELETE /_faults') faults = NO_FAULTS;
    else if (key !== 'GET /_faults') return reply(response, 404, { error: `${key}: unknown` });
    if (key.endsWith(' /_faults') && request.method !== 'GET') fateOf = planOf(faults, now());
    reply(response, 200, { ...faults, calls: counted.calls });
  };
  const server = createServer(async (request, response) => {
    try {
      const body = await bodyOf(request);
      (request.url?.startsWith('/_faults') ? control : serve)(request, response, body);
    } catch (error) {
      const expected = error instanceof FaultsError || error instanceof SyntaxError;
      reply(response, expected ? 400 : 500, { error: error instanceof Error ? error.message : String(error) });
    }
  });
  // Longer than any client keeps one: a connection that closes just as a call arrives would be a fault that is not set.
  server.keepAliveTimeout = 75_000;
  server.on('close', () => agent.destroy());
  return server;
}

/** @param {Call} call @param {import('./plan.mjs').Ending} fault */
function errorOf(call, fault) {
  if (fault.kind === 'throttle') return throttled(call, fault.code);
  if (fault.kind === 'refuse') return refused(call, fault.code);
  if (fault.kind === 'error') return failed(call, fault.status, fault.code);
  throw new Error(`${fault.kind} has no answer`);
}

/** @param {Request} request */
async function bodyOf(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts);
}

/** @param {Response} response @param {number} status @param {unknown} value */
function reply(response, status, value) {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}
