import type { Remediation } from '../domain/decision.ts';
import { baselineChanged } from './baseline-changed.ts';
import { budget } from './budget.ts';
import { fight } from './fight.ts';
import type { Circumstances, Guard, InstanceCase, NetworkCase } from './guard.ts';
import { launchSuspended } from './launch-suspended.ts';
import { notOptedIn } from './not-opted-in.ts';
import { notOurs } from './not-ours.ts';
import { observe } from './observe.ts';
import { paused, unreadablePause } from './paused.ts';
import { protectedInstance } from './protected.ts';
import { refreshRunning } from './refresh-running.ts';
import { shared } from './shared.ts';
import { singleInstance } from './single-instance.ts';
import { stateAtRisk } from './state-at-risk.ts';
import { tainted } from './tainted.ts';
import { unhealthyPeers } from './unhealthy-peers.ts';
import { unreadableFleet } from './unreadable-fleet.ts';

/**
 * The order in which guards are asked; the first that objects gives the reason. Lasting reasons come before passing
 * ones, `observe` after all that would stop an act anyway, and `tainted` only where it is what stops one. `budget` only knows of budgets of nothing: a slot is taken
 * last, in the ledger, by whoever acts.
 */
const COMMON: readonly Guard<Circumstances>[] = [observe, paused];
export const NETWORK_GUARDS: readonly Guard<NetworkCase>[] = [notOurs, shared, ...COMMON];
export const INSTANCE_GUARDS: readonly Guard<InstanceCase>[] = [
  notOptedIn,
  protectedInstance,
  stateAtRisk,
  singleInstance,
  fight,
  baselineChanged,
  launchSuspended,
  refreshRunning,
  budget,
  unhealthyPeers,
  unreadableFleet,
  ...COMMON,
  unreadablePause,
  tainted,
];

/**
 * What is asked once more right before an act, as a pause may have begun since it was decided. That an exposure is closed
 * although the flag cannot be read is why the guards of networks lack `unreadablePause`.
 */
export function pauseGuards(act: Remediation): readonly Guard<Pick<Circumstances, 'pause' | 'now'>>[] {
  switch (act.action) {
    case 'revoke-rules':
    case 'detach-groups':
    case 'remove-entries':
      return [paused];
    case 'replace-instance':
      return [paused, unreadablePause];
  }
}
