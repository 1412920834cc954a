/** What `npm run local:event` can make happen: each act is done for real, and its event is sent. */
import { ModifyInstanceAttributeCommand } from '@aws-sdk/client-ec2';
import { authorize, makeFleet, makeSecurityGroup, tcp } from '../scene/estate.mjs';
import { authorizeEvent, groupsEvent, send } from '../scene/events.mjs';
import { closeSession, latestSession, manage, openSession, runOnInstances, runOnTag } from '../scene/inside.mjs';

/** @typedef {{ clients: import('../scene/clients.mjs').Clients, endpoint: string | undefined }} At the local AWS */
/** @typedef {{ said: string[], resource: string | null }} Sent `resource`: whom its incident is about */

/** Auto Scaling gives it to each instance of a group. */
const GROUP_TAG = 'aws:autoscaling:groupName';

/** By the word that asks for it. @type {ReadonlyMap<string, (at: At) => Promise<Sent>>} */
export const ACTS = new Map([
  ['open-ssh', openSsh],
  ['alter-instance', alterInstance],
  ['open-session', enter],
  ['end-session', leave],
  ['run-command', runCommand],
  ['run-command-by-tag', runCommandByTag],
]);

/** @param {string} what no two are the same, so that it can be made again */
const named = (what) => `${what}-${Date.now().toString(36)}`;

/** @param {At} at @returns {Promise<Sent>} */
async function openSsh({ clients }) {
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

/** Three instances that may be replaced. @param {At} at */
async function makeWeb({ clients }) {
  const tags = { 'undrift:replace': 'allowed', Owner: 'web-team' };
  const { name, instanceIds } = await makeFleet(clients, { name: named('web'), size: 3, tags });
  const made = `Made the Auto Scaling group ${name}, with ${instanceIds.join(', ')}.`;
  return { name, instanceIds, first: instanceIds[0] ?? '', made };
}

/** @param {At} at @returns {Promise<Sent>} */
async function alterInstance(at) {
  const { clients } = at;
  const { first, made } = await makeWeb(at);
  const tools = await makeSecurityGroup(clients, named('debugging-tools'));
  await clients.ec2.send(new ModifyInstanceAttributeCommand({ InstanceId: first, Groups: [tools] }));
  await send(clients.events, groupsEvent(first, [tools]));
  const said = [made, `Gave ${first} the security group ${tools}, which its template does not have.`];
  return { said, resource: first };
}

/** @param {At} at @returns {Promise<Sent>} */
async function enter(at) {
  const { first, made } = await makeWeb(at);
  await manage(at.endpoint, [first]);
  const { id, event } = await openSession(at.clients, first);
  await send(at.clients.events, event);
  return { said: [made, `Opened the session ${id} on ${first}; end-session ends it.`], resource: first };
}

/** @param {At} at @returns {Promise<Sent>} */
async function leave({ clients }) {
  const session = await latestSession(clients);
  if (session === null)
    throw new Error('No session is open, so that none can end. Open one with `npm run local:event -- open-session`.');
  await send(clients.events, await closeSession(clients, session.id));
  return { said: [`Ended the session ${session.id} on ${session.target}.`], resource: session.target };
}

/** @param {At} at @returns {Promise<Sent>} */
async function runCommand(at) {
  const { first, made } = await makeWeb(at);
  await manage(at.endpoint, [first]);
  await send(at.clients.events, await runOnInstances(at.clients, [first]));
  return { said: [made, `Ran a command on ${first}, by its id.`], resource: first };
}

/** @param {At} at @returns {Promise<Sent>} */
async function runCommandByTag(at) {
  const { name, instanceIds, made } = await makeWeb(at);
  await manage(at.endpoint, instanceIds, { [GROUP_TAG]: name });
  await send(at.clients.events, await runOnTag(at.clients, GROUP_TAG, name));
  const tag = `tag:${GROUP_TAG}=${name}`;
  return { said: [made, `Ran a command on all that carry ${tag}.`], resource: tag };
}
