import { type Change, type ResourceRef, SESSION } from '../domain/change.ts';
import type { Fleet, SessionLog } from '../roles.ts';
import { isBaseline } from './baselines.ts';
import { targetsOfSession } from './session-news.ts';

type Tools = { readonly fleet: Pick<Fleet, 'find'>; readonly sessions: SessionLog };

/**
 * The instances to be judged because of a change. What a call names otherwise than by an id is looked up, where the fleet
 * can: one that is found stands for itself; none or several stay the expression, which is told as one incident. (Several
 * VPCs may have the same address, and a machine must not be replaced for what was done to its namesake.)
 */
export async function instanceTargets(change: Change, tools: Tools): Promise<readonly ResourceRef[]> {
  if (change.fact.kind === 'session-ended') return [];
  const named = await Promise.all(change.resources.map((resource) => resolve(resource, change, tools)));
  const targets = [...new Map(named.flat().map((target) => [target.id, target])).values()];
  if (targets.length === 0 && change.resources.length === 0) throw new Error(`${change.name} names no instance`);
  return targets;
}

async function resolve(resource: ResourceRef, { at }: Change, { fleet, sessions }: Tools) {
  if (resource.type === 'instance' || resource.type === 'network-interface') return [resource];
  if (isBaseline(resource)) return [resource];
  if (resource.type !== 'targets') return [];
  if (resource.id.startsWith(SESSION)) {
    return (await targetsOfSession(resource.id.slice(SESSION.length), sessions)) ?? [resource];
  }
  // It may stand for many, and is judged as a whole.
  if (resource.lookUp !== undefined) return [resource];
  const found = await fleet.find(resource.id, at);
  const [only] = found;
  if (only !== undefined && found.length === 1) return [{ type: 'instance', id: only } as const];
  // A volume that is attached to nothing is no instance's.
  return found.length === 0 && resource.id.startsWith('volume=') ? [] : [resource];
}
