import { ModifyInstanceAttributeCommand } from '@aws-sdk/client-ec2';
import { authorize, fleet, inService, makeSecurityGroup, rulesOf, stateOf } from '../scene/estate.mjs';
import { authorizeEvent, groupsEvent, PEOPLE, send } from '../scene/events.mjs';
import { until } from '../scene/until.mjs';
import { descriptionOf, idOf, makeWebFleet, makeWebGroup, SSH_FOR_ALL, sourceOf } from './estate.mjs';
import { bold, dim, green, red, say, seconds, table, yellow } from './screen.mjs';

/** @typedef {import('../scene/clients.mjs').Clients} Clients */
/** @typedef {import('../scene/inbox.mjs').InboxNotice} InboxNotice */
/** @typedef {{ read: () => Promise<InboxNotice[]> }} Inbox */
/** @typedef {Awaited<ReturnType<typeof makeEstate>>} Estate */

const WHO = PEOPLE.role.arn;
/** Often enough to measure tenths of a second. */
const CLOSELY = { seconds: 60, every: 100 };

/** @param {Clients} clients */
export async function makeEstate(clients) {
  const [web, fleet] = await Promise.all([makeWebGroup(clients), makeWebFleet(clients)]);
  const tools = await makeSecurityGroup(clients, 'debugging-tools');
  return { web, fleet, tools };
}

/** @param {Clients} clients @param {Estate} estate */
export async function showBefore(clients, { web, fleet }) {
  say(`Security group ${bold(web.id)} (web): four rules, all of them meant.`);
  showRules(web.rules, () => green('legitimate'));
  say();
  say(`Auto Scaling group ${bold(fleet.name)}: three instances, desired capacity 3. Its owner allowed replacements`);
  say('with the tag undrift:replace = allowed; without it, undrift would only tell.');
  await showInstances(clients, fleet.name, () => '');
}

/**
 * Somebody opens SSH to the world, and undrift closes it.
 * @param {Clients} clients @param {Estate} estate @param {Inbox} inbox
 * @returns {Promise<string[]>} ids of the rules that were opened
 */
export async function openSsh(clients, { web }, inbox) {
  say(`${WHO}`);
  say(`ran  ${bold(`aws ec2 authorize-security-group-ingress --group-id ${web.id} --protocol tcp --port 22`)}`);
  say(`     ${bold('--cidr 0.0.0.0/0')}`);
  const began = Date.now();
  const rules = await authorize(clients, web.id, SSH_FOR_ALL);
  const opened = rules.map(idOf);
  const during = await rulesOf(clients, web.id);
  await send(clients.events, authorizeEvent({ groupId: web.id, permission: SSH_FOR_ALL, rules }));
  say();
  showRules(during, (id) => (opened.includes(id) ? red('opened just now') : green('legitimate')));
  say();
  say('The event that AWS would send was sent. (On AWS, CloudTrail takes seconds to minutes to deliver it.)');
  say();
  await watch('the open rule is gone', began, async () => {
    const left = await rulesOf(clients, web.id);
    return !left.some((rule) => opened.includes(idOf(rule)));
  });
  await showDecision(inbox, web.id, began);
  const left = (await rulesOf(clients, web.id)).map(idOf);
  say();
  say('What became of the rules:');
  showRules(during, (id) => (left.includes(id) ? green('stayed') : yellow('revoked')));
  return opened;
}

/**
 * Somebody alters a machine, and undrift replaces it.
 * @param {Clients} clients @param {Estate} estate @param {Inbox} inbox
 * @returns {Promise<string>} id of the altered instance
 */
export async function alterInstance(clients, { fleet: { name, instanceIds }, tools }, inbox) {
  const [altered = ''] = instanceIds;
  say(`${WHO}`);
  say(`ran  ${bold(`aws ec2 modify-instance-attribute --instance-id ${altered}`)}`);
  say(`     ${bold(`--groups ${tools}`)}`);
  say('so that this machine is no longer what its launch template says. The event was sent. (On AWS, a successor');
  say('takes as long as its image takes to start; here it takes 3 s.)');
  say();
  const began = Date.now();
  await clients.ec2.send(new ModifyInstanceAttributeCommand({ InstanceId: altered, Groups: [tools] }));
  await send(clients.events, groupsEvent(altered, [tools]));
  await watch(
    'the altered instance is terminated',
    began,
    async () => (await stateOf(clients, altered)) === 'terminated',
  );
  await watch('three instances are in service again', began, async () => {
    const serving = await inService(clients, name);
    return serving.length === 3 && !serving.includes(altered);
  });
  await showDecision(inbox, altered, began);
  say();
  await showInstances(clients, name, (id) => (instanceIds.includes(id) ? green('as before') : yellow('the successor')));
  return altered;
}

/** @param {string} what @param {number} began @param {() => Promise<boolean>} look */
async function watch(what, began, look) {
  try {
    await until(what, look, CLOSELY);
    say(`${green('✔')} ${seconds(Date.now() - began)} after the change, ${what}.`);
  } catch (error) {
    // The checks at the end say what this comes to.
    say(`${red('✘')} ${error.message}`);
  }
}

/**
 * What undrift itself says that it decided, from the notice for machines.
 * @param {Inbox} inbox @param {string} resourceId @param {number} began
 */
async function showDecision(inbox, resourceId, began) {
  const find = async () => (await inbox.read()).find(({ message }) => message.resource?.id === resourceId);
  try {
    const { message, heardAt } = await until(`a notice about ${resourceId}`, find, CLOSELY);
    const { decision, change, outcome, incident } = message;
    say(`${green('✔')} ${seconds(heardAt - began)} after the change, its notice was there. It says:`);
    say();
    table(
      [
        ['', ''],
        [dim('seen'), `${change.name} by ${change.actor.arn}`],
        [dim('finding'), `${message.finding.summary} (${incident.severity}, rule ${incident.rule})`],
        [dim('decided'), `${bold(decision.kind)}: ${decision.reason}`],
        [dim('did'), actOf(decision.remediation)],
        [dim('outcome'), `${outcome.act?.kind}: ${outcome.act?.seen ?? outcome.act?.why}`],
        ...(message.successor ? [[dim('successor'), message.successor]] : []),
      ].slice(1),
    );
  } catch (error) {
    say(`${red('✘')} ${error.message}`);
  }
}

/** @param {Record<string, any> | null} remediation */
function actOf(remediation) {
  if (remediation?.action === 'revoke-rules') return `revoked ${remediation.ruleIds.join(', ')}, and no other rule`;
  if (remediation?.action === 'replace-instance') return `replaced ${remediation.instanceId}, and no other instance`;
  return 'nothing';
}

/** @param {import('./estate.mjs').Rule[]} rules @param {(id: string) => string} verdict */
function showRules(rules, verdict) {
  const rows = rules.map((rule) => [
    idOf(rule),
    `${rule.IpProtocol} ${rule.FromPort}`,
    sourceOf(rule),
    descriptionOf(rule),
    verdict(idOf(rule)),
  ]);
  table([['rule', 'port', 'from', 'description', ''], ...rows]);
}

/** @param {Clients} clients @param {string} name @param {(id: string) => string} verdict */
async function showInstances(clients, name, verdict) {
  const { Instances = [] } = await fleet(clients, name);
  const rows = Instances.map((it) => [
    it.InstanceId ?? '?',
    it.LifecycleState ?? '?',
    it.HealthStatus ?? '?',
    verdict(it.InstanceId ?? ''),
  ]);
  table([['instance', 'state', 'health', ''], ...rows]);
}
