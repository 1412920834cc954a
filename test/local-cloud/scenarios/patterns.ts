import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TestEventPatternCommand } from '@aws-sdk/client-eventbridge';
import { expect, it } from 'vitest';
import { type AwsEvent, call, PEOPLE, verdictEvent } from '../../../scripts/scene/events.mjs';
import { ACCOUNT, resolveTemplate, type Template } from '../../package/template.ts';
import type { Deployed } from '../deployed.ts';

type Calls = { readonly eventSource?: readonly string[]; readonly eventName?: readonly string[] };
type Pattern = {
  readonly source?: readonly string[];
  readonly detail?: Calls & { readonly $or?: readonly Calls[] };
};

const namesOf = ({ detail = {} }: Pattern) =>
  [detail, ...(detail.$or ?? [])].flatMap(({ eventName = [] }) => eventName);

/** The template that was deployed. */
export async function templateOf({ dir }: Deployed): Promise<Template> {
  const file = join(dir, 'stage', '.serverless', 'cloudformation-template-update-stack.json');
  return JSON.parse(await readFile(file, 'utf8')) as Template;
}

/** Its patterns, with what CloudFormation fills in. */
async function patterns(at: Deployed) {
  const resources = Object.entries(resolveTemplate(await templateOf(at)));
  return resources
    .filter(([, { Type, Properties }]) => Type === 'AWS::Events::Rule' && Properties.EventPattern !== undefined)
    .map(([name, { Properties }]) => ({ name, pattern: Properties.EventPattern as unknown as Pattern }));
}

/** Asked of a matcher that is not ours: EventBridge's own call, as the emulator answers it. */
async function matches({ clients }: Deployed, pattern: Pattern, event: AwsEvent, account = ACCOUNT): Promise<boolean> {
  const envelope = {
    version: '0',
    id: 'e',
    account,
    region: 'us-east-1',
    time: '2026-01-01T00:00:00Z',
    resources: [],
    ...event,
  };
  const command = new TestEventPatternCommand({
    EventPattern: JSON.stringify(pattern),
    Event: JSON.stringify(envelope),
  });
  return (await clients.events.send(command)).Result === true;
}

const UNITS = ['InstancesCallsRule', 'NetworksCallsRule', 'SecurityGroupsCallsRule'];

export function patternScenarios(deployed: () => Deployed): void {
  it('wake for every call, whoever made it, the functions that it concerns and no others', async () => {
    const at = deployed();
    const calls = (await patterns(at)).filter(({ pattern }) => namesOf(pattern).length > 0);
    const woken = async (event: AwsEvent, account?: string) => {
      const hits = calls.map(async ({ name, pattern }) => ((await matches(at, pattern, event, account)) ? [name] : []));
      return (await Promise.all(hits)).flat().sort();
    };
    for (const [eventName, rules] of Object.entries(WAKES)) {
      const eventSource = sourceOf(eventName);
      for (const [who, userIdentity] of Object.entries(PEOPLE)) {
        const made = call(eventName, { eventSource, userIdentity, requestParameters: TAGGED });
        expect(await woken(made), `${eventName} by ${who}`).toEqual(rules);
        const failed = call(eventName, { eventSource, userIdentity, errorCode: 'Client.UnauthorizedOperation' });
        expect(await woken(failed), `${eventName} by ${who}, failed`).toEqual([]);
      }
      expect(
        await woken(call(eventName, { eventSource, requestParameters: TAGGED }), '999999999999'),
        `${eventName}, other account`,
      ).toEqual([]);
      const athena = { ...call(eventName, { eventSource: 'athena.amazonaws.com' }), source: 'aws.athena' };
      expect(await woken(athena), `${eventName} of Athena`).toEqual([]);
    }
    const named = calls.flatMap(({ pattern }) => namesOf(pattern));
    expect([...new Set(named)].sort()).toEqual([...Object.keys(WAKES), 'PutParameter'].sort());
    const beat = (name: string) =>
      call('PutParameter', { eventSource: 'ssm.amazonaws.com', requestParameters: { name } });
    expect(await woken(beat('/undrift/dev/heartbeat')), 'the heartbeat').toEqual(UNITS);
    expect(await woken(beat('/undrift/dev/pause')), 'another parameter').toEqual([]);
  });

  it('match a NON_COMPLIANT verdict about what they are for', async () => {
    const at = deployed();
    const config = (await patterns(at)).filter(({ pattern }) => pattern.source?.includes('aws.config'));
    const verdict = (type: 'AWS::EC2::SecurityGroup' | 'AWS::EC2::Instance') =>
      verdictEvent({ rule: 'any', type, id: 'x' });
    for (const type of ['AWS::EC2::SecurityGroup', 'AWS::EC2::Instance'] as const) {
      const hits = await Promise.all(config.map(({ pattern }) => matches(at, pattern, verdict(type))));
      expect(hits.filter(Boolean)).toHaveLength(1);
      const compliant = JSON.parse(JSON.stringify(verdict(type)).replace('"NON_COMPLIANT"', '"COMPLIANT"'));
      for (const { pattern } of config) expect(await matches(at, pattern, compliant)).toBe(false);
    }
  });

  it('match findings about instances, of the services that have them and of nobody else', async () => {
    const at = deployed();
    const all = await patterns(at);
    const woken = async (event: AwsEvent) => {
      const hits = all.map(async ({ name, pattern }) => ((await matches(at, pattern, event)) ? [name] : []));
      return (await Promise.all(hits)).flat();
    };
    for (const { name, event, near } of await findings()) {
      expect(await woken(event), name).toEqual(['InstancesFindingsRule']);
      expect(await woken(near), `${name}, about something else`).toEqual([]);
      expect(await woken({ ...event, source: 'app.example' }), `${name}, of a stranger`).toEqual([]);
    }
    const [guardDuty, securityHub] = await findings();
    const mixed = { ...guardDuty?.event, source: securityHub?.event.source } as AwsEvent;
    expect(await woken(mixed), 'what one calls a finding, of the other').toEqual([]);
  });
}

