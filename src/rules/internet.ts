import type { SecurityGroupEstate, SecurityGroupRule } from '../domain/estate.ts';
import { parseCidr } from '../net/cidr.ts';
import { type Ports, parseProtocol, portsOf, protocolName } from '../net/protocols.ts';
import type { ExposureLimit, InternetSettings } from '../policy/policy.ts';
import { type Excused, isOpen, type Slice, slices, widthOf } from './exposure.ts';

/**
 * "A protected port may not be reached from more of the internet than the limit." Who opened it does not matter.
 *
 * What is measured is the union over all rules, so halves of the internet and prefix lists count like the whole.
 */
export type Openings = {
  /** Rules to revoke, so that what is left is within the limit and none of them could have stayed. */
  readonly offending: readonly SecurityGroupRule[];
  /** The slices that are open, for words. */
  readonly open: readonly Slice[];
};

export type RuleOrder = {
  /** Rule ids that the change named. */
  readonly named: ReadonlySet<string>;
  /** Rule ids at the last clean reading of the group; null when there was none. */
  readonly lastClean: ReadonlySet<string> | null;
};

/** What stands open in the group, and the irredundant set of rules whose revocation closes it. */
export function openings(estate: SecurityGroupEstate, settings: InternetSettings, order: RuleOrder): Openings {
  const ingress = estate.rules.filter((rule) => !rule.egress);
  const pieces = piecesOf(estate, settings, ingress);
  const candidates = inOrder(ingress, estate, settings.limit, order);
  return {
    offending: close(pieces, settings.limit, candidates),
    open: pieces.filter((piece) => isOpen(piece, settings.limit, new Set())),
  };
}

/**
 * Of the rules to revoke, those that still must go when the excused space does not count. Only rules of `offending` are
 * considered, so that an exemption never makes another rule go instead.
 */
export function stillOffending(
  estate: SecurityGroupEstate,
  settings: InternetSettings,
  offending: readonly SecurityGroupRule[],
  excused: Excused,
): SecurityGroupRule[] {
  const ingress = estate.rules.filter((rule) => !rule.egress);
  return close(piecesOf(estate, settings, ingress, excused), settings.limit, offending);
}

/** Rules on protected ports of which nobody knows what they let in: a list that could not be read, a source or protocol that is none. */
export function unreadable(estate: SecurityGroupEstate, settings: InternetSettings): SecurityGroupRule[] {
  return estate.rules.filter((rule) => !rule.egress && !isReadable(rule, estate) && mayReach(rule, settings));
}

function isReadable({ protocol, source }: SecurityGroupRule, { prefixLists }: SecurityGroupEstate): boolean {
  if (parseProtocol(protocol) === null) return false;
  if (source.kind === 'security-group') return true;
  if (source.kind !== 'prefix-list') return parseCidr(source.cidr) !== null;
  const list = prefixLists.find(({ id }) => id === source.id);
  return list?.cidrs.every((cidr) => parseCidr(cidr) !== null) ?? false;
}

/** Whether the rule would reach a protected port, were it for everybody. */
function mayReach(rule: SecurityGroupRule, { protects }: InternetSettings): boolean {
  const protocol = parseProtocol(rule.protocol) === null ? '-1' : rule.protocol;
  const rules: SecurityGroupRule[] = [{ ...rule, protocol, source: { kind: 'ipv4', cidr: '0.0.0.0/0' } }];
  return slices({ rules, prefixLists: [], protects, allowedRanges: [] }).length > 0;
}

/** For people: `tcp 22 from 0.0.0.0/0`. */
export function describeRule(rule: SecurityGroupRule): string {
  const protocol = parseProtocol(rule.protocol);
  const source = rule.source.kind === 'ipv4' || rule.source.kind === 'ipv6' ? rule.source.cidr : rule.source.id;
  if (protocol === 'all' || protocol === null) return `all traffic from ${source}`;
  const ports = portsOf(protocol, rule.fromPort, rule.toPort);
  return `${protocolName(protocol)}${ports === null ? '' : ` ${portText(ports)}`} from ${source}`;
}

export function portText({ from, to }: Ports): string {
  return from === to ? `${from}` : `${from}-${to}`;
}

function piecesOf(
  estate: SecurityGroupEstate,
  settings: InternetSettings,
  rules: readonly SecurityGroupRule[],
  excused?: Excused,
): Slice[] {
  const { prefixLists } = estate;
  const { protects, allowedRanges } = settings;
  return slices({ rules, prefixLists, protects, allowedRanges, ...(excused && { excused }) });
}

/**
 * Takes candidates out, in order, while a slice that they reach is open; then puts back, the last taken first, every
 * one that can be put back without opening a slice again.
 */
function close(
  pieces: readonly Slice[],
  limit: ExposureLimit,
  candidates: readonly SecurityGroupRule[],
): SecurityGroupRule[] {
  const out = new Set<string>();
  // A slice is measured again only after a rule that reaches it has gone or come back.
  const measured = new Map<Slice, boolean>();
  const isStillOpen = (piece: Slice): boolean => {
    const open = measured.get(piece) ?? isOpen(piece, limit, out);
    measured.set(piece, open);
    return open;
  };
  const opensWith = (id: string) => pieces.some((piece) => piece.reach.has(id) && isStillOpen(piece));
  const forget = (id: string) => {
    for (const piece of pieces) if (piece.reach.has(id)) measured.delete(piece);
  };
  for (const { id } of candidates) {
    if (!opensWith(id)) continue;
    out.add(id);
    forget(id);
  }
  for (const id of [...out].reverse()) {
    out.delete(id);
    forget(id);
    if (opensWith(id)) out.add(id);
  }
  return candidates.filter(({ id }) => out.has(id));
}

/** First what the change named, then what is newer than the last clean reading, then the rest; inside each, widest first. */
function inOrder(
  rules: readonly SecurityGroupRule[],
  estate: SecurityGroupEstate,
  limit: ExposureLimit,
  { named, lastClean }: RuleOrder,
): SecurityGroupRule[] {
  const rank = (id: string) => (named.has(id) ? 0 : lastClean !== null && !lastClean.has(id) ? 1 : 2);
  return rules
    .map((rule) => ({ rule, rank: rank(rule.id), width: widthOf(rule, estate.prefixLists, limit) }))
    .sort(
      (a, b) =>
        a.rank - b.rank ||
        (a.width > b.width ? -1 : a.width < b.width ? 1 : 0) ||
        (a.rule.id < b.rule.id ? -1 : a.rule.id > b.rule.id ? 1 : 0),
    )
    .map(({ rule }) => rule);
}
