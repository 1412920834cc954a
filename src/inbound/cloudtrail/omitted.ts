/**
 * What a call means when CloudTrail left its request or its response out. "CloudTrail truncates a field if the field's contents
 * exceeds the maximum field size. If a field is truncated, `omitted` is present with a value of `true`" (CloudTrail User Guide,
 * "CloudTrail record contents"; the maximum of requestParameters and of responseElements is 100 KB).
 */
import type { BaselineChange, Fact } from '../../domain/change.ts';
import { MalformedEvent } from '../malformed.ts';
import { field, isObject, isTrue, type Place } from '../reader.ts';
import { type Call, type CallParser, type Parsed, told } from './call.ts';

type Unnamed = Extract<Fact, { kind: 'unnamed' }>;

/** The field was left out, whatever else stands in its place: of a part of it nobody knows what is missing. */
function isOmitted(place: Place): boolean {
  return isObject(place.value) && isTrue(field(place, 'omitted'));
}

/**
 * What the rest of the record says is used first. The call is `unnamed` where nothing is left to read, and where only the part
 * that is missing could say that the call asks nothing of us.
 * @throws MalformedEvent when nothing was omitted and the call cannot be read
 */
export function parseCall(call: string, parser: CallParser, given: Call): Parsed {
  const omitted = { request: isOmitted(given.request), response: isOmitted(given.response) };
  if (!omitted.request && !omitted.response) return parser(given);
  const left = {
    request: omitted.request ? absent(given.request) : given.request,
    response: omitted.response ? absent(given.response) : given.response,
  };
  const parsed = readable(parser, left);
  if (parsed === null || ('irrelevant' in parsed && omitted.request)) return unnamed(call, left);
  return parsed;
}

const absent = ({ path }: Place): Place => ({ value: undefined, path });

function readable(parser: CallParser, call: Call): Parsed | null {
  try {
    return parser(call);
  } catch (error) {
    if (error instanceof MalformedEvent) return null;
    throw error;
  }
}

/** A call without a row, which a test does not let pass, is reported by the unit that watches most calls. */
function unnamed(call: string, { response }: Call): Parsed {
  const { unit, about } = UNNAMED[call] ?? OF_INSTANCE;
  const answered = isObject(response.value) ? told(field(response, 'automationExecutionId')) : null;
  return { fact: { kind: 'unnamed', unit, about, answered }, resources: [] };
}

type Row = Omit<Unnamed, 'kind' | 'answered'>;
const OF_INSTANCE: Row = { unit: 'instances', about: null };
const OF_GROUP: Row = { unit: 'security-groups', about: null };

const ofGroup = (about: Fact): Row => ({ unit: 'security-groups', about });

const launches = (what: BaselineChange): Row => ({
  unit: 'instances',
  about: { kind: 'baseline-changed', what, detail: null },
});

const of = (service: string, row: Row, ...names: readonly string[]): Readonly<Record<string, Row>> =>
  Object.fromEntries(names.map((name) => [`${service}.amazonaws.com ${name}`, row]));

