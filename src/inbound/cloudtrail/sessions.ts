/** Calls by which somebody enters an instance. */
import { field, optionalText, text } from '../reader.ts';
import { instanceId } from '../values.ts';
import { type Call, onInstance, type Parsed } from './call.ts';

/** A session's target is an instance, an on-premises node (`mi-`) or a container (`ecs:`). */
export function startSession(call: Call): Parsed {
  const target = field(call.request, 'target');
  const named = text(target);
  if (named.startsWith('mi-')) return { irrelevant: 'a session on a managed node that is not an EC2 instance' };
  if (named.startsWith('ecs:')) return { irrelevant: 'a session in an ECS task, not on an instance' };
  const sessionId = optionalText(field(call.response, 'sessionId'));
  return onInstance(instanceId(target), { kind: 'session-started', sessionId });
}

export function sendSshKey(call: Call): Parsed {
  const osUser = optionalText(field(call.request, 'instanceOSUser'));
  return onInstance(instanceId(field(call.request, 'instanceId')), { kind: 'ssh-key-pushed', osUser });
}
