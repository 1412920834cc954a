import type { PrefixList, SecurityGroupRule } from '../domain/estate.ts';
import type { Family } from '../net/cidr.ts';
import type { Ports, Protocol } from '../net/protocols.ts';
import { type Space, size, subtract, union } from '../net/space.ts';
import type { ExposureLimit, ExposureSettings } from '../policy/policy.ts';
import { piecesOf } from './pieces.ts';
import type { Kind } from './protected.ts';
import { type Reach, reachesOf } from './reach.ts';

/**
 * A protected protocol and port interval in one address family, inside which the same rules apply throughout. There may be
 * two of IPv6: one is what it counts, the other the IPv4 that its addresses write.
 */
export type Slice = {
  readonly name: string;
  readonly protocol: Protocol;
  readonly ports: Ports;
  readonly family: Family;
  /** The rules that let somebody in. */
  readonly ruleIds: readonly string[];
};

/** Address space of a slice that does not count: exempted ranges, or everybody where a listener is meant to be public. */
export type Excused = (slice: Pick<Slice, 'protocol' | 'ports' | 'family'>) => Space;

/** Who is let in together, by which rules: the same for every slice that the same rules cover. */
export type Audience = {
  readonly limit: bigint;
  readonly parts: readonly Part[];
  readonly ruleIds: readonly string[];
};
export type Part = { readonly rule: SecurityGroupRule; readonly space: Space };

export type Exposure = {
  /** The slices that are open. */
  readonly open: readonly Slice[];
  /** Their audiences, each once. */
  readonly audiences: readonly Audience[];
  /** Every rule that lets somebody in somewhere. */
  readonly reaches: readonly Reach[];
};

/** What is measured of each family; each kind by itself. */
type Kinds = Readonly<Record<Family, readonly Kind[]>>;
const KINDS: Kinds = { ipv4: ['ipv4'], ipv6: ['ipv6', 'embedded'] };
const FAMILIES: readonly Family[] = ['ipv4', 'ipv6'];
const limitOf = (kind: Kind, { ipv4, ipv6 }: ExposureLimit): bigint => (kind === 'ipv6' ? ipv6 : ipv4);

/**
 * Cuts what the policy protects at the borders of the rules, and measures who is let in to each piece. Open means
 * strictly more addresses than the limit, over all rules together.
 */
export function exposureOf(
  rules: readonly SecurityGroupRule[],
  prefixLists: readonly PrefixList[],
  settings: ExposureSettings,
  excused?: Excused,
): Exposure {
  const reaches = reachesOf(rules, prefixLists, settings);
  const { limit } = settings;
  const kinds = kindsAbove(limit, reaches);
  if (kinds.ipv4.length + kinds.ipv6.length === 0) return { open: [], audiences: [], reaches };
  const open: Slice[] = [];
  const audiences = new Set<Audience>();
  const hear = listener(kinds, limit, excused);
  for (const { name, piece, members, inner } of piecesOf(reaches, settings)) {
    for (const family of FAMILIES) {
      const slice = { ...piece, family };
      const heard = hear(slice, members);
      if (heard.length > 0) open.push({ name, ...slice, ruleIds: namesOf(heard) });
      // What closes a neighbour with the same rules and more closes this one, unless something else is excused there.
      if (!inner || excused !== undefined) for (const audience of heard) audiences.add(audience);
    }
  }
  return { open, audiences: [...audiences], reaches };
}

/** Where all rules together let in no more than the limit, no port can be open to more. Most groups end here. */
function kindsAbove(limit: ExposureLimit, reaches: readonly Reach[]): Kinds {
  const isAbove = (kind: Kind) => sum(reaches.map(({ sizes }) => sizes[kind])) > limitOf(kind, limit);
  return { ipv4: KINDS.ipv4.filter(isAbove), ipv6: KINDS.ipv6.filter(isAbove) };
}

function namesOf(audiences: readonly Audience[]): readonly string[] {
  const ids = audiences.flatMap(({ ruleIds }) => ruleIds);
  return audiences.length === 1 ? ids : [...new Set(ids)];
}

type Piece = Parameters<Excused>[0];

/** The audiences of a piece that are over the limit. Each is measured once for all pieces with the same members. */
function listener(kinds: Kinds, limit: ExposureLimit, excused: Excused = () => []) {
  const heard = new Map<string, Audience | null>();
  return (piece: Piece, members: readonly Reach[]): readonly Audience[] => {
    if (kinds[piece.family].length === 0) return [];
    const taken = union(excused(piece));
    const places = members.map(({ place }) => place).join();
    const holes = taken.map(({ first, last }) => `${first}-${last}`).join();
    return kinds[piece.family].flatMap((kind) => {
      const key = `${kind} ${places} ${holes}`;
      const known = heard.get(key);
      const audience = known === undefined ? audienceOf(members, kind, taken, limitOf(kind, limit)) : known;
      heard.set(key, audience);
      return audience ?? [];
    });
  };
}

function audienceOf(members: readonly Reach[], kind: Kind, taken: Space, limit: bigint): Audience | null {
  const parts: Part[] = [];
  for (const { rule, counted } of members) {
    const space = taken.length === 0 ? counted[kind] : subtract(counted[kind], taken);
    if (space.length > 0) parts.push({ rule, space });
  }
  return isMoreThan(parts, limit) ? { limit, parts, ruleIds: parts.map(({ rule }) => rule.id) } : null;
}

/** Whether the spaces have together more addresses. */
function isMoreThan(parts: readonly Part[], limit: bigint): boolean {
  return size(union(...parts.map(({ space }) => space))) > limit;
}

const sum = (numbers: readonly bigint[]): bigint => numbers.reduce((total, number) => total + number, 0n);
