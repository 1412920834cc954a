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
    const give = () => {
      // The client has left: the connection to the emulator becomes free.
      if (holdMs === null || response.destroyed) return answer.resume();
      response.writeHead(answer.statusCode ?? 500, pairsOf(answer.rawHeaders).flat());
      pipeline(answer, response, () => {});
    };
    hold(holdMs ?? 0, give);
  });
  // As if there were no proxy: the connection breaks.
  sent.on('error', () => response.destroy());
  sent.end(body);
}

/** @param {number} ms @param {() => void} then */
export function hold(ms, then) {
  if (ms === 0) then();
  else setTimeout(then, ms);
}

/** @param {string[]} raw names and values by turns @returns {[string, string][]} */
function pairsOf(raw) {
  /** @type {[string, string][]} */
  const pairs = [];
  for (let at = 0; at < raw.length; at += 2) pairs.push([raw[at] ?? '', raw[at + 1] ?? '']);
  return pairs.filter(([name]) => !OF_THE_CONNECTION.has(name.toLowerCase()));
}
