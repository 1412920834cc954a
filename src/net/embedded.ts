import { intersect, type Space, union } from './space.ts';

/** IPv6 blocks of which every address writes an IPv4 address in its last 32 bits. */
const STARTS: readonly bigint[] = [
  // `64:ff9b::/96`, what translators use (RFC 6052). The NAT gateway of a VPC translates it, so that a rule to this block
  // lets out to the whole internet of IPv4, though it is a mere 2^32 addresses of IPv6.
  0x64_ff9bn << 96n,
  // `::ffff:0:0/96`, IPv4-mapped. No packet should have it. AWS does not say what EC2 makes of it in a rule, and a
  // firewall that keeps IPv4 in this form would match all of IPv4 by it: so it counts.
  0xffffn << 32n,
];
const BLOCKS: Space = union(STARTS.map((first) => ({ first, last: first + 0xffff_ffffn })));

/** Of a space of IPv6, the addresses that write an IPv4 address. */
export function embeddedIn(ipv6: Space): Space {
  return intersect(ipv6, BLOCKS);
}

/** All addresses of IPv6 that write an address of a space of IPv4. */
export function embeddingOf(ipv4: Space): Space {
  return union(
    STARTS.flatMap((start) => ipv4.map(({ first, last }) => ({ first: start + first, last: start + last }))),
  );
}
