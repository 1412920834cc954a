/** Takes opened groups off interfaces and entries out of prefix lists. Woken by its queue, which EventBridge and the recheck fill. */
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { wireNetworks } from '../src/wiring.ts';
import { answer } from './lib/answer.ts';

const remediator = wireNetworks();

export const handler = (event: SQSEvent, context: Context): Promise<SQSBatchResponse> =>
  answer(event, context, remediator);
