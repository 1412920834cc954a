/** Who did it: identities in the shapes that CloudTrail writes, and what the shipped policy makes of each. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { decide } from '../../../src/decide.ts';
import type { Change } from '../../../src/domain/change.ts';
import { parseInbound } from '../../../src/inbound/index.ts';
import { loadPolicy } from '../../../src/policy/load.ts';
import { call, record } from '../inbound/perfect.ts';
import { withExamples } from '../policy/documents.ts';
import { CONTEXT, FLEET_INSTANCE, HISTORY } from './perfect.ts';

const shipped = readFileSync(fileURLToPath(new URL('../../../policy.yml', import.meta.url)), 'utf8');
/** With its examples put in, as an operator would, and acting. */
const { policy, warnings } = loadPolicy(
  withExamples(shipped.replace(/^mode: observe$/m, 'mode: enforce')),
  'policy.yml',
);

const ACCOUNT = '123456789012';
const session = (role: string, name: string, rest: object = {}, context: object = {}) => ({
  type: 'AssumedRole',
  principalId: `AROAEXAMPLE:${name}`,
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${role.split('/').at(-1)}/${name}`,
  accountId: ACCOUNT,
  sessionContext: {
    sessionIssuer: { type: 'Role', arn: `arn:aws:iam::${ACCOUNT}:role/${role}`, userName: role.split('/').at(-1) },
    attributes: { mfaAuthenticated: 'false' },
    ...context,
  },
  ...rest,
});
const linked = (service: string, role: string) => `aws-service-role/${service}/${role}`;
const user = { type: 'IAMUser', arn: `arn:aws:iam::${ACCOUNT}:user/person`, userName: 'person', accountId: ACCOUNT };
const root = { type: 'Root', arn: `arn:aws:iam::${ACCOUNT}:root`, accountId: ACCOUNT, principalId: ACCOUNT };

const node = session('orders-node', 'i-0a1b2c3d4e5f60718', {}, { ec2RoleDelivery: '2.0' });
const WEB_IDENTITY = {
  webIdFederationData: { federatedProvider: `arn:aws:iam::${ACCOUNT}:oidc-provider/oidc.eks.example` },
};
const GUARDDUTY_DOCUMENT = 'AmazonGuardDuty-ConfigureRuntimeMonitoringSsmPlugin';
const everywhere = (documentName: string) =>
  call('SendCommand', { documentName, instanceIds: ['*'] }, null, 'ssm.amazonaws.com');
const CALLS = {
  userData: call('ModifyInstanceAttribute', { instanceId: 'i-1', userData: '<sensitiveDataRemoved>' }),
  volume: call('AttachVolume', { instanceId: 'i-1', volumeId: 'vol-1', device: '/dev/xvdba' }),
  command: call(
    'SendCommand',
    { documentName: 'AWS-RunPatchBaseline', instanceIds: ['i-1'] },
    null,
    'ssm.amazonaws.com',
  ),
  everyCommand: everywhere('AWS-X'),
  patchEverywhere: everywhere('AWS-RunPatchBaseline'),
  maskedCommand: everywhere('HIDDEN_DUE_TO_SECURITY_REASONS'),
  inspector: everywhere('AmazonInspector2-InvokeInspectorSsmPluginCIS'),
  sharedDocument: everywhere(`arn:aws:ssm:eu-west-1:210987654321:document/${GUARDDUTY_DOCUMENT}`),
  guardDuty: call(
    'CreateAssociation',
    { name: GUARDDUTY_DOCUMENT, targets: [{ key: 'InstanceIds', values: ['*'] }] },
    null,
    'ssm.amazonaws.com',
  ),
  protection: call(
    'SetInstanceProtection',
    { instanceIds: ['i-1'], autoScalingGroupName: 'web', protectedFromScaleIn: true },
    null,
    'autoscaling.amazonaws.com',
  ),
  address: call('AssignPrivateIpAddresses', { networkInterfaceId: 'eni-1', secondaryPrivateIpAddressCount: 14 }),
};

function decided(userIdentity: object, raw: object, id = 'i-1') {
  const change = parseInbound(record({ ...raw, userIdentity })) as Change;
  const [target] = change.resources;
  if (target?.type === 'targets')
    return decide(change, { kind: 'targets', resource: target }, policy, HISTORY, CONTEXT);
  const estate = { ...FLEET_INSTANCE, instance: { ...FLEET_INSTANCE.instance, id } };
  return decide(change, estate, policy, HISTORY, CONTEXT);
}

const trusted = (id: string) => `ignore: made by a trusted actor: ${id}`;
const EVERYDAY = 'ignore: everyday work of i-0a1b2c3d4e5f60718 by its own role: no person did it';
const NOT_ASKED = 'hold: which machines it means is looked up when the event arrives, and was not here';
const REPLACED = 'remediate: i-1 was altered: its user data was changed';
const TOLD = (rule: string) => `hold: the policy observes here (rules.${rule}.mode)`;

describe('an instance is altered by', () => {
  it.each<[string, object, object, string, string?]>([
    ['a person at the console', { ...user, invokedBy: 'signin.amazonaws.com' }, CALLS.userData, REPLACED],
    [
      'a person at the console by IAM Identity Center',
      session('aws-reserved/sso.amazonaws.com/AWSReservedSSO_admin_599c9e90e350d2ff', 'person@example.com', {
        sessionCredentialFromConsole: 'true',
      }),
      CALLS.userData,
      REPLACED,
    ],
    // Whoever runs a stack is who the call names: CloudFormation is no excuse.
    [
      'a person through CloudFormation',
      { ...user, invokedBy: 'cloudformation.amazonaws.com' },
      CALLS.userData,
      REPLACED,
    ],
    [
      'Auto Scaling by its service-linked role',
      session(linked('autoscaling.amazonaws.com', 'AWSServiceRoleForAutoScaling'), 'AutoScaling', {
        invokedBy: 'autoscaling.amazonaws.com',
      }),
      CALLS.userData,
      trusted('auto-scaling'),
    ],
    [
      'a person by a role whose path imitates the service-linked role of Auto Scaling',
      session(`x:role/${linked('autoscaling.amazonaws.com', 'AWSServiceRoleForAutoScaling_x')}`, 'mallory'),
      CALLS.userData,
      REPLACED,
    ],
    // As in accounts from before the service-linked role: `invokedBy` alone earns nothing, and root is the last to trust.
    ['Auto Scaling as root', { ...root, invokedBy: 'autoscaling.amazonaws.com' }, CALLS.userData, REPLACED],
    ['root', root, CALLS.userData, REPLACED],
    ['the CI role, as nobody has named it', session('deploy', 'run-17'), CALLS.userData, REPLACED],
    [
      'State Manager',
      session(linked('ssm.amazonaws.com', 'AWSServiceRoleForAmazonSSM'), 'StateManagerService', {
        invokedBy: 'ssm.amazonaws.com',
      }),
      CALLS.patchEverywhere,
      trusted('state-manager'),
    ],
    [
      'State Manager with a document that no entry names',
      session(linked('ssm.amazonaws.com', 'AWSServiceRoleForAmazonSSM'), 'StateManagerService', {
        invokedBy: 'ssm.amazonaws.com',
      }),
      CALLS.everyCommand,
      NOT_ASKED,
    ],
    [
      'State Manager with a document that the record masks',
      session(linked('ssm.amazonaws.com', 'AWSServiceRoleForAmazonSSM'), 'StateManagerService'),
      CALLS.maskedCommand,
      NOT_ASKED,
    ],
    [
      'ECS, which protects an instance with tasks',
      session(linked('ecs.amazonaws.com', 'AWSServiceRoleForECS'), 'ecs-capacity-provider'),
      CALLS.protection,
      trusted('ecs'),
    ],
    [
      'ECS, by a call that it does not make',
      session(linked('ecs.amazonaws.com', 'AWSServiceRoleForECS'), 'ecs-capacity-provider'),
      CALLS.userData,
      REPLACED,
    ],
    [
      'somebody by a role that is named as the one of ECS',
      session('AWSServiceRoleForECS', 'ecs-capacity-provider'),
      CALLS.protection,
      TOLD('scale-in-protection-changed'),
    ],
    [
      'the role of ECS of another account',
      session(linked('ecs.amazonaws.com', 'AWSServiceRoleForECS'), 'ecs', {
        sessionContext: {
          sessionIssuer: {
            arn: `arn:aws:iam::210987654321:role/${linked('ecs.amazonaws.com', 'AWSServiceRoleForECS')}`,
          },
        },
      }),
      CALLS.protection,
      TOLD('scale-in-protection-changed'),
    ],
    [
      'GuardDuty, which sets its own association',
      session(linked('guardduty.amazonaws.com', 'AWSServiceRoleForAmazonGuardDuty'), 'GuardDuty'),
      CALLS.guardDuty,
      trusted('guardduty'),
    ],
    [
      'GuardDuty, with a document that is not its own',
      session(linked('guardduty.amazonaws.com', 'AWSServiceRoleForAmazonGuardDuty'), 'GuardDuty'),
      CALLS.everyCommand,
      NOT_ASKED,
    ],
    [
      'GuardDuty, with a document of another account under the name of its own',
      session(linked('guardduty.amazonaws.com', 'AWSServiceRoleForAmazonGuardDuty'), 'GuardDuty'),
      CALLS.sharedDocument,
      NOT_ASKED,
    ],
    [
      'Inspector, which runs its benchmark',
      session(linked('inspector2.amazonaws.com', 'AWSServiceRoleForAmazonInspector2'), 'inspector'),
      CALLS.inspector,
      trusted('inspector'),
    ],
    [
      'AWS Backup with a document that no entry names',
      session('service-role/AWSBackupDefaultServiceRole', 'AWSBackup'),
      CALLS.everyCommand,
      NOT_ASKED,
    ],
    ['the patch role', session('patch-automation', 'Automation_1'), CALLS.command, trusted('patching')],
    ['a person who runs a command', user, CALLS.command, TOLD('command-run')],
    [
      'the CSI driver by a role of its own',
      session('AmazonEKS_EBS_CSI_DriverRole', '1769991234'),
      CALLS.volume,
      trusted('ebs-csi-driver'),
    ],
    ['the CSI driver by the role of the node', node, CALLS.volume, EVERYDAY],
    ['the CNI by a role of its own', session('AmazonEKSVPCCNIRole', '176999'), CALLS.address, trusted('vpc-cni')],
    ['the CNI by the role of the node', node, CALLS.address, EVERYDAY, 'i-0a1b2c3d4e5f60718'],
    ['somebody by the role of another node', node, CALLS.address, TOLD('addresses-assigned'), 'i-2'],
    ['a person who attaches a volume', user, CALLS.volume, TOLD('volume-attached')],
    // Whoever assumes a role chooses the session's name; only AWS marks that EC2 delivered the credentials.
    [
      'a person whose session is named after an instance',
      session('orders-node', 'i-0a1b2c3d4e5f60718'),
      CALLS.volume,
      TOLD('volume-attached'),
    ],
    ['the role of another instance', node, CALLS.userData, REPLACED],
    [
      "a pod's role, by web identity",
      session('pod', 'i-0a1b2c3d4e5f60718', {}, WEB_IDENTITY),
      CALLS.userData,
      REPLACED,
    ],
    ['nobody that the record names', {}, CALLS.userData, REPLACED],
    ['a service by itself', { type: 'AWSService', invokedBy: 'autoscaling.amazonaws.com' }, CALLS.userData, REPLACED],
  ])('%s', (_who, identity, raw, expected, id) => {
    const [decision] = decided(identity, raw, id);
    const text = `${decision?.kind}: ${decision?.reason}`;
    expect(text).toContain(expected);
  });

  it('the CI role, once it is named, with its source identity', () => {
    const role = `arn:aws:iam::${ACCOUNT}:role/deploy`;
    const named = { ...policy, trustedActors: [{ id: 'deployment', role, sourceIdentity: 'github-actions' }] };
    const of = (context: object) => {
      const change = parseInbound(
        record({ ...CALLS.userData, userIdentity: session('deploy', 'run-17', {}, context) }),
      ) as Change;
      return decide(change, FLEET_INSTANCE, named, HISTORY, CONTEXT).map(({ kind }) => kind);
    };
    expect(of({ sourceIdentity: 'github-actions' })).toEqual(['ignore']);
    expect(of({ sourceIdentity: 'person' })).toEqual(['remediate']);
    expect(of({})).toEqual(['remediate']);
  });
});

it('the examples of policy.yml are valid as they stand there', () => {
  expect(warnings).toEqual([]);
  expect(policy.trustedActors).toHaveLength(8);
});
