/** Somebody gets into machines and out again, or runs something there: for real, with what CloudTrail tells of it. */
import {
  DescribeSessionsCommand,
  SendCommandCommand,
  StartSessionCommand,
  TerminateSessionCommand,
} from '@aws-sdk/client-ssm';
import { call } from './events.mjs';

/** @typedef {Pick<import('./clients.mjs').Clients, 'ssm'>} Clients */
/** @typedef {Record<string, unknown>} Rest fields of the record that differ */

const eventSource = 'ssm.amazonaws.com';
const SHELL = 'AWS-RunShellScript';

/**
 * Puts an agent on machines of the local AWS. Commands by tag go to those whose agent has the tag.
 * @param {string | undefined} endpoint the main one @param {readonly string[]} ids @param {Readonly<Record<string, string>>} [tags]
 */
export async function manage(endpoint, ids, tags = {}) {
  const body = JSON.stringify({ instances: ids.map((id) => ({ id, tags })) });
  await fetch(`${endpoint}/_undrift/managed`, { method: 'POST', body });
}

/** The machine needs an agent. @param {Clients} clients @param {string} target @param {Rest} [rest] */
export async function openSession({ ssm }, target, rest = {}) {
  const { SessionId: id = '' } = await ssm.send(new StartSessionCommand({ Target: target }));
  const ids = { requestParameters: { target }, responseElements: { sessionId: id } };
  return { id, event: call('StartSession', { eventSource, ...ids, ...rest }) };
}

/** The open session that began last; null where none is open. @param {Clients} clients */
export async function latestSession({ ssm }) {
  const { Sessions = [] } = await ssm.send(new DescribeSessionsCommand({ State: 'Active' }));
  const [latest] = Sessions.filter(({ Status }) => Status === 'Connected');
  return latest === undefined ? null : { id: latest.SessionId ?? '', target: latest.Target ?? '' };
}

/** @param {Clients} clients @param {string} id @param {Rest} [rest] */
export async function closeSession({ ssm }, id, rest = {}) {
  await ssm.send(new TerminateSessionCommand({ SessionId: id }));
  const ids = { requestParameters: { sessionId: id }, responseElements: { sessionId: id } };
  return call('TerminateSession', { eventSource, ...ids, ...rest });
}

/** The machines need agents. @param {Clients} clients @param {string[]} instanceIds @param {Rest} [rest] */
export async function runOnInstances({ ssm }, instanceIds, rest = {}) {
  const command = new SendCommandCommand({ DocumentName: SHELL, InstanceIds: instanceIds });
  return commandEvent({ instanceIds }, await ssm.send(command), rest);
}

/** @param {Clients} clients @param {string} tag @param {string} value @param {Rest} [rest] */
export async function runOnTag({ ssm }, tag, value, rest = {}) {
  const [key, values] = [`tag:${tag}`, [value]];
  const command = new SendCommandCommand({ DocumentName: SHELL, Targets: [{ Key: key, Values: values }] });
  return commandEvent({ targets: [{ key, values }] }, await ssm.send(command), rest);
}

/** @param {Rest} where @param {import('@aws-sdk/client-ssm').SendCommandCommandOutput} answer @param {Rest} rest */
function commandEvent(where, { Command }, rest) {
  return call('SendCommand', {
    eventSource,
    requestParameters: { documentName: SHELL, ...where },
    responseElements: { command: { commandId: Command?.CommandId, status: 'Pending' } },
    ...rest,
  });
}
