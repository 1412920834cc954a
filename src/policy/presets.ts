/**
 * AWS services whose own work is no drift: rows of role, call and content. Only AWS can assume a role under `role/aws-service-role/`
 * (IAM User Guide, "Service-linked roles"), and each row keeps to calls, and documents, that no person words for the service. The
 * calls are those of the role's managed policy that undrift has a rule about.
 */
import { arnMatches, serviceLinkedRole } from './arn.ts';
import { globMatches } from './glob.ts';
import type { TrustedCall } from './trust.ts';

export const PRESET_IDS = ['auto-scaling', 'spot-fleet', 'eks-node-groups', 'ecs', 'guardduty', 'inspector'] as const;
export type PresetId = (typeof PRESET_IDS)[number];

type Preset = {
  /** Host name of the service, which is the path of its role. */
  readonly service: string;
  readonly role: string;
  /** Auto Scaling's role can be made with a suffix; AWS alone assumes it all the same. */
  readonly suffixed?: true;
  readonly calls: readonly string[];
  /** Pattern over the name of the document that the call runs; left out where no call of the row runs one. */
  readonly document?: string;
  readonly source: string;
};

const managedPolicy = (name: string) => `https://docs.aws.amazon.com/aws-managed-policy/latest/reference/${name}.html`;

export const PRESETS: Readonly<Record<PresetId, Preset>> = {
  'auto-scaling': {
    service: 'autoscaling.amazonaws.com',
    role: 'AWSServiceRoleForAutoScaling',
    suffixed: true,
    calls: [
      'CreateReplaceRootVolumeTask',
      'CreateTags',
      'DeleteTags',
      'ModifyInstanceAttribute',
      'RunInstances',
      'StartInstances',
      'StopInstances',
    ],
    source: managedPolicy('AutoScalingServiceRolePolicy'),
  },
  'spot-fleet': {
    service: 'spotfleet.amazonaws.com',
    role: 'AWSServiceRoleForEC2SpotFleet',
    calls: ['CreateTags'],
    source: managedPolicy('AWSEC2SpotFleetServiceRolePolicy'),
  },
  // It changes templates, groups and instances of node groups alone: they carry its tag, or are named eks-….
  'eks-node-groups': {
    service: 'eks-nodegroup.amazonaws.com',
    role: 'AWSServiceRoleForAmazonEKSNodegroup',
    calls: [
      'AuthorizeSecurityGroupEgress',
      'AuthorizeSecurityGroupIngress',
      'CreateLaunchTemplate',
      'CreateLaunchTemplateVersion',
      'CreateTags',
      'DeleteTags',
      'RebootInstances',
      'RevokeSecurityGroupEgress',
      'RevokeSecurityGroupIngress',
      'UpdateAutoScalingGroup',
    ],
    source: managedPolicy('AWSServiceRoleForAmazonEKSNodegroup'),
  },
  // Managed termination protection of capacity providers, and the interfaces of tasks.
  ecs: {
    service: 'ecs.amazonaws.com',
    role: 'AWSServiceRoleForECS',
    calls: ['AttachNetworkInterface', 'DetachNetworkInterface', 'SetInstanceProtection'],
    source: managedPolicy('AmazonECSServiceRolePolicy'),
  },
  // Nobody can name a document of their own so: SSM refuses names that begin with amazon (API Reference, CreateDocument).
  guardduty: {
    service: 'guardduty.amazonaws.com',
    role: 'AWSServiceRoleForAmazonGuardDuty',
    calls: ['CreateAssociation', 'SendCommand', 'UpdateAssociation'],
    document: 'AmazonGuardDuty-ConfigureRuntimeMonitoringSsmPlugin',
    source: managedPolicy('AmazonGuardDutyServiceRolePolicy'),
  },
  inspector: {
    service: 'inspector2.amazonaws.com',
    role: 'AWSServiceRoleForAmazonInspector2',
    calls: ['CreateAssociation', 'SendCommand', 'UpdateAssociation'],
    document: 'AmazonInspector2-*',
    source: managedPolicy('AmazonInspector2ServiceRolePolicy'),
  },
};

/** Whether the row is about the call: by the service's role in this account, one of its calls, with its document. */
export function presetFits(id: PresetId, { actor, name, account, content }: Omit<TrustedCall, 'resources'>): boolean {
  const { service, role, suffixed, calls, document } = PRESETS[id];
  if (actor.type !== 'AssumedRole' || actor.issuerArn === null || !calls.includes(name)) return false;
  const own = serviceLinkedRole(account, service, role);
  const roles = suffixed ? [own, `${own}_*`] : [own];
  if (!roles.some((one) => arnMatches(one, actor.issuerArn ?? ''))) return false;
  return document === undefined || documentFits(document, content);
}

/** A document by its ARN may be of another account: only a pattern over ARNs fits it. One that the record does not tell fits none. */
export function documentFits(pattern: string, content: TrustedCall['content']): boolean {
  const document = content?.document ?? null;
  if (document === null) return false;
  return document.startsWith('arn:') ? arnMatches(pattern, document) : globMatches(pattern, document);
}
