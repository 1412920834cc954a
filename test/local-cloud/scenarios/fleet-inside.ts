/** Somebody who is not trusted gets into machines and out again. The events are still to be told. */
import * as inside from '../../../scripts/scene/inside.mjs';
import type { Deployed } from '../deployed.ts';
import { BY_HAND } from './fleet-scene.ts';

/** Puts an agent on machines. */
export async function manage({ cloud }: Deployed, ids: readonly string[], tags: Readonly<Record<string, string>> = {}) {
  await inside.manage(cloud.endpoints.main, ids, tags);
}

export async function openSession(at: Deployed, target: string) {
  await manage(at, [target]);
  return inside.openSession(at.clients, target, BY_HAND);
}

export const closeSession = ({ clients }: Deployed, id: string) => inside.closeSession(clients, id, BY_HAND);
