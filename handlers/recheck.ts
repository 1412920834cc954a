/**
 * The scheduler: each minute, at once when the pause parameter was changed, and a few seconds after Auto Scaling launched or
 * terminated: those events come in batches by a queue, as hundreds may come at once.
 */
import type { Context, EventBridgeEvent, SQSEvent } from 'aws-lambda';
import { triggerOf } from '../src/inbound/trigger.ts';
import { wakeDue } from '../src/wake.ts';
import { wireRecheck } from '../src/wiring.ts';

const scheduler = wireRecheck();

export const handler = (event: SQSEvent | EventBridgeEvent<string, unknown>, context: Context): Promise<void> =>
  scheduler.deadline.during(
    () => context.getRemainingTimeInMillis(),
    () => wakeDue(triggerOf(event), scheduler),
  );
