/**
 * ARNs and patterns over them, part by part. The only place where a pattern meets an ARN: trusted actors, selectors by actor, and
 * products of Security Hub.
 */
import { globMatches } from './glob.ts';

/**
 * Whether the ARN fits the pattern. Both are cut at every `:` and `/`; they must have the same separators, and each part must fit by
 * itself. So a wildcard never leaves its part: an IAM path may hold colons and slashes, and anyone who creates a role chooses it
 * (IAM User Guide, "IAM identifiers").
 */
export function arnMatches(pattern: string, arn: string): boolean {
  const [wanted, given] = [cut(pattern), cut(arn)];
  if (wanted.length !== given.length || wanted[0] !== 'arn') return false;
  return wanted.every((part, index) => {
    const fact = given[index] ?? '';
    return isSeparator(index) ? part === fact : globMatches(part, fact);
  });
}

/** The pattern of a service-linked role of the account. Only AWS creates roles under this path, in no deeper one. */
export const serviceLinkedRole = (account: string, service: string, name: string): string =>
  `arn:aws*:iam::${account}:role/aws-service-role/${service}/${name}`;

/** Parts and separators in turn. */
const cut = (text: string) => text.split(/([:/])/);
const isSeparator = (index: number) => index % 2 === 1;

/** What stands before the resource, and the resource cut at its slashes. */
export type ArnPattern = {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly account: string;
  readonly resource: readonly string[];
};

/** Null for what has too few parts to fit any ARN. */
export function arnPattern(pattern: string): ArnPattern | null {
  const [arn, partition, service, region, account, ...rest] = pattern.split(':');
  if (arn !== 'arn' || account === undefined || rest.length === 0) return null;
  return {
    partition: partition ?? '',
    service: service ?? '',
    region: region ?? '',
    account,
    resource: rest.join(':').split('/'),
  };
}

/** IAM paths that AWS keeps for itself, and how many segments a role under them has, its name included. */
const RESERVED: Readonly<Record<string, { readonly segments: readonly number[]; readonly write: string }>> = {
  'aws-service-role': {
    segments: [3],
    write: 'aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling',
  },
  'aws-reserved': { segments: [3, 4], write: 'aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_admin_*' },
};

/** @param path of a role with its name, cut at its slashes @returns what to write where no role can have so many segments, or null */
export function reservedPathFault(path: readonly string[]): string | null {
  const [first = ''] = path;
  const known = Object.hasOwn(RESERVED, first) ? RESERVED[first] : undefined;
  return known === undefined || known.segments.includes(path.length) ? null : known.write;
}
