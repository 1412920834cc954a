/** IANA protocol numbers by the names that EC2 and people use. */
const NUMBERS: ReadonlyMap<string, number> = new Map(
  Object.entries({
    icmp: 1,
    tcp: 6,
    udp: 17,
    dccp: 33,
    icmpv6: 58,
    sctp: 132,
    udplite: 136,
  }),
);

export type Protocol = number | 'all';

/** EC2's protocol of a rule: a name, a number as text, or `-1` for every protocol. Null for what is none. */
export function parseProtocol(text: string): Protocol | null {
  const name = text.toLowerCase();
  if (name === '-1' || name === 'all') return 'all';
  const known = NUMBERS.get(name);
  if (known !== undefined) return known;
  return /^\d{1,3}$/.test(name) && Number(name) <= 255 ? Number(name) : null;
}

/** For people: `tcp`, or `protocol 47`. */
export function protocolName(protocol: Protocol): string {
  if (protocol === 'all') return 'all traffic';
  return [...NUMBERS].find(([, number]) => number === protocol)?.[0] ?? `protocol ${protocol}`;
}

const TCP = 6;
const UDP = 17;
const ICMP = 1;
const ICMPV6 = 58;

export type Ports = { readonly from: number; readonly to: number };
export const ALL_PORTS: Ports = { from: 0, to: 65535 };
const ALL_TYPES: Ports = { from: 0, to: 255 };

/** ICMP has no ports but types, which a policy may protect in their place. */
export function isIcmp(protocol: Protocol): boolean {
  return protocol === ICMP || protocol === ICMPV6;
}

/**
 * The ports that a rule opens; of ICMP, the types. EC2: with -1 or a protocol other than tcp, udp, icmp and icmpv6,
 * traffic on all ports is allowed, whatever ports the rule names (AuthorizeSecurityGroupIngress, IpPermission). For ICMP
 * `fromPort` is the type, -1 all types, and `toPort` the code. A rule for one code counts as letting in its type: policy
 * protects types, and what a type's code may do is not for undrift to weigh.
 */
export function portsOf(protocol: Protocol, fromPort: number, toPort: number): Ports {
  if (isIcmp(protocol)) return fromPort === -1 ? ALL_TYPES : { from: fromPort, to: fromPort };
  if (protocol !== TCP && protocol !== UDP) return ALL_PORTS;
  if (fromPort === -1 || toPort === -1) return ALL_PORTS;
  return { from: fromPort, to: toPort };
}
