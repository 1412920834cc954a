import { type Family, parseCidr } from './cidr.ts';
import { type Space, union } from './space.ts';

/**
 * Address space that is not the internet, from IANA's special-purpose registries (RFC 6890 and updates): private,
 * shared, loopback, link-local, documentation, benchmarking, multicast, reserved. IPv6 space that is merely not yet
 * allocated still counts as the internet.
 */
const SPECIAL = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/127',
  '::ffff:0:0/96',
  '64:ff9b:1::/48',
  '100::/64',
  '2001:2::/48',
  '2001:db8::/32',
  '3fff::/20',
  '5f00::/16',
  'fc00::/7',
  'fe80::/10',
  'ff00::/8',
];

/** Normalised space of one family out of CIDR texts; texts of the other family are left out. */
export function spaceOf(family: Family, cidrs: readonly string[]): Space {
  return union(
    cidrs.flatMap((text) => {
      const cidr = parseCidr(text);
      return cidr?.family === family ? [cidr.interval] : [];
    }),
  );
}

export const NOT_INTERNET: Readonly<Record<Family, Space>> = {
  ipv4: spaceOf('ipv4', SPECIAL),
  ipv6: spaceOf('ipv6', SPECIAL),
};
