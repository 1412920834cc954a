/** IANA protocol numbers by the names that EC2 and people use. */
const NUMBERS: Readonly<Record<string, number>> = {
  icmp: 1,
  tcp: 6,
  udp: 17,
  dccp: 33,
  icmpv6: 58,
  sctp: 132,
  udplite: 136,
};

export type Protocol = number | 'all';

/** EC2's protocol of a rule: a name, a number as text, or `-1` for every protocol. Null for what is none. */
export function parseProtocol(text: string): Protocol | null {
  const name = text.toLowerCase();
  if (name === '-1' || name === 'all') return 'all';
  if (Object.hasOwn(NUMBERS, name)) return NUMBERS[name] ?? null;
  return /^\d{1,3}$/.test(name) && Number(name) <= 255 ? Number(name) : null;
}

/** For people: `tcp`, or `protocol 47`. */
export function protocolName(protocol: Protocol): string {
  if (protocol === 'all') return 'all traffic';
  return Object.entries(NUMBERS).find(([, number]) => number === protocol)?.[0] ?? `protocol ${protocol}`;
}

const TCP = 6;
const UDP = 17;
const ICMP = 1;
const ICMPV6 = 58;

export type Ports = { readonly from: number; readonly to: number };
const ALL_PORTS: Ports = { from: 0, to: 65535 };

/**
 * The ports that a rule opens. EC2: with -1 or a protocol other than tcp, udp, icmp and icmpv6, traffic on all ports is
 * allowed, whatever ports the rule names (AuthorizeSecurityGroupIngress, IpPermission). ICMP has no ports.
 */
export function portsOf(protocol: Protocol, fromPort: number, toPort: number): Ports | null {
  if (protocol === ICMP || protocol === ICMPV6) return null;
  if (protocol !== TCP && protocol !== UDP) return ALL_PORTS;
  if (fromPort === -1 || toPort === -1) return ALL_PORTS;
  return { from: fromPort, to: toPort };
}
