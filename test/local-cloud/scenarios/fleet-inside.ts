/** Somebody gets into machines and out again: for real, with what CloudTrail tells of it. */
import { StartSessionCommand, TerminateSessionCommand } from '@aws-sdk/client-ssm';
import { call } from '../../../scripts/scene/events.mjs';
import type { Deployed } from '../deployed.ts';
import { BY_HAND } from './fleet-scene.ts';

const eventSource = 'ssm.amazonaws.com';

/** Puts an agent on machines. */
export async function manage({ cloud }: Deployed, ids: readonly string[], tags: Readonly<Record<string, string>> = {}) {
  const body = JSON.stringify({ instances: ids.map((id) => ({ id, tags })) });
  await fetch(`${cloud.endpoints.main}/_undrift/managed`, { method: 'POST', body });
}

/** `event` is still to be told. */
export async function openSession(at: Deployed, target: string) {
  await manage(at, [target]);
  const { clients } = at;
  const { SessionId: id = '' } = await clients.ssm.send(new StartSessionCommand({ Target: target }));
  const event = call('StartSession', {
    ...BY_HAND,
    eventSource,
    requestParameters: { target },
    responseElements: { sessionId: id },
  });
  return { id, event };
}

/** @returns the event, which is still to be told */
export async function closeSession({ clients }: Deployed, id: string) {
  await clients.ssm.send(new TerminateSessionCommand({ SessionId: id }));
  const ids = { requestParameters: { sessionId: id }, responseElements: { sessionId: id } };
  return call('TerminateSession', { ...BY_HAND, eventSource, ...ids });
}
