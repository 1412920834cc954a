import type { ReplacementOrder } from './decision.ts';
import type { AutoScalingGroup } from './estate.ts';

/**
 * Which comes first when an instance of this group is replaced.
 *
 * A maintenance policy whose minimum is 100 per cent, with room above it, makes Auto Scaling launch the successor of an
 * unhealthy instance before it terminates that one ("Launch before terminating", Auto Scaling User Guide, "Instance
 * maintenance policy"). TerminateInstanceInAutoScalingGroup is not among the events that it governs. With
 * ReplaceUnhealthy or Terminate suspended, being unhealthy leads to nothing.
 */
export function replacementOrder({ maintenance, suspendedProcesses }: AutoScalingGroup): ReplacementOrder {
  if (maintenance === null) return 'terminate-first';
  const roomAbove = maintenance.minHealthy >= 100 && maintenance.maxHealthy > 100;
  const idle = suspendedProcesses.some((name) => name === 'ReplaceUnhealthy' || name === 'Terminate');
  return roomAbove && !idle ? 'launch-first' : 'terminate-first';
}
