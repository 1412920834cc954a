/** A CloudTrail record → Change. Samples of the shapes: `events/`. */
import type { Change, Irrelevant } from '../domain/change.ts';
import { actorOf } from './cloudtrail/actor.ts';
import type { Parsed } from './cloudtrail/call.ts';
import { parserOf, whyUnwatched } from './cloudtrail/calls.ts';
import { parseCall } from './cloudtrail/omitted.ts';
import { type Envelope, vouched } from './origin.ts';
import { field, firstReadable, isAbsent, optionalText, type Place, soft, softText, text } from './reader.ts';
import { accountId, eventId, firstInstant, instantOf, region } from './values.ts';

/**
 * The envelope, where there is one, vouches for account, Region and time.
 * @throws MalformedEvent
 */
export function parseRecord(record: Place, envelope: Envelope | null): Change | Irrelevant {
  const eventSource = text(field(record, 'eventSource'));
  const eventName = text(field(record, 'eventName'));
  const failure = whyWithoutEffect(record);
  if (failure !== null) return { irrelevant: failure };
  const parser = parserOf(eventSource, eventName);
  if (parser === null) return { irrelevant: whyUnwatched(eventSource, eventName) };
  const given = { request: field(record, 'requestParameters'), response: field(record, 'responseElements') };
  const parsed = parseCall(`${eventSource} ${eventName}`, parser, given);
  return 'irrelevant' in parsed ? parsed : changeOf(record, envelope, eventName, parsed);
}

/** Success is the absence of an error code: a failed call may well have a response that says `_return: true`. */
function whyWithoutEffect(record: Place): string | null {
  const code = optionalText(field(record, 'errorCode'));
  if (code === null) return null;
  if (code === 'Client.DryRunOperation' || code === 'DryRunOperation') return 'a dry run: nothing was changed';
  return `the call failed (${code}): nothing was changed`;
}

function changeOf(record: Place, envelope: Envelope | null, name: string, parsed: Exclude<Parsed, Irrelevant>): Change {
  const { fact } = parsed;
  const place = vouched(region, field(record, 'awsRegion'), envelope?.region);
  return {
    source: 'cloudtrail',
    name,
    fact,
    resources: fact.kind === 'unnamed' ? [{ type: 'region', id: place }] : parsed.resources,
    actor: actorOf(record),
    ...(parsed.content !== undefined && { content: parsed.content }),
    ...(parsed.recorded !== undefined && { recorded: parsed.recorded }),
    ...(parsed.unread !== undefined && { unread: parsed.unread }),
    at: firstInstant(instantOf, field(record, 'eventTime'), ...(envelope === null ? [] : [envelope.time])),
    eventId: firstReadable(eventId, field(record, 'eventID'), ...(envelope === null ? [] : [envelope.id])),
    requestId: softText(field(record, 'requestID')),
    account: vouched(accountId, recipient(record), envelope?.account),
    region: place,
  };
}

/** Records before event version 1.02 have no recipient: then it is the account of the caller. */
function recipient(record: Place): Place {
  const named = field(record, 'recipientAccountId');
  return isAbsent(named) ? soft(record, 'userIdentity.accountId') : named;
}
