/** Calls by which somebody enters an instance, and leaves it. */
import { SESSION } from '../../domain/change.ts';
import { field, oneOf, soft, softText, text } from '../reader.ts';
import { instanceId } from '../values.ts';
import { type CallParser, type CallTable, onInstance, onTargets, signal, told } from './call.ts';
import { openTunnel } from './interfaces.ts';

/** A session's target is an instance, an on-premises node (`mi-`) or a container (`ecs:`). */
const startSession: CallParser = (call) => {
  const target = field(call.request, 'target');
  const named = text(target);
  if (named.startsWith('mi-')) return { irrelevant: 'a session on a managed node that is not an EC2 instance' };
  if (named.startsWith('ecs:')) return { irrelevant: 'a session in an ECS task, not on an instance' };
  const sessionId = softText(soft(call.response, 'sessionId'));
  return onInstance(instanceId(target), { kind: 'session-started', sessionId });
};

/** Names the session and not where it goes, which is looked up. */
const resumeSession: CallParser = (call) => {
  const session = text(oneOf(call.request, 'sessionId', 'SessionId'));
  return onTargets(`${SESSION}${session}`, signal('session-resumed', session));
};

const terminateSession: CallParser = (call) => {
  const sessionId = text(oneOf(call.request, 'sessionId', 'SessionId'));
  return onTargets(`${SESSION}${sessionId}`, { kind: 'session-ended', sessionId });
};

/** Fleet Manager's remote desktop: `{InstanceId, Protocol: "RDP", ConnectionType, AuthType}`. */
const startConnection: CallParser = ({ request }) => {
  const target = oneOf(request, 'InstanceId', 'instanceId');
  if (text(target).startsWith('mi-')) {
    return { irrelevant: 'a remote desktop of a managed node that is not an EC2 instance' };
  }
  return onInstance(instanceId(target), signal('remote-desktop-opened', told(oneOf(request, 'Protocol', 'protocol'))));
};

const sendSshKey: CallParser = (call) => {
  const osUser = softText(field(call.request, 'instanceOSUser'));
  return onInstance(instanceId(field(call.request, 'instanceId')), { kind: 'ssh-key-pushed', osUser });
};

const sendSerialConsoleKey: CallParser = ({ request }) =>
  onInstance(instanceId(field(request, 'instanceId')), signal('serial-console-opened'));

export const SESSION_CALLS: CallTable = {
  ResumeSession: resumeSession,
  StartSession: startSession,
  TerminateSession: terminateSession,
};
export const GUI_CONNECT_CALLS: CallTable = { StartConnection: startConnection };
export const CONNECT_CALLS: CallTable = {
  OpenTunnel: openTunnel,
  SendSSHPublicKey: sendSshKey,
  SendSerialConsoleSSHPublicKey: sendSerialConsoleKey,
};
