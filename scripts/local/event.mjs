#!/usr/bin/env node
import { readFile } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { parseArgs, parseEnv } from 'node:util';
import { isSame } from './lib/processes.mjs';
import { envFile, readState } from './lib/state.mjs';

const help = `Makes something happen in the local AWS of \`npm run local:up\`, and sends the event that AWS would send of it.

  npm run local:event -- open-ssh         a new security group with a rule for HTTPS; SSH is opened to the world
  npm run local:event -- alter-instance   a new Auto Scaling group of three that has opted in; one of its instances gets
                                          other security groups
  npm run local:event -- FILE             an event of the folder events, as it is: what it names is not there, so this
                                          shows how undrift takes it

A call by itself makes no event there: no CloudTrail looks on. Exit codes: 0 sent, 2 error.`;

/** @typedef {import('../scene/clients.mjs').Clients} Clients */
/** @typedef {{ said: string[], resource: string | null }} Sent */

/** Clients of the local AWS that is up. */
async function connect() {
  const state = await readState();
  if (!state?.pids.some(isSame)) throw new Error('The local AWS is not up. Start it with `npm run local:up`.');
  if (Object.keys(state.outputs).length === 0)
    throw new Error('undrift is not deployed yet: wait until `npm run local:up` has said that it runs.');
  const text = await readFile(envFile, 'utf8');
  // Whoever plays needs no advice about the SDK.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  const { clientsOf } = await import('../scene/clients.mjs');
  return clientsOf(/** @type {Record<string, string>} */ (parseEnv(text)));
}

/** @param {string} what no two are the same, so that it can be made again */
const named = (what) => `${what}-${Date.now().toString(36)}`;

/** @param {Clients} clients @returns {Promise<Sent>} */
async function openSsh(clients) {
  const { authorize, makeSecurityGroup, tcp } = await import('../scene/estate.mjs');
  const { authorizeEvent, send } = await import('../scene/events.mjs');
  const groupId = await makeSecurityGroup(clients, named('web'), { Owner: 'web-team' });
  const [https] = await authorize(clients, groupId, tcp(443, '0.0.0.0/0'));
  const permission = tcp(22, '0.0.0.0/0');
  const rules = await authorize(clients, groupId, permission);
  await send(clients.events, authorizeEvent({ groupId, permission, rules }));
  const said = [
    `Made the security group ${groupId}.`,
    `  meant   ${https?.SecurityGroupRuleId}  tcp 443 from 0.0.0.0/0`,
    `  opened  ${rules[0]?.SecurityGroupRuleId}  tcp 22 from 0.0.0.0/0`,
  ];
  return { said, resource: groupId };
}

/** @param {Clients} clients @returns {Promise<Sent>} */
async function alterInstance(clients) {
  const { ModifyInstanceAttributeCommand } = await import('@aws-sdk/client-ec2');
  const { makeFleet, makeSecurityGroup } = await import('../scene/estate.mjs');
  const { groupsEvent, send } = await import('../scene/events.mjs');
  const tags = { 'undrift:replace': 'allowed', Owner: 'web-team' };
  const { name, instanceIds } = await makeFleet(clients, { name: named('web'), size: 3, tags });
  const [altered = ''] = instanceIds;
  const tools = await makeSecurityGroup(clients, named('debugging-tools'));
  await clients.ec2.send(new ModifyInstanceAttributeCommand({ InstanceId: altered, Groups: [tools] }));
  await send(clients.events, groupsEvent(altered, [tools]));
  const said = [
    `Made the Auto Scaling group ${name}, with ${instanceIds.join(', ')}.`,
    `Gave ${altered} the security group ${tools}, which its template does not have.`,
  ];
  return { said, resource: altered };
}

/** @param {Clients} clients @param {string} file @returns {Promise<Sent>} */
async function sendFile(clients, file) {
  const { send } = await import('../scene/events.mjs');
  // npm runs scripts in the project's folder; a path is meant from where it was typed.
  const text = await readFile(resolve(process.env.INIT_CWD ?? '.', file), 'utf8').catch(() => {
    throw new Error(`There is no file ${file}. Give open-ssh, alter-instance, or an event: see --help.`);
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
    `  npx undrift incidents${of}`,
  ].join('\n');
}

/** @param {string[]} args */
function wished(args) {
  const options = /** @type {const} */ ({ help: { type: 'boolean', short: 'h', default: false } });
  const { values, positionals } = parseArgs({ args, options, strict: true, allowPositionals: true });
  if (values.help) return null;
  const [what, ...more] = positionals;
  if (what === undefined || more.length > 0) throw new Error(`One thing at a time, please.\n\n${help}`);
  return what;
}

async function main() {
  const what = wished(process.argv.slice(2));
  if (what === null) return console.log(help);
  const clients = await connect();
  const acts = new Map([
    ['open-ssh', openSsh],
    ['alter-instance', alterInstance],
  ]);
  const act = acts.get(what) ?? ((/** @type {Clients} */ it) => sendFile(it, what));
  console.log(told(await act(clients)));
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
}
