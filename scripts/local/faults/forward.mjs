import { request as ask } from 'node:http';
import { pipeline } from 'node:stream';

/** @typedef {import('node:http').IncomingMessage} Request */
/** @typedef {import('node:http').ServerResponse} Response */

/** These describe one connection, and not the call. */
const OF_THE_CONNECTION = new Set(['connection', 'keep-alive', 'transfer-encoding']);

/**
 * Sends the call on as it came, and its answer back as it came: after `holdMs`, or never (null), until the client leaves.
 * @param {{ request: Request, response: Response, body: Buffer, upstream: string, agent: import('node:http').Agent, holdMs: number | null }} call
 */
export function forward({ request, response, body, upstream, agent, holdMs }) {
  const { method, url, rawHeaders } = request;
  const sent = ask(upstream + url, { method, agent, headers: pairsOf(rawHeaders).flat() });
  sent.on('response', (answer) => {
    if (holdMs === null) return answer.resume();
    hold(holdMs, response, () => {
      response.writeHead(answer.statusCode ?? 500, pairsOf(answer.rawHeaders).flat());
      pipeline(answer, response, () => {});
    });
  });
  // As if there were no proxy: the connection breaks.
  sent.on('error', () => response.destroy());
  sent.end(body);
}

/** @param {number} ms @param {Response} response @param {() => void} then not where the client has left */
export function hold(ms, response, then) {
  if (ms === 0) return then();
  const timer = setTimeout(then, ms);
  response.on('close', () => clearTimeout(timer));
}

/** @param {string[]} raw names and values by turns @returns {[string, string][]} */
function pairsOf(raw) {
  /** @type {[string, string][]} */
  const pairs = [];
  for (let at = 0; at < raw.length; at += 2) pairs.push([raw[at] ?? '', raw[at + 1] ?? '']);
  return pairs.filter(([name]) => !OF_THE_CONNECTION.has(name.toLowerCase()));
}