/** One of each service as it is in `events/`, and the same about what is no instance. */
async function findings(): Promise<readonly { name: string; event: AwsEvent; near: AwsEvent }[]> {
  const names = [
    ['guardduty.Finding.bitcoin-mining', '"Instance"', '"AccessKey"'],
    ['securityhub.FindingsImported.inspector-critical', '"AwsEc2Instance"', '"AwsEcrContainerImage"'],
  ] as const;
  return Promise.all(
    names.map(async ([name, type, other]) => {
      const file = fileURLToPath(new URL(`../../../events/${name}.json`, import.meta.url));
      const { source, 'detail-type': detailType, detail } = JSON.parse(await readFile(file, 'utf8'));
      const event: AwsEvent = { source, 'detail-type': detailType, detail };
      return { name, event, near: JSON.parse(JSON.stringify(event).replace(type, other)) };
    }),
  );
}

/** Of all calls only those about tags are asked what they are about. */
const TAGGED = {
  resourcesSet: { items: [{ resourceId: 'vol-0aaa1111bbb22223c' }, { resourceId: 'i-0aaa1111bbb22223c' }] },
};

const SERVICES: Readonly<Record<string, readonly string[]>> = {
  'ssm.amazonaws.com': [
    'CreateAssociation',
    'CreateAssociationBatch',
    'RegisterTaskWithMaintenanceWindow',
    'ResumeSession',
    'SendCommand',
    'StartAssociationsOnce',
    'StartAutomationExecution',
    'StartSession',
    'TerminateSession',
    'UpdateAssociation',
    'UpdateMaintenanceWindowTask',
  ],
  'ssm-guiconnect.amazonaws.com': ['StartConnection'],
  'ec2-instance-connect.amazonaws.com': ['OpenTunnel', 'SendSSHPublicKey', 'SendSerialConsoleSSHPublicKey'],
  'autoscaling.amazonaws.com': [
    'DetachInstances',
    'EnterStandby',
    'SetInstanceHealth',
    'SetInstanceProtection',
    'TerminateInstanceInAutoScalingGroup',
    'StartInstanceRefresh',
    'UpdateAutoScalingGroup',
  ],
};

function sourceOf(eventName: string): string {
  const found = Object.entries(SERVICES).find(([, names]) => names.includes(eventName));
  return found?.[0] ?? 'ec2.amazonaws.com';
}

