/**
 * Findings of GuardDuty (EventBridge `GuardDuty Finding`): `type`, `severity` (1 to 10), `resource.resourceType`,
 * `resource.instanceDetails.instanceId`, `service.archived`. One finding is sent again with each update, under the same
 * `id` (GuardDuty User Guide, "Processing findings with EventBridge"): it is the same occurrence.
 */
import { UNKNOWN_ACTOR } from '../domain/actor.ts';
import type { Change, Irrelevant } from '../domain/change.ts';
import { type Envelope, vouched } from './origin.ts';
import { attempt, field, firstReadable, isAbsent, isTrue, malformed, type Place, soft, text } from './reader.ts';
import { accountId, eventId, firstInstant, instanceId, instantOf, region } from './values.ts';

/** @throws MalformedEvent */
export function parseGuardDuty(detail: Place, envelope: Envelope): Change | Irrelevant {
  const aside = whyNot(detail, envelope);
  if (aside !== null) return { irrelevant: aside };
  const name = text(field(detail, 'type'));
  const id = field(detail, 'id');
  return {
    source: 'guardduty',
    name,
    fact: { kind: 'alert', by: 'guardduty', what: name, severity: severityOf(field(detail, 'severity')) },
    resources: [{ type: 'instance', id: instanceId(field(detail, 'resource.instanceDetails.instanceId')) }],
    actor: UNKNOWN_ACTOR,
    at: firstInstant(instantOf, soft(detail, 'service.eventLastSeen'), field(detail, 'updatedAt'), envelope.time),
    eventId: firstReadable(eventId, id, envelope.id),
    requestId: null,
    account: vouched(accountId, field(detail, 'accountId'), envelope.account),
    region: vouched(region, field(detail, 'region'), envelope.region),
  };
}

/** Samples exist to try out receivers: acting on one would be a joke at somebody's expense. */
function whyNot(detail: Place, { account }: Envelope): string | null {
  const { value: title } = field(detail, 'title');
  const marked = typeof title === 'string' && title.startsWith('[SAMPLE]');
  if (marked || isTrue(soft(detail, 'service.additionalInfo.sample'))) return 'a sample finding of GuardDuty';
  if (isTrue(soft(detail, 'service.archived'))) return 'an archived finding of GuardDuty';
  const type = text(field(detail, 'resource.resourceType'));
  if (type !== 'Instance') return `findings of GuardDuty about ${type} are not watched`;
  // An administrator's account is sent the findings of its members.
  const own = attempt(() => accountId(field(detail, 'accountId')));
  if (own !== null && !isAbsent(account) && own !== account.value) {
    return 'a finding of GuardDuty about an instance of another account';
  }
  return null;
}

function severityOf(place: Place): number {
  const { value } = place;
  if (typeof value !== 'number' || !(value >= 0 && value <= 10)) throw malformed(place, 'a severity from 0 to 10');
  return value;
}
