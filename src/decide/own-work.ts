import type { Change } from '../domain/change.ts';
import type { AppliedMode } from '../policy/mode.ts';
import { ownWork } from '../rules/own-work.ts';

/** What a boot script does to its own instance is reported, and nothing is replaced for it. */
export function observingOwnWork(mode: AppliedMode, change: Change, instanceId: string): AppliedMode {
  if (mode.mode !== 'enforce' || ownWork(change, instanceId) !== 'reported') return mode;
  return { mode: 'observe', because: `${instanceId} did it to itself by its own role, as boot scripts do` };
}
