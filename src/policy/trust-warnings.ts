/**
 * What trusting somebody implies that the author may not have thought of. A warning is no fault: each of these can be
 * meant. Service-linked roles are passed over: only AWS can assume one.
 */
import { textAt } from './check-parts.ts';
import { globAdmitsPrefix, globMatches } from './glob.ts';
import { principalParts } from './trust-patterns.ts';

type Warning = { readonly key: 'role' | 'user' | 'service' | 'sourceIdentity'; readonly implies: string };

const SSO_PATH = 'aws-reserved/sso.amazonaws.com/';
/** Only AWS can make roles under this path, whatever the account and however the name goes on. */
const SERVICE_PATH = 'aws-service-role/';
/** Services that act on a fleet by their own plan. Every other one runs what somebody has written. */
const OWN_PLAN = ['autoscaling', 'ec2fleet', 'ecs', 'eks', 'eks-nodegroup', 'spot', 'spotfleet'];

export function trustWarnings(entry: unknown): readonly Warning[] {
  const role = textAt(entry, 'role');
  const user = textAt(entry, 'user');
  const service = textAt(entry, 'service');
  return [
    ...(role === undefined ? [] : roleImplies(role).map((implies) => ({ key: 'role' as const, implies }))),
    ...(user === undefined ? [] : patternImplies(user, 'user').map((implies) => ({ key: 'user' as const, implies }))),
    ...(service === undefined ? [] : serviceImplies(service).map((implies) => ({ key: 'service' as const, implies }))),
    ...sourceIdentityImplies(entry, user),
  ];
}

function roleImplies(pattern: string): readonly string[] {
  const path = principalParts(pattern, 'role')?.path;
  if (path === undefined || path.startsWith(SERVICE_PATH)) return [];
  if (path.startsWith(SSO_PATH) || path.includes('AWSReservedSSO_')) {
    return [
      `${pattern} is people who sign in through IAM Identity Center: what they change by hand would be no drift; name the role of the pipeline`,
    ];
  }
  return [...patternImplies(pattern, 'role'), ...heldBy(pattern, path)];
}

/** What the pattern takes in beside the one principal that was meant. */
function patternImplies(pattern: string, kind: 'role' | 'user'): readonly string[] {
  const parts = principalParts(pattern, kind);
  if (parts === null) return [];
  const { account, path } = parts;
  const warnings: string[] = [];
  if (!/^\d{12}$/.test(account)) {
    warnings.push(`${pattern} fits every account that has such a ${kind}; write the twelve digits of yours`);
  }
  if (kind === 'role' && admitsPeople(path)) {
    warnings.push(
      `${pattern} also fits roles of people who sign in through IAM Identity Center (role/${SSO_PATH}…); write the path, or a name that begins differently`,
    );
  } else if (/[*?]/.test(path)) {
    warnings.push(
      `${pattern} fits every ${kind} so named: whoever may create a ${kind} (iam:Create${kind === 'role' ? 'Role' : 'User'}) can have one that is trusted; write the whole name`,
    );
  }
  return warnings;
}

/** `aws-reserved/sso.amazonaws.com/` with or without a Region, and a name that begins as AWS begins it. */
function admitsPeople(path: string): boolean {
  const [first = '', second = '', ...rest] = path.split('/');
  const counts = rest.length === 1 || rest.length === 2;
  const name = rest.at(-1) ?? '';
  return (
    counts &&
    globMatches(first, 'aws-reserved') &&
    globMatches(second, 'sso.amazonaws.com') &&
    globAdmitsPrefix(name, 'AWSReservedSSO_')
  );
}

/** Who can act as the role, as far as its name tells. IAM is not asked: a policy is checked without an account. */
function heldBy(pattern: string, path: string): readonly string[] {
  const name = path.split('/').at(-1) ?? '';
  if (/cfn|cloudformation/i.test(name)) {
    return [
      `${pattern} looks like a role that CloudFormation is given: whoever may pass it (iam:PassRole) to a stack is trusted with it; keep that right to the pipeline`,
    ];
  }
  if (/instance(?!s?-?refresh)|(?:^|[-_])ec2(?:[-_](?:role|profile))?$|ec2role|node-?role/i.test(name)) {
    return [
      `${pattern} looks like the role of an instance profile: whoever is on such a machine has its credentials, and is trusted; take the entry out, as what container agents do by it needs none`,
    ];
  }
  return [];
}

function serviceImplies(service: string): readonly string[] {
  if (OWN_PLAN.includes(service.replace(/\.amazonaws\.com(?:\.cn)?$/, ''))) return [];
  return [
    `${service} does what it was told to: whoever may give it work, or pass a role to it (iam:PassRole), is trusted; name the role that it works under`,
  ];
}

function sourceIdentityImplies(entry: unknown, user: string | undefined): readonly Warning[] {
  if (user === undefined || textAt(entry, 'sourceIdentity') === undefined) return [];
  const implies =
    'a user has no source identity, which is set when a role is assumed: the entry fits nobody; name the role, or take it out';
  return [{ key: 'sourceIdentity', implies }];
}
