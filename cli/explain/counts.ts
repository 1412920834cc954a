/** Numbers of addresses in words. */
import type { Family } from '../../src/net/cidr.ts';

const BITS = { ipv4: 32, ipv6: 128 } as const;
/** Up to here IPv6 is counted out, too. */
const COUNTED_OUT = 2n ** 32n;

/** `16,777,216`; beyond what anybody reads as a number, `2^101 (a /27)`. */
export function count(addresses: bigint, family: Family): string {
  if (addresses <= COUNTED_OUT) return separated(addresses);
  const power = addresses.toString(2).length - 1;
  const prefix = BITS[family] - power;
  const exact = addresses === 2n ** BigInt(power);
  return exact ? `2^${power} (a /${prefix})` : `over 2^${power} (more than a /${prefix})`;
}

function separated(number: bigint): string {
  return String(number).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/** How much of the limit is used: `all`, `12 %`, `less than 1 %`. */
export function share(addresses: bigint, limit: bigint): string {
  if (addresses === limit) return 'all';
  const percent = limit === 0n ? 0n : (addresses * 100n) / limit;
  return percent === 0n ? 'less than 1 %' : `${percent} %`;
}
