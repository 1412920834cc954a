/** Parts of the policy in words. */
import { protocolName } from '../../src/net/protocols.ts';
import type { ApprovedImage, PortRange, ProtectedPorts, Selector } from '../../src/policy/policy.ts';
import { portText } from '../../src/rules/describe-rule.ts';

/** Lists of ranges can hold hundreds; `--json` has them all. */
const MOST_RANGES = 8;

/** `a, b`, or `none`. */
export const listed = (values: readonly string[]): string => values.join(', ') || 'none';

export const portsText = (ports: readonly PortRange[]): string => listed(ports.map(portText));

export function rangesText(ranges: readonly string[]): string {
  const more = ranges.length - MOST_RANGES;
  return listed([...ranges.slice(0, MOST_RANGES), ...(more > 0 ? [`and ${more} more`] : [])]);
}

/** `tcp, sctp`. */
export function protocolsText(protocols: ProtectedPorts['protocols']): string {
  return protocols === 'all' ? 'rules for all traffic' : listed(protocols.map(protocolName));
}

/** `SSH (22)`; what is about rules for all traffic has no ports. */
export function protectedText({ name, ports }: ProtectedPorts): string {
  return ports.length === 0 ? name : `${name} (${portsText(ports)})`;
}

export const rulesText = (rules: readonly string[] | null): string => (rules === null ? 'every rule' : listed(rules));

/** ` where autoScalingGroup web-* or api-*, port 22`: every key must fit, by one of its values. Nothing where it is everywhere. */
export function whereText(select: Selector | null): string {
  return select === null ? '' : `  where ${keysText(select)}`;
}

export function imageText({ ssmParameter, ids, owners, names, tags }: ApprovedImage): string {
  // By its name alone an image must be this account's own.
  const owner = owners ?? (names === undefined ? undefined : ['this account']);
  return keysText({ id: ids, owner, name: names, tag: tags, 'SSM parameter': ssmParameter });
}

type Values = string | readonly (string | PortRange)[] | Readonly<Record<string, readonly string[]>>;

function keysText(keys: Readonly<Record<string, Values | undefined>>): string {
  return Object.entries(keys)
    .flatMap(([key, values]) => valuesOf(values).map((value) => `${key} ${value}`))
    .join(', ');
}

/** One text for each thing that must fit: of tags, each key is one. */
function valuesOf(values: Values | undefined): readonly string[] {
  if (values === undefined) return [];
  if (typeof values === 'string') return [values];
  if (isList(values))
    return [values.map((value) => (typeof value === 'string' ? value : portText(value))).join(' or ')];
  return Object.entries(values).map(([tag, wanted]) => `${tag}=${wanted.join(' or ')}`);
}

const isList = (values: Values): values is readonly (string | PortRange)[] => Array.isArray(values);
