/** Parts of the policy in words. */
import { protocolName } from '../../src/net/protocols.ts';
import { isInstanceRule } from '../../src/policy/mode.ts';
import {
  type ApprovedImage,
  INSTANCE_RULES,
  type PortRange,
  type ProtectedPorts,
  type Selector,
} from '../../src/policy/policy.ts';
import { RULES_AT, rulesReached, type SelectorPlace } from '../../src/policy/selector-keys.ts';
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

/** The rules that an entry names or, where it names none, those that its selector can fit. */
export function rulesText(rules: readonly string[] | null, select: Selector | null, place: SelectorPlace): string {
  if (rules !== null) return listed(rules);
  const reached = rulesReached(select, null, place);
  if (reached.length === RULES_AT[place].length) return 'every rule';
  const named = reached.filter((rule) => !isInstanceRule(rule));
  const instances = reached.length - named.length;
  if (instances === 0) return listed(named);
  // Only an actor parts the rules about instances from each other.
  const some =
    instances === INSTANCE_RULES.length ? 'every rule about instances' : 'every rule about actions on instances';
  return listed([...named, some]);
}

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