const [GROUPS, INSTANCES, NETWORKS] = ['SecurityGroupsCallsRule', 'InstancesCallsRule', 'NetworksCallsRule'] as const;
const [TAGS, READS] = ['InstancesTagsRule', 'InstancesReadsRule'] as const;
/** Each watched call, and the rules that it fires. */
const WAKES: Readonly<Record<string, readonly string[]>> = {
  AssignIpv6Addresses: [INSTANCES],
  AssignPrivateIpAddresses: [INSTANCES],
  AssociateAddress: [INSTANCES],
  AssociateIamInstanceProfile: [INSTANCES],
  AssociateInstanceEventWindow: [INSTANCES],
  CreateSecurityGroup: [GROUPS],
  AssociateSecurityGroupVpc: [GROUPS],
  AttachNetworkInterface: [INSTANCES],
  AttachVolume: [INSTANCES],
  AuthorizeSecurityGroupEgress: [GROUPS],
  AuthorizeSecurityGroupIngress: [GROUPS],
  CreateAssociation: [INSTANCES],
  CreateAssociationBatch: [INSTANCES],
  CreateLaunchTemplate: [INSTANCES],
  CreateLaunchTemplateVersion: [INSTANCES],
  CreateNetworkInterface: [NETWORKS, GROUPS],
  CreateReplaceRootVolumeTask: [INSTANCES],
  CreateTags: [TAGS],
  DeleteTags: [TAGS],
  DeleteLaunchTemplateVersions: [INSTANCES],
  DetachInstances: [INSTANCES],
  DetachNetworkInterface: [INSTANCES],
  DetachVolume: [INSTANCES],
  DisassociateAddress: [INSTANCES],
  DisassociateIamInstanceProfile: [INSTANCES],
  DisassociateInstanceEventWindow: [INSTANCES],
  EnterStandby: [INSTANCES],
  GetConsoleOutput: [READS],
  GetConsoleScreenshot: [READS],
  GetPasswordData: [READS],
  ModifyInstanceAttribute: [INSTANCES, NETWORKS, GROUPS],
  ModifyInstanceCapacityReservationAttributes: [INSTANCES],
  ModifyInstanceCpuOptions: [INSTANCES],
  ModifyInstanceCreditSpecification: [INSTANCES],
  ModifyInstanceEventStartTime: [INSTANCES],
  ModifyInstanceMaintenanceOptions: [INSTANCES],
  ModifyInstanceMetadataOptions: [INSTANCES],
  ModifyInstanceNetworkPerformanceOptions: [INSTANCES],
  ModifyInstancePlacement: [INSTANCES],
  ModifyLaunchTemplate: [INSTANCES],
  ModifyManagedPrefixList: [NETWORKS, GROUPS],
  ModifyNetworkInterfaceAttribute: [INSTANCES, NETWORKS, GROUPS],
  ModifyPrivateDnsNameOptions: [INSTANCES],
  ModifySecurityGroupRules: [GROUPS],
  ModifyVolume: [INSTANCES],
  MonitorInstances: [INSTANCES],
  OpenTunnel: [INSTANCES],
  RebootInstances: [INSTANCES],
  RegisterTaskWithMaintenanceWindow: [INSTANCES],
  ReplaceIamInstanceProfileAssociation: [INSTANCES],
  RestoreManagedPrefixListVersion: [NETWORKS, GROUPS],
  ResumeSession: [INSTANCES],
  RevokeSecurityGroupEgress: [GROUPS],
  RevokeSecurityGroupIngress: [GROUPS],
  RunInstances: [NETWORKS, GROUPS],
  SendCommand: [INSTANCES],
  SendDiagnosticInterrupt: [INSTANCES],
  SendSSHPublicKey: [INSTANCES],
  SendSerialConsoleSSHPublicKey: [INSTANCES],
  SetInstanceHealth: [INSTANCES],
  SetInstanceProtection: [INSTANCES],
  StartAssociationsOnce: [INSTANCES],
  StartAutomationExecution: [INSTANCES],
  StartConnection: [INSTANCES],
  StartInstanceRefresh: [INSTANCES],
  StartInstances: [INSTANCES],
  StartSession: [INSTANCES],
  StopInstances: [INSTANCES],
  TerminateInstanceInAutoScalingGroup: [INSTANCES],
  TerminateSession: [INSTANCES],
  UnassignIpv6Addresses: [INSTANCES],
  UnassignPrivateIpAddresses: [INSTANCES],
  UnmonitorInstances: [INSTANCES],
  UpdateAssociation: [INSTANCES],
  UpdateMaintenanceWindowTask: [INSTANCES],
  UpdateAutoScalingGroup: [INSTANCES],
  UpdateSecurityGroupRuleDescriptionsEgress: [GROUPS],
  UpdateSecurityGroupRuleDescriptionsIngress: [GROUPS],
};
