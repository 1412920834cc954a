/** Raw event → Change, or why it asks nothing of us. Every value of an event is untrusted. */
import type { Change, Irrelevant } from '../domain/change.ts';
import { parseRecord } from './cloudtrail.ts';
import { parseEnvelope } from './envelope.ts';
import { type ParameterCall, parameterCall } from './heartbeat.ts';
import { parseJson } from './json.ts';
import { type FoundMessage, type LookedMessage, parseFound, parseLooked } from './looked.ts';
import { MalformedEvent } from './malformed.ts';
import { field, malformed, objectAt, type Place, root, text } from './reader.ts';

/** The recheck's own message: wake this incident. */
type RecheckMessage = { readonly recheck: string };
export type OwnMessage = RecheckMessage | FoundMessage | LookedMessage;

/**
 * An EventBridge event, or a bare CloudTrail record.
 * @throws MalformedEvent naming the place
 */
export function parseInbound(raw: unknown): Change | Irrelevant {
  const event = root(raw);
  const fields = objectAt(event);
  if (Object.hasOwn(fields, 'detail-type')) return parseEnvelope(event);
  if (Object.hasOwn(fields, 'eventName')) return parseRecord(event, null);
  throw new MalformedEvent('event: neither an EventBridge event (detail-type) nor a CloudTrail record (eventName)');
}

/**
 * What a message of our queues says: an event, a heartbeat, or what the scheduler asks for, as in `{"undrift":"recheck","incident":"<key>"}`.
 * @throws MalformedEvent
 */
export function parseQueueBody(body: string): Change | Irrelevant | OwnMessage | ParameterCall {
  const raw = parseJson(body);
  const event = root(raw);
  if (Object.hasOwn(objectAt(event), 'undrift')) return parseOwn(event);
  return parameterCall(event) ?? parseInbound(raw);
}

function parseOwn(event: Place): OwnMessage {
  const kind = field(event, 'undrift');
  if (kind.value === 'found') return parseFound(event);
  if (kind.value === 'looked') return parseLooked(event);
  if (kind.value !== 'recheck') throw malformed(kind, '"recheck"');
  return { recheck: text(field(event, 'incident')) };
}
