/** What is expected of each recorded event, on the state that it implies, with the policy of this repository. */
type Ref = readonly [type: 'security-group' | 'instance' | 'network-interface' | 'targets', id: string];
export type Expected =
  | { readonly irrelevant: string }
  | {
      readonly fact: string;
      readonly on: Ref;
      /** Or why there is none. */
      readonly decision: string;
      readonly revokes?: readonly string[];
      /** The decision does not depend on the state, or there is none: nothing is assumed. */
      readonly unread?: true;
    };

const GROUP: Ref = ['security-group', 'sg-04cfb7a4712d75b00'];
const CONFIG_GROUP: Ref = ['security-group', 'sg-e2fb6999'];
const OPEN = 'hold internet observe: the policy observes here (mode)';
/** In a group that opted in, which is assumed. */
const OBSERVED = 'observe: the policy observes here (mode)';
const altered = (fact: string, id: string): Expected => ({
  fact,
  on: ['instance', id],
  decision: `hold ${fact.split(' ')[0]} ${OBSERVED}`,
});
const signal = (fact: string, id: string): Expected => ({ ...altered(fact, id), fact: `signal ${fact}` });
const autoScaling: Expected = { irrelevant: 'an activity of Auto Scaling only hurries the recheck' };
const assumed: readonly string[] = ['sgr-assumed-1'];

export const TABLE: Readonly<Record<string, Expected>> = {
  'cloudtrail.AuthorizeSecurityGroupEgress.json': {
    fact: 'rules-added egress sgr-035a6016fe8ef01c5 sgr-08d9fb7a2d678c6e8',
    on: GROUP,
    decision: 'ignore: egress is not watched',
    unread: true,
  },
  'cloudtrail.AuthorizeSecurityGroupIngress.flat-form.json': {
    fact: 'rules-added ingress sgr-0a11552a7d225f5c7',
    on: GROUP,
    decision: OPEN,
    revokes: ['sgr-0a11552a7d225f5c7'],
  },
  'cloudtrail.AuthorizeSecurityGroupIngress.items-form.json': {
    fact: 'rules-added ingress sgr-0bb31cddb2c27f401',
    on: GROUP,
    decision:
      'ignore internet: no protected port of sg-04cfb7a4712d75b00 is open to more of the internet than the limit',
  },
  'cloudtrail.CreateSecurityGroup.json': {
    fact: 'rules-added egress',
    on: GROUP,
    decision:
      'ignore internet: no protected port of sg-04cfb7a4712d75b00 is open to more of the internet than the limit',
  },
  'cloudtrail.ModifyInstanceAttribute.disableApiTermination.json': signal(
    'termination-protection-changed false',
    'i-0dbc91f429e48eeed',
  ),
  'cloudtrail.ModifyInstanceAttribute.userData.json': altered('user-data-changed', 'i-DDd6c7B0e18F0E35f'),
  'cloudtrail.RevokeSecurityGroupEgress.json': {
    irrelevant: 'the call failed (Client.InvalidPermission.NotFound): nothing was changed',
  },
  'cloudtrail.RevokeSecurityGroupIngress.flat-form.json': {
    fact: 'rules-removed ingress',
    on: GROUP,
    decision: 'ignore: it opens nothing, and the rule pipeline-only is off',
    unread: true,
  },
  'cloudtrail.RunInstances.by-person-at-console.json': {
    fact: 'interfaces-created sg-6c7fa917',
    on: ['network-interface', 'eni-a4b20ca1'],
    decision: 'undecided: the rules of its security groups are not in the event',
    unread: true,
  },
  'cloudtrail.SendCommand.json': signal('command-run AWS-RunShellScript', 'i-786a3A8B5C0d92eF4'),
  'cloudtrail.SendSSHPublicKey.json': altered('ssh-key-pushed ec2-user', 'i-fDb357cB7e99ad973'),
  'cloudtrail.SendSerialConsoleSSHPublicKey.json': signal('serial-console-opened null', 'i-EFCb4e480CAbc4CF9'),
  'cloudtrail.StartSession.json': altered('session-started person-wzleysigzmbd6fmkefjqvt5w4u', 'i-eA1d1296c1dE3Aa1f'),
  'cloudtrail.StopInstances.json': signal('instance-stopped null', 'i-DDd6c7B0e18F0E35f'),
  'cloudtrail.TerminateSession.json': {
    fact: 'session-ended',
    on: ['targets', 'session=person-wzleysigzmbd6fmkefjqvt5w4u'],
    decision:
      'ignore: the end of a session is no finding: who is inside is looked at again where an instance is tainted',
    unread: true,
  },
  'config-invocation.Instance.json': {
    fact: 'verdict custodian-ec2-compliance',
    on: ['instance', 'i-094bc87c84d56c589'],
    decision: 'ignore: i-094bc87c84d56c589 belongs to no Auto Scaling group: there is no template to compare with',
  },
  'config-invocation.Instance.oversized.json': {
    fact: 'verdict change-triggered-config-rule',
    on: ['instance', 'i-00000000'],
    decision: 'undecided: its state is not in the event',
    unread: true,
  },
  'config-invocation.SecurityGroup.json': {
    fact: 'verdict custodian-sg-exposed-port7',
    on: CONFIG_GROUP,
    decision: OPEN,
    revokes: assumed,
  },
  'config-invocation.scheduled.json': { irrelevant: 'a scheduled evaluation names no resource' },
  'config-item.SecurityGroup.json': {
    fact: 'verdict Config item',
    on: CONFIG_GROUP,
    decision: OPEN,
    revokes: assumed,
  },
  'eventbridge.ConfigConfigurationItemChange.json': {
    irrelevant: 'not watched: what Config recorded, as the call behind it arrives by CloudTrail',
  },
  'eventbridge.EC2InstanceLaunchSuccessful.json': autoScaling,
  'eventbridge.EC2InstanceTerminateLifecycleAction.json': autoScaling,
  'eventbridge.EC2InstanceTerminateSuccessful.json': autoScaling,
  'eventbridge.GuardDutyFinding.json': { irrelevant: 'a sample finding of GuardDuty' },
  'eventbridge.InstanceRefreshStarted.json': autoScaling,
};
