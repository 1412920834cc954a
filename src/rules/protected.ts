import { embeddingOf } from '../net/embedded.ts';
import { NOT_INTERNET, spaceOf } from '../net/internet.ts';
import { ALL_PORTS, type Ports, type Protocol } from '../net/protocols.ts';
import { type Space, union } from '../net/space.ts';
import type { ExposureSettings, ProtectedPorts } from '../policy/policy.ts';

/** A protocol and an interval of its ports (of ICMP: types). */
export type Traffic = { readonly protocol: Protocol; readonly ports: Ports };
type Protected = Traffic & { readonly name: string };

/** `embedded`: IPv6 that writes IPv4 addresses. Few as they are, they stand for all of IPv4, and have its limit. */
export type Kind = 'ipv4' | 'ipv6' | 'embedded';
export type Spaces = Readonly<Record<Kind, Space>>;

export type Prepared = {
  /** What the policy protects, one protocol and one interval each. */
  readonly protects: readonly Protected[];
  /** What never counts: what is not the internet, and what the policy allows. */
  readonly never: Spaces;
};

/** Settings live as long as the policy, and allowed ranges may be thousands: they are parsed once. */
const PREPARED = new WeakMap<ExposureSettings, Prepared>();

export function prepare(settings: ExposureSettings): Prepared {
  const known = PREPARED.get(settings);
  if (known !== undefined) return known;
  const { protects, allowedRanges } = settings;
  const prepared = { protects: protects.flatMap(split), never: neverCounted(allowedRanges) };
  PREPARED.set(settings, prepared);
  return prepared;
}

function neverCounted(allowedRanges: readonly string[]): Spaces {
  const allowed = spaceOf('ipv6', allowedRanges);
  const ipv4 = union(NOT_INTERNET.ipv4, spaceOf('ipv4', allowedRanges));
  return { ipv4, ipv6: union(NOT_INTERNET.ipv6, allowed), embedded: union(embeddingOf(ipv4), allowed) };
}

/** `protocols: all` names no ports: it is about rules for all traffic, which open every one. */
function split({ name, protocols, ports }: ProtectedPorts): Protected[] {
  if (protocols === 'all') return [{ name, protocol: 'all', ports: ALL_PORTS }];
  return protocols.flatMap((protocol) => ports.map((interval) => ({ name, protocol, ports: interval })));
}

/** Whether what a rule lets through has anything of what is protected. */
export function overlaps(rule: Traffic, guarded: Traffic): boolean {
  if (rule.protocol !== 'all' && rule.protocol !== guarded.protocol) return false;
  return rule.ports.from <= guarded.ports.to && rule.ports.to >= guarded.ports.from;
}
