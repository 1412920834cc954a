/** An EventBridge envelope: which parser its detail goes to, and why most kinds ask nothing of us. */
import type { Change, Irrelevant } from '../domain/change.ts';
import { parseRecord } from './cloudtrail.ts';
import { parseCompliance } from './config.ts';
import { parseGuardDuty } from './guardduty.ts';
import type { Envelope } from './origin.ts';
import { field, objectAt, type Place, text } from './reader.ts';
import { parseSecurityHub } from './security-hub.ts';

type DetailParser = (detail: Place, envelope: Envelope) => Change | Irrelevant;

const BY_DETAIL_TYPE: ReadonlyMap<string, DetailParser> = new Map<string, DetailParser>([
  ['AWS API Call via CloudTrail', parseRecord],
  ['Config Rules Compliance Change', parseCompliance],
  ['GuardDuty Finding', parseGuardDuty],
  ['Security Hub Findings - Imported', parseSecurityHub],
]);

const WHY_NOT: ReadonlyMap<string, string> = new Map([
  ['aws.autoscaling', 'an activity of Auto Scaling only hurries the recheck'],
  ['aws.config', 'not watched: what Config recorded, as the call behind it arrives by CloudTrail'],
  ['aws.guardduty', 'not watched: what GuardDuty tells beside findings'],
  ['aws.securityhub', 'not watched: what Security Hub tells beside imported findings (custom actions, insights, OCSF)'],
]);

/** @throws MalformedEvent */
export function parseEnvelope(event: Place): Change | Irrelevant {
  const source = text(field(event, 'source'));
  // Anybody may put events on the bus, but only AWS with a source of its own.
  if (!source.startsWith('aws.')) return { irrelevant: `not sent by AWS: the source is ${source}` };
  const type = text(field(event, 'detail-type'));
  const detail = field(event, 'detail');
  objectAt(detail);
  const parser = BY_DETAIL_TYPE.get(type);
  if (parser !== undefined) return parser(detail, envelopeOf(event));
  if (type === 'Parameter Store Change') return { irrelevant: 'a change of a parameter, not of a watched resource' };
  return { irrelevant: WHY_NOT.get(source) ?? `not watched: ${type} of ${source}` };
}

function envelopeOf(event: Place): Envelope {
  const [id, account, region, time] = [
    field(event, 'id'),
    field(event, 'account'),
    field(event, 'region'),
    field(event, 'time'),
  ];
  return { id, account, region, time };
}