/** One row for each watched call (`test/unit/inbound/omitted.test.ts`). What an Authorize or a Modify did is looked for in the Region. */
export const UNNAMED: Readonly<Record<string, Row>> = {
  ...of('ec2', ofGroup({ kind: 'rules-added', egress: false, ruleIds: [] }), 'AuthorizeSecurityGroupIngress'),
  ...of('ec2', ofGroup({ kind: 'rules-added', egress: true, ruleIds: [] }), 'AuthorizeSecurityGroupEgress'),
  ...of('ec2', ofGroup({ kind: 'rules-modified', ruleIds: [] }), 'ModifySecurityGroupRules'),
  ...of('ec2', ofGroup({ kind: 'rules-removed', egress: false, ruleIds: [] }), 'RevokeSecurityGroupIngress'),
  ...of('ec2', ofGroup({ kind: 'rules-removed', egress: true, ruleIds: [] }), 'RevokeSecurityGroupEgress'),
  ...of(
    'ec2',
    ofGroup({ kind: 'rules-described', egress: false, ruleIds: [] }),
    'UpdateSecurityGroupRuleDescriptionsIngress',
  ),
  ...of(
    'ec2',
    ofGroup({ kind: 'rules-described', egress: true, ruleIds: [] }),
    'UpdateSecurityGroupRuleDescriptionsEgress',
  ),
  // A launch names its groups in its request too: only where both are omitted, or it names none, nothing is left.
  ...of('ec2', OF_GROUP, 'CreateNetworkInterface', 'CreateSecurityGroup', 'RunInstances'),
  // The answer of these has a few fields of fixed size, the list or the group among them.
  ...of('ec2', OF_GROUP, 'AssociateSecurityGroupVpc', 'ModifyManagedPrefixList', 'RestoreManagedPrefixListVersion'),
  ...of('ec2', { unit: 'instances', about: { kind: 'tags-changed', keys: [], removed: false } }, 'CreateTags'),
  ...of('ec2', { unit: 'instances', about: { kind: 'tags-changed', keys: [], removed: true } }, 'DeleteTags'),
  // Their answer has the template's id. Tags and data are in both, so an attacker can make both too large.
  ...of('ec2', launches('version'), 'CreateLaunchTemplate', 'CreateLaunchTemplateVersion'),
  ...of('ec2', launches('version-deleted'), 'DeleteLaunchTemplateVersions'),
  ...of('ec2', launches('default-version'), 'ModifyLaunchTemplate'),
  ...of('autoscaling', launches('group'), 'StartInstanceRefresh', 'UpdateAutoScalingGroup'),
  // What Systems Manager answers is used: the targets of an association, whom a command reached.
  ...of(
    'ssm',
    OF_INSTANCE,
    'CreateAssociation',
    'CreateAssociationBatch',
    'RegisterTaskWithMaintenanceWindow',
    'SendCommand',
    'StartAssociationsOnce',
    'StartAutomationExecution',
    'UpdateAssociation',
    'UpdateMaintenanceWindowTask',
  ),
  // Calls with a few parameters of bounded length each: a truncated record of one would be new.
  ...of('ssm', OF_INSTANCE, 'ResumeSession', 'StartSession', 'TerminateSession'),
  ...of('ssm-guiconnect', OF_INSTANCE, 'StartConnection'),
  ...of('ec2-instance-connect', OF_INSTANCE, 'OpenTunnel', 'SendSSHPublicKey', 'SendSerialConsoleSSHPublicKey'),
  ...of(
    'autoscaling',
    OF_INSTANCE,
    'DetachInstances',
    'EnterStandby',
    'SetInstanceHealth',
    'SetInstanceProtection',
    'TerminateInstanceInAutoScalingGroup',
  ),
  ...of(
    'ec2',
    OF_INSTANCE,
    'AssignIpv6Addresses',
    'AssignPrivateIpAddresses',
    'AssociateAddress',
    'AssociateIamInstanceProfile',
    'AssociateInstanceEventWindow',
    'AttachNetworkInterface',
    'AttachVolume',
    'CreateReplaceRootVolumeTask',
    'DetachNetworkInterface',
    'DetachVolume',
    'DisassociateAddress',
    'DisassociateIamInstanceProfile',
    'DisassociateInstanceEventWindow',
    'GetConsoleOutput',
    'GetConsoleScreenshot',
    'GetPasswordData',
    'ModifyInstanceAttribute',
    'ModifyInstanceCapacityReservationAttributes',
    'ModifyInstanceCpuOptions',
    'ModifyInstanceCreditSpecification',
    'ModifyInstanceEventStartTime',
    'ModifyInstanceMaintenanceOptions',
    'ModifyInstanceMetadataOptions',
    'ModifyInstanceNetworkPerformanceOptions',
    'ModifyInstancePlacement',
    'ModifyNetworkInterfaceAttribute',
    'ModifyPrivateDnsNameOptions',
    'ModifyVolume',
    'MonitorInstances',
    'RebootInstances',
    'ReplaceIamInstanceProfileAssociation',
    'SendDiagnosticInterrupt',
    'StartInstances',
    'StopInstances',
    'UnassignIpv6Addresses',
    'UnassignPrivateIpAddresses',
    'UnmonitorInstances',
  ),
};
