import type { RecordedRule } from '../domain/change.ts';
import type { RuleSource, SecurityGroupRule } from '../domain/estate.ts';
import { parseCidr } from '../net/cidr.ts';
import { trafficOf } from './reach.ts';

/**
 * Whether a live rule still is what a record says of it. Callers write `6` for tcp and host bits in a range, and EC2 answers with
 * its own spelling. What cannot be read is compared as it is written.
 */
export function isSameHole(live: SecurityGroupRule, recorded: RecordedRule): boolean {
  const direction = recorded.egress === null || recorded.egress === live.egress;
  return live.id === recorded.id && direction && holeOf(live) === holeOf({ ...recorded, egress: live.egress });
}

function holeOf(rule: SecurityGroupRule): string {
  const traffic = trafficOf(rule);
  const { protocol, fromPort, toPort } = rule;
  const words =
    traffic === null ? [protocol, fromPort, toPort] : [traffic.protocol, traffic.ports.from, traffic.ports.to];
  return [...words, ...spaceOf(rule.source)].join(' ');
}

function spaceOf(source: RuleSource): readonly string[] {
  if (!('cidr' in source)) return [source.kind, source.id];
  const cidr = parseCidr(source.cidr);
  return cidr === null ? [source.cidr] : [cidr.family, String(cidr.interval.first), String(cidr.interval.last)];
}
