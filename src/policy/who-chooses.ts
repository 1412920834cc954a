/**
 * Who can choose the values that a selector goes by, and what follows for entries that make undrift do less: exemptions, modes that
 * lower a rule, budgets, ignored differences. For the checks, for docs/policy.md, and for the properties that hold for every policy.
 */
import type { SelectorKey } from './selector-keys.ts';

export type Choosable = {
  readonly key: SelectorKey;
  readonly value: string;
  readonly by: string;
  /** Whether an entry may do less by this value alone: refused, or allowed and why that is no way around undrift. */
  readonly alone: 'refused' | 'allowed';
  readonly why: string;
};

export const WHO_CHOOSES: readonly Choosable[] = [
  { key: 'account', value: 'account', by: 'nobody', alone: 'allowed', why: 'it is where the resource is' },
  {
    key: 'region',
    value: 'Region',
    by: 'anyone who can create the resource, at its creation',
    alone: 'allowed',
    why: 'nothing that exists can be moved to another Region',
  },
  {
    key: 'vpc',
    value: 'VPC id',
    by: 'anyone who can create the resource there; for one more VPC of a security group, anyone who can call `AssociateSecurityGroupVpc` or create an interface with the group',
    alone: 'allowed',
    why: 'an exemption needs every VPC of a group to fit, and an exposure has the mode of each interface that has the group',
  },
  {
    key: 'securityGroup',
    value: 'security group id',
    by: 'nobody; an id that fits a pattern, anyone who can create groups until one fits',
    alone: 'allowed',
    why: 'a whole id names one group, wherever somebody attaches it; in an enforced VPC it still comes off an interface that keeps another group. A pattern of ids is refused as a name is',
  },
  {
    key: 'securityGroup',
    value: 'security group name',
    by: 'anyone who can create a group, once',
    alone: 'refused',
    why: 'an error for `internet`, `egress` and `pipeline-only`, unless whole ids of VPCs (`vpc`) and whole ARNs of roles or users (`actor`) are in the same selector',
  },
  {
    key: 'autoScalingGroup',
    value: 'Auto Scaling group name',
    by: 'anyone who can create a group, once; anyone who can call `AttachInstances` can put an instance into a group',
    alone: 'allowed',
    why: 'an instance is in one group at a time, so it must leave its own first: that is reported (`instance-detached`), and an instance without a group is never replaced anyway',
  },
  { key: 'instance', value: 'instance id', by: 'nobody', alone: 'allowed', why: 'it names one instance' },
  {
    key: 'tag',
    value: 'tags of the security group or Auto Scaling group',
    by: 'anyone who can tag the group, at any time',
    alone: 'refused',
    why: 'an error wherever it would make undrift do less; it may raise a mode, and lift a hold (`replaceDespite`, with a warning)',
  },
  {
    key: 'port',
    value: 'port',
    by: 'anyone who can add a rule to the group',
    alone: 'allowed',
    why: 'only what the rule lets in on that port is exempt; the rest of the rule counts',
  },
  {
    key: 'range',
    value: 'range',
    by: 'anyone who can add a rule to the group',
    alone: 'allowed',
    why: 'only what the rule lets in from that range is exempt; the rest of the rule counts',
  },
  {
    key: 'actor',
    value: 'role or user behind the call',
    by: 'anyone who can assume the role; a name that fits a pattern, anyone who can create a role or user',
    alone: 'allowed',
    why: 'the policy names whom it trusts. A pattern is a warning',
  },
  {
    key: 'actor',
    value: 'session name',
    by: 'anyone who can assume the role',
    alone: 'refused',
    why: 'an error where the role is a pattern, too',
  },
  {
    key: 'actor',
    value: 'name of a federated user',
    by: 'anyone who can call `sts:GetFederationToken`',
    alone: 'refused',
    why: 'an error; the IAM user behind it can be named, and covers it',
  },
];

/** As docs/policy.md has it. */
export const whoChoosesRow = ({ key, value, by, why }: Choosable) =>
  `| \`select.${key}\` | ${value} | ${by} | ${why} |`;
