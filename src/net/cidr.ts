import ipaddr from 'ipaddr.js';
import type { Interval } from './space.ts';

export type Family = 'ipv4' | 'ipv6';
export type Cidr = { readonly family: Family; readonly interval: Interval };

const FOUR_PART_DECIMAL = /^(?:0|[1-9]\d{0,2})(?:\.(?:0|[1-9]\d{0,2})){3}$/;
const PREFIX = /^(?:0|[1-9]\d{0,2})$/;
const BITS = { ipv4: 32n, ipv6: 128n } as const;

/**
 * Parses `address/prefix`. Host bits are masked away, as EC2 does: `208.236.235.254/0` is the whole world.
 * Returns null for what is no CIDR; IPv4 must be four decimal parts without leading zeros.
 */
export function parseCidr(text: string): Cidr | null {
  const slash = text.indexOf('/');
  if (slash < 0 || !PREFIX.test(text.slice(slash + 1))) return null;
  const address = parseAddress(text.slice(0, slash));
  if (address === null) return null;
  const bits = BITS[address.family];
  const prefix = BigInt(text.slice(slash + 1));
  if (prefix > bits) return null;
  const hostMask = (1n << (bits - prefix)) - 1n;
  const first = (address.value >> (bits - prefix)) << (bits - prefix);
  return { family: address.family, interval: { first, last: first | hostMask } };
}

function parseAddress(text: string): { family: Family; value: bigint } | null {
  if (text.includes(':')) {
    const hex = inHex(text);
    if (hex === null || hex.includes('%') || !ipaddr.IPv6.isValid(hex)) return null;
    return { family: 'ipv6', value: toBigInt(ipaddr.IPv6.parse(hex).toByteArray()) };
  }
  const bytes = fourBytes(text);
  return bytes === null ? null : { family: 'ipv4', value: toBigInt(bytes) };
}

/** Read here and not by ipaddr.js, which takes octal parts and fewer than four of them, and is slower. */
function fourBytes(text: string): readonly number[] | null {
  if (!FOUR_PART_DECIMAL.test(text)) return null;
  const bytes = text.split('.').map(Number);
  return bytes.every((byte) => byte <= 255) ? bytes : null;
}

/** Writes a dotted end in hex: ipaddr.js would read `::1.2.3.4` as `::ffff:1.2.3.4`, and its parts as octal. */
function inHex(text: string): string | null {
  const end = text.slice(text.lastIndexOf(':') + 1);
  if (!end.includes('.')) return text;
  const bytes = fourBytes(end);
  if (bytes === null) return null;
  const [a = 0, b = 0, c = 0, d = 0] = bytes;
  return `${text.slice(0, -end.length)}${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
}

const toBigInt = (bytes: readonly number[]): bigint => bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);

/** The network of a CIDR as text, to name the right form in an error: `10.1.2.3/8` → `10.0.0.0/8`. */
export function networkOf(text: string): string | null {
  const cidr = parseCidr(text);
  if (cidr === null) return null;
  const bytes: number[] = [];
  for (let value = cidr.interval.first, n = Number(BITS[cidr.family]) / 8; n > 0; n--, value >>= 8n) {
    bytes.unshift(Number(value & 255n));
  }
  return `${ipaddr.fromByteArray(bytes).toString()}${text.slice(text.indexOf('/'))}`;
}
