import type { Change } from '../domain/change.ts';
import type { AppliedMode } from '../policy/mode.ts';

/** "An instance's own role is never a person": what one did is told, and nothing is replaced for it. */
export function byPersonOnly(mode: AppliedMode, { actor }: Change): AppliedMode {
  if (actor.instanceId === null || mode.mode !== 'enforce') return mode;
  return { mode: 'observe', because: `done by the role of ${actor.instanceId}, not by a person` };
}
