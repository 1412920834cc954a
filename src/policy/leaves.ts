/**
 * What single values of the document must look like. Each check answers null, or the tail of the sentence
 * `found "…"`: what is wrong with it and what to write instead.
 */
import { networkOf, parseCidr } from '../net/cidr.ts';
import { isIcmp, type Protocol, parseProtocol, protocolName } from '../net/protocols.ts';
import { didYouMean } from './fault.ts';
import type { PortRange } from './policy.ts';

export const WRITE_PORT = 'write a port from 0 to 65535, or a range in quotes such as "5985-5986"';
export const WRITE_PROTOCOL =
  'write all, or a list of tcp, udp, sctp, dccp, udplite, icmp, icmpv6 or their IANA numbers';

const LAST_PORT = 65535;
export const LAST_ICMP_TYPE = 255;
const NAMES = ['tcp', 'udp', 'sctp', 'dccp', 'udplite', 'icmp', 'icmpv6'];
const KNOWN: readonly Protocol[] = NAMES.map((name) => readProtocol(name));

/** `22` or `"5985-5986"`, both ends included. */
export function readPorts(value: number | string): PortRange | null {
  const [, from, to] = /^(\d{1,6})(?:-(\d{1,6}))?$/.exec(String(value).trim()) ?? [];
  return from === undefined ? null : { from: Number(from), to: Number(to ?? from) };
}

export function portFault(value: number | string): string | null {
  const ports = readPorts(value);
  if (ports === null) return `; ${WRITE_PORT}`;
  if (ports.to > LAST_PORT || ports.from > LAST_PORT) return `, but ports end at ${LAST_PORT}; ${WRITE_PORT}`;
  if (ports.from > ports.to) return `, a range that runs backwards; write "${ports.to}-${ports.from}"`;
  return null;
}

/** IANA number of a protocol; -1 for what is none, or for all traffic. */
export function readProtocol(value: number | string): number {
  const protocol = parseProtocol(String(value));
  return typeof protocol === 'number' ? protocol : -1;
}

export function protocolFault(value: number | string): string | null {
  const protocol = readProtocol(value);
  if (KNOWN.includes(protocol)) return null;
  const meant = typeof value === 'string' ? didYouMean(value, NAMES) : null;
  const unknown = meant === null ? '' : `; did you mean ${meant}?`;
  const why = protocol < 0 ? unknown : `, but ${protocolName(protocol)} has no ports`;
  return `${why}; ${WRITE_PROTOCOL}`;
}

/** `icmp` or `icmpv6`, for whose number the same goes; null for every other protocol. Their `ports` are types. */
export function icmpName(value: number | string): string | null {
  const protocol = readProtocol(value);
  return isIcmp(protocol) ? protocolName(protocol) : null;
}

/** What is no range, and the whole address space: to allow that would switch a rule off. */
export function listedRangeFault(value: string): string | null {
  const fault = cidrFault(value);
  if (fault !== null) return fault;
  return value.endsWith('/0') ? ', which is the whole address space and would switch a rule off; leave it out' : null;
}

export function cidrFault(value: string): string | null {
  const cidr = parseCidr(value);
  if (cidr === null) {
    return ', which is no CIDR; write four decimal parts and a prefix such as 203.0.113.0/24, or IPv6 such as 2001:db8::/32';
  }
  const [address = ''] = value.split('/');
  const exact = parseCidr(`${address}/${cidr.family === 'ipv4' ? 32 : 128}`);
  if (exact?.interval.first === cidr.interval.first) return null;
  return `, which has bits beyond its prefix; write ${networkOf(value)} for the network, or ${address}/${cidr.family === 'ipv4' ? 32 : 128} for the one address`;
}

/** A tag that undrift or AWS sets is never watched. */
export function watchedTagFault(value: string): string | null {
  return /^(?:aws|undrift):/.test(value)
    ? ', which is never watched: tags of AWS and of undrift do not count; leave it out'
    : null;
}

export function sentenceFault(value: string): string | null {
  const words = value.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word));
  return words.length >= 3 ? null : '; write a sentence of at least three words that a colleague will understand';
}
