/** What the values of a selector must look like, so that each can match something. Answers as in `leaves.ts`. */
import { NOT_INTERNET, spaceOf } from '../net/internet.ts';
import { subtract } from '../net/space.ts';
import { arnPattern, reservedPathFault } from './arn.ts';
import { either } from './fault.ts';
import { canFit, form } from './forms.ts';
import { globMatches } from './glob.ts';
import { cidrFault } from './leaves.ts';

/** EC2 made ids of eight digits until 2018, and makes those of seventeen. */
const idForms = (prefix: string) => [form(`${prefix}{h8}`), form(`${prefix}{h17}`)];
const ACCOUNT = [form('{d12}')];
const REGION = [form('{l+}-{l+}-{d+}'), form('{l+}-{l+}-{l+}-{d+}')];

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
  const parts = arnPattern(value);
  if (parts === null)
    return `, which ends before the resource, and * stays within one part; write one such as ${CALLERS}`;
  const { partition, service, region, account, resource } = parts;
  const sound = partition !== '' && globMatches(region, '') && canFit(account, ACCOUNT);
  const [type = '', ...path] = resource;
  const fitting = CALLER_TYPES.filter((it) => globMatches(service, it.service) && globMatches(type, it.type));
  if (!sound || fitting.length === 0) return `, which is not the ARN of a caller; write one such as ${CALLERS}`;
  if (fitting.some(({ segments }) => segments(path.length))) return reservedFault(type, path);
  return `, which fits no caller, as * stays within one part; write ${either(fitting.map(({ write }) => write))}`;
}

const CALLERS = 'arn:aws:iam::123456789012:role/deploy or arn:aws:iam::123456789012:user/ada';

/** Who can have made a call, and the role behind a session: how many segments follow the type. Users and roles may have a path. */
const CALLER_TYPES = [
  { service: 'iam', type: 'role', segments: (count: number) => count > 0, write: 'role/deploy' },
  { service: 'iam', type: 'user', segments: (count: number) => count > 0, write: 'user/ada' },
  { service: 'iam', type: 'root', segments: (count: number) => count === 0, write: 'root' },
  // The ARN of a session has the name of the role without its path.
  { service: 'sts', type: 'assumed-role', segments: (count: number) => count === 2, write: 'assumed-role/deploy/*' },
  { service: 'sts', type: 'federated-user', segments: (count: number) => count === 1, write: 'federated-user/ada' },
];

function reservedFault(type: string, path: readonly string[]): string | null {
  const reserved = type === 'role' ? reservedPathFault(path) : null;
  return reserved === null
    ? null
    : `, which fits no role, as * stays within one part of the path; write role/${reserved}`;
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
