/**
 * The scheduler. It runs each minute, and at once when the pause parameter was changed. After Auto Scaling launched or
 * terminated instances it runs within a few seconds: those events come in batches from a queue, as hundreds may come at once.
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
