/**
 * Address space that is not the internet: the rows of IANA's IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890,
 * RFC 8190 and what updated them until the end of 2025) that are not globally reachable, and multicast. Whoever may
 * come from there is no stranger, or cannot come at all. In doubt a range is not listed, and so counts as the internet.
 */
export const NOT_GLOBAL: readonly string[] = [
  '0.0.0.0/8', // this network
  '10.0.0.0/8', // private
  '100.64.0.0/10', // shared (carriers' NAT)
  '127.0.0.0/8', // loopback
  '169.254.0.0/16', // link-local
  '172.16.0.0/12', // private
  '192.0.0.0/24', // protocol assignments, but for the two anycast addresses below
  '192.0.2.0/24', // documentation
  '192.168.0.0/16', // private
  '198.18.0.0/15', // benchmarking
  '198.51.100.0/24', // documentation
  '203.0.113.0/24', // documentation
  '224.0.0.0/4', // multicast: never the source of a connection, and no internet gateway forwards it
  '240.0.0.0/4', // reserved, and the limited broadcast
  '::/127', // unspecified and loopback
  '::ffff:0:0/96', // IPv4-mapped: no such packet is on the wire. What it writes counts by itself: embedded.ts
  '64:ff9b:1::/48', // translation inside one network
  '100::/64', // discard
  '100:0:0:1::/64', // dummy prefix (RFC 9780)
  '2001:2::/48', // benchmarking
  '2001:db8::/32', // documentation
  '3fff::/20', // documentation
  '5f00::/16', // segment routing
  'fc00::/7', // unique local
  'fe80::/10', // link-local
  'ff00::/8', // multicast
];

/** Globally reachable addresses inside the ranges above: anycast of the Port Control Protocol and of TURN relays. */
export const GLOBAL_AFTER_ALL: readonly string[] = ['192.0.0.9/32', '192.0.0.10/32'];

/*
 * Rows of the registries that are not listed, so that they count as the internet:
 *
 * - 192.31.196.0/24, 192.52.193.0/24, 192.175.48.0/24, 2001:3::/32, 2001:4:112::/48 and 2620:4f:8000::/48 are anycast
 *   services (AS112, AMT); 2001:1::1, ::2 and ::3, 2001:20::/28 and 2001:30::/28 are globally reachable, says the registry.
 * - 192.88.99.0/24 was the anycast of 6to4 relays. It is deprecated, not taken back, and some networks still route it.
 * - 2001::/23 as a whole is not globally reachable "unless by a more specific allocation". There are ever more of these,
 *   so only its benchmarking part is listed, which is sure to stay inside.
 * - 2001::/32 (Teredo) and 2002::/16 (6to4) carry anybody's IPv4 traffic. The registry says neither yes nor no.
 * - 2001:10::/28 (ORCHID) was given back in 2014 and may be given to others.
 * - 64:ff9b::/96 is the well-known prefix of translators: all of IPv4. See embedded.ts.
 * - fec0::/10 (site-local) is since RFC 3879 to be treated as global unicast.
 * - IPv6 that is merely not yet allocated may be any day.
 */
