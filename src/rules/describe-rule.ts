import type { RuleSource, SecurityGroupRule } from '../domain/estate.ts';
import { sourceValue } from '../domain/rule-value.ts';
import { isIcmp, type Ports, parseProtocol, portsOf, protocolName } from '../net/protocols.ts';

/** For people: `tcp 22 from 0.0.0.0/0`, `all traffic to ::/0`, `tcp 22 from sg-0abc of account 210987654321`. */
export function describeRule(rule: SecurityGroupRule): string {
  return `${trafficText(rule)} ${rule.egress ? 'to' : 'from'} ${sourceValue(rule.source)}${ownerText(rule.source)}`;
}

/** With what people wrote about it. */
export function wordsOf(rule: SecurityGroupRule): string {
  return `${describeRule(rule)}${rule.description ? ` (${rule.description})` : ''}`;
}

/** Only another account than the group's own is worth a word. */
function ownerText(source: RuleSource): string {
  return source.kind === 'security-group' && source.ownerId !== undefined ? ` of account ${source.ownerId}` : '';
}

function trafficText({ protocol: text, fromPort, toPort }: SecurityGroupRule): string {
  const protocol = parseProtocol(text);
  // A protocol that is none may be any: it is told as the worst that it can be.
  if (protocol === 'all' || protocol === null) return 'all traffic';
  const name = protocolName(protocol);
  return isIcmp(protocol)
    ? `${name}${typeText(fromPort, toPort)}`
    : `${name} ${portText(portsOf(protocol, fromPort, toPort))}`;
}

/** EC2 writes -1 for every type, and for every code of a type. */
function typeText(type: number, code: number): string {
  if (type === -1) return '';
  return code === -1 ? ` type ${type}` : ` type ${type} code ${code}`;
}

export function portText({ from, to }: Ports): string {
  return from === to ? `${from}` : `${from}-${to}`;
}
