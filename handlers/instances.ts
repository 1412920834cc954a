/** Replaces altered instances through their Auto Scaling group. Woken by its queue, which EventBridge and the recheck fill. */
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { wireInstances } from '../src/wiring.ts';
import { answer } from './lib/answer.ts';

const remediator = wireInstances();

export const handler = (event: SQSEvent, context: Context): Promise<SQSBatchResponse> =>
  answer(event, context, remediator);
