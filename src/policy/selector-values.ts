/** What the values of a selector must look like, so that each can match something. Answers as in `leaves.ts`. */
import { NOT_INTERNET, spaceOf } from '../net/internet.ts';
import { subtract } from '../net/space.ts';
import { canFit, form } from './forms.ts';
import { cidrFault } from './leaves.ts';

/** EC2 made ids of eight digits until 2018, and makes those of seventeen. */
const idForms = (prefix: string) => [form(`${prefix}{h8}`), form(`${prefix}{h17}`)];
const ACCOUNT = [form('{d12}')];
const REGION = [form('{l+}-{l+}-{d+}'), form('{l+}-{l+}-{l+}-{d+}')];
/** Who can have made a call, and the role behind a session. */
const ACTOR = ['iam::{d12}:user/{x+}', 'iam::{d12}:role/{x+}', 'iam::{d12}:root']
  .concat('sts::{d12}:assumed-role/{r+}/{x+}', 'sts::{d12}:federated-user/{x+}')
  .map((rest) => form(`arn:{w+}:${rest}`));

export function accountFault(value: string): string | null {
  return canFit(value, ACCOUNT) ? null : '; write the twelve digits of an account in quotes, such as "123456789012"';
}

export function regionFault(value: string): string | null {
  return canFit(value, REGION) ? null : '; write a Region such as eu-west-1, or a pattern such as eu-*';
}

/** For ids with a fixed prefix. */
export function idFault(prefix: string): (value: string) => string | null {
  const forms = idForms(prefix);
  const example = `${prefix}0123456789abcdef0`;
  return (value) => (canFit(value, forms) ? null : `, which is not a valid id; use the form ${example}, or a pattern`);
}

/** The caller chooses the name of a session, so a pattern that need not begin as an ARN says little. */
export function actorFault(value: string): string | null {
  if (!value.startsWith('arn:')) return '; write a pattern over an ARN that begins with arn:';
  const examples = 'arn:aws:iam::123456789012:role/deploy or arn:aws:iam::123456789012:user/ada';
  return canFit(value, ACTOR) ? null : `, which is not the ARN of a caller; write one such as ${examples}`;
}

/** EC2 takes no name of a group that begins with `sg-`, so a value that does is an id. */
export function securityGroupFault(value: string): string | null {
  if (value.startsWith('sg-')) return idFault('sg-')(value);
  const kind = otherResource(value);
  return kind === null ? null : `, which is ${kind}; write the id or the name of a security group`;
}

/** The name of an Auto Scaling group has no colon. */
export function autoScalingGroupFault(value: string): string | null {
  const kind = otherResource(value);
  if (kind !== null) return `, which is ${kind}; write the name of an Auto Scaling group`;
  return value.includes(':') ? ', but no Auto Scaling group has a colon in its name; write its name' : null;
}

/** Kinds of ids that are written where a name is wanted. */
const OTHERS: Readonly<Record<string, string>> = {
  'i-': 'the id of an instance',
  'sg-': 'the id of a security group',
  'vpc-': 'the id of a VPC',
  'eni-': 'the id of a network interface',
  'lt-': 'the id of a launch template',
};

function otherResource(value: string): string | null {
  if (value.startsWith('arn:')) return 'an ARN';
  const [, kind] =
    Object.entries(OTHERS).find(([prefix]) => /^\w+-[0-9a-f]{8,17}$/.test(value) && value.startsWith(prefix)) ?? [];
  return kind ?? null;
}

/** For a selector: what is no internet is never found open. */
export function publicRangeFault(value: string): string | null {
  const fault = cidrFault(value);
  if (fault !== null) return fault;
  return isInternet(value) ? null : ', which is no part of the internet and never counts as open; leave it out';
}

export function isInternet(range: string): boolean {
  return (['ipv4', 'ipv6'] as const).some(
    (family) => subtract(spaceOf(family, [range]), NOT_INTERNET[family]).length > 0,
  );
}
