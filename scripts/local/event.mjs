#!/usr/bin/env node
import { readFile } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { argumentsOf } from './lib/arguments.mjs';
import { isSame } from './lib/processes.mjs';
import { envFile, readState } from './lib/state.mjs';

const help = `Makes something happen in the local AWS of \`npm run local:up\`, and sends the event that AWS would send of it.

  npm run local:event -- open-ssh             a new security group with a rule for HTTPS; SSH is opened to the world
  npm run local:event -- alter-instance       a new Auto Scaling group of three that has opted in; one of its instances
                                              gets other security groups
  npm run local:event -- open-session         such a new group; a Session Manager session is opened on one instance
  npm run local:event -- end-session          of the sessions that are open, the one that was opened last ends
  npm run local:event -- run-command          such a new group; a command is run on one instance, by its id
  npm run local:event -- run-command-by-tag   such a new group; a command is run on all of it, by a tag
  npm run local:event -- FILE                 an event of the folder events, as it is: what it names is not there, so
                                              this shows how undrift takes it

A call by itself makes no event there: no CloudTrail looks on. Exit codes: 0 sent, 2 error.`;

/** @typedef {import('./acts.mjs').At} At */
/** @typedef {import('./acts.mjs').Sent} Sent */

/** The local AWS that is up. @returns {Promise<At>} */
async function connect() {
  const state = await readState();
  if (!state?.pids.some(isSame)) throw new Error('The local AWS is not up. Start it with `npm run local:up`.');
  if (Object.keys(state.outputs).length === 0)
    throw new Error('undrift is not deployed yet: wait until `npm run local:up` has said that it runs.');
  const text = await readFile(envFile, 'utf8');
  // Whoever plays needs no advice about the SDK.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  const { clientsOf } = await import('../scene/clients.mjs');
  const clients = clientsOf(/** @type {Record<string, string>} */ (parseEnv(text)));
  return { clients, endpoint: state.endpoints.main };
}

/** @param {At} at @param {string} file @param {string[]} words what else could have been meant @returns {Promise<Sent>} */
async function sendFile({ clients }, file, words) {
  const { send } = await import('../scene/events.mjs');
  // npm runs scripts in the project's folder; a path is meant from where it was typed.
  const text = await readFile(resolve(process.env.INIT_CWD ?? '.', file), 'utf8').catch(() => {
    throw new Error(`There is no file ${file}. Give ${words.join(', ')}, or an event: see --help.`);
  });
  const event = parsed(text);
  if (event === null)
    throw new Error(`${file} is no event: it needs source, detail-type and detail, as those of events/`);
  await send(clients.events, event);
  return { said: [`Sent ${file}.`], resource: null };
}

/** @param {string} text */
function parsed(text) {
  try {
    const event = JSON.parse(text);
    const isEvent =
      typeof event?.source === 'string' && typeof event['detail-type'] === 'string' && typeof event.detail === 'object';
    return isEvent ? event : null;
  } catch {
    return null;
  }
}

/** @param {Sent} sent */
function told({ said, resource }) {
  const of = resource === null ? '' : ` --resource ${resource}`;
  return [
    ...said,
    'The event was sent. What came of it, some seconds later:',
    `  set -a; . ${relative(process.env.INIT_CWD ?? '.', envFile)}; set +a`,
    `  npm exec --no -- undrift incidents${of}`,
  ].join('\n');
}

/** @param {string[]} args */
function wished(args) {
  const options = /** @type {const} */ ({ help: { type: 'boolean', short: 'h', default: false } });
  const { values, positionals } = argumentsOf('local:event', { args, options, strict: true, allowPositionals: true });
  if (values.help) return null;
  const [what, ...more] = positionals;
  if (what === undefined || more.length > 0) throw new Error(`One thing at a time, please.\n\n${help}`);
  return what;
}

async function main() {
  const what = wished(process.argv.slice(2));
  if (what === null) return console.log(help);
  const at = await connect();
  const { ACTS } = await import('./acts.mjs');
  const sent = await (ACTS.get(what)?.(at) ?? sendFile(at, what, [...ACTS.keys()]));
  console.log(told(sent));
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
}
