/** Wakes what is due: each minute, and at once when Auto Scaling has launched or terminated, or the switch was turned. */
import type { EventBridgeEvent } from 'aws-lambda';
import { wakeDue } from '../src/wake.ts';
import { wireRecheck } from '../src/wiring.ts';

const deps = wireRecheck();

export const handler = (event: EventBridgeEvent<string, { AutoScalingGroupName?: unknown }>): Promise<void> => {
  const group = event.source === 'aws.autoscaling' ? event.detail.AutoScalingGroupName : null;
  return wakeDue({ hurry: typeof group === 'string' ? group : null }, deps);
};
