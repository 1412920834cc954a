/** AWS Config: a rule's verdict (EventBridge), and for the command line an item or the invocation of a custom rule. */
import { UNKNOWN_ACTOR } from '../domain/actor.ts';
import type { Change, Irrelevant, ResourceRef } from '../domain/change.ts';
import { type Envelope, vouched } from './origin.ts';
import { field, isAbsent, optionalText, type Place, soft, softText, text } from './reader.ts';
import { accountId, configInstantOf, eventId, firstInstant, instanceId, region, securityGroupId } from './values.ts';

/** The resource, when its type is one that we look after. @throws MalformedEvent when its id is none */
export function watchedResource(type: string, id: Place): ResourceRef | null {
  if (type === 'AWS::EC2::SecurityGroup') return { type: 'security-group', id: securityGroupId(id) };
  if (type === 'AWS::EC2::Instance') return { type: 'instance', id: instanceId(id) };
  return null;
}

/** `detail-type` Config Rules Compliance Change. @throws MalformedEvent */
export function parseCompliance(detail: Place, envelope: Envelope): Change | Irrelevant {
  const result = field(detail, 'newEvaluationResult');
  const verdict = optionalText(field(result, 'complianceType'));
  if (verdict === null) return { irrelevant: 'Config no longer evaluates the resource' };
  if (verdict !== 'NON_COMPLIANT') return { irrelevant: `Config says ${verdict}` };
  const type = text(field(detail, 'resourceType'));
  const resource = watchedResource(type, field(detail, 'resourceId'));
  if (resource === null) return { irrelevant: `resources of type ${type} are not watched` };
  const by = text(field(detail, 'configRuleName'));
  const before = softText(soft(detail, 'oldEvaluationResult.complianceType'));
  return {
    source: 'config',
    name: by,
    fact: { kind: 'verdict', by, transition: before === 'COMPLIANT' },
    resources: [resource],
    actor: UNKNOWN_ACTOR,
    at: firstInstant(configInstantOf, field(result, 'resultRecordedTime'), envelope.time),
    eventId: verdictId(detail, resource.id) ?? eventId(envelope.id),
    requestId: null,
    account: vouched(accountId, field(detail, 'awsAccountId'), envelope.account),
    region: vouched(region, field(detail, 'awsRegion'), envelope.region),
  };
}

/** A verdict that is forwarded or sent twice has the same rule, resource and instant, whatever its envelope's id. */
function verdictId(detail: Place, resourceId: string): string | null {
  const rule = softText(field(detail, 'configRuleARN'));
  const at = field(detail, 'newEvaluationResult.resultRecordedTime');
  const recorded = isAbsent(at) ? null : configInstantOf(at.value);
  return rule === null || recorded === null ? null : `${rule}/${resourceId}/${recorded}`;
}
