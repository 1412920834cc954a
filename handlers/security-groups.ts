/** Revokes opened security-group rules. Woken by its queue, which EventBridge and the recheck fill. */
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { wireSecurityGroups } from '../src/wiring.ts';
import { answer } from './lib/answer.ts';

const remediator = wireSecurityGroups();

export const handler = (event: SQSEvent, context: Context): Promise<SQSBatchResponse> =>
  answer(event, context, remediator);
