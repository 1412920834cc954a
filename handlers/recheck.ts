/** Wakes what is due: each minute, and at once when Auto Scaling has launched or terminated, or the switch was turned. */
import type { Context, EventBridgeEvent } from 'aws-lambda';
import { wakeDue } from '../src/wake.ts';
import { wireRecheck } from '../src/wiring.ts';

const deps = wireRecheck();

type Event = EventBridgeEvent<string, { AutoScalingGroupName?: unknown }>;

export const handler = (event: Event, context: Context): Promise<void> => {
  const group = event.source === 'aws.autoscaling' ? event.detail.AutoScalingGroupName : null;
  const trigger = { hurry: typeof group === 'string' ? group : null };
  return deps.deadline.during(
    () => context.getRemainingTimeInMillis(),
    () => wakeDue(trigger, deps),
  );
};
