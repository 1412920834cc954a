import type { Ports } from '../net/protocols.ts';
import type { ExposureSettings } from '../policy/policy.ts';
import { overlaps, prepare, type Traffic } from './protected.ts';
import type { Reach } from './reach.ts';

/** What is protected, in pieces inside which the same rules apply throughout, with these rules. */
export function* piecesOf(reaches: readonly Reach[], settings: ExposureSettings) {
  for (const { name, protocol, ports: whole } of prepare(settings).protects) {
    const near = reaches.filter((reach) => overlaps(reach, { protocol, ports: whole }));
    for (const { ports, inner } of cut(whole, near)) {
      const piece = { protocol, ports };
      // Their protocol is known to be right.
      const members = near.filter(({ ports: own }) => own.from <= ports.from && own.to >= ports.to);
      if (members.length > 0) yield { name, piece, inner, members };
    }
  }
}

/**
 * The pieces of an interval between the borders of the rules: a rule overlaps all of a piece, or nothing of it. A piece is
 * `inner` when no rule starts where it starts, or none ends where it ends: then the neighbour there has all its rules.
 */
function cut({ from, to }: Ports, near: readonly Traffic[]): { readonly ports: Ports; readonly inner: boolean }[] {
  const starts = new Set([from, ...near.map(({ ports }) => ports.from)]);
  const ends = new Set([to + 1, ...near.map(({ ports }) => ports.to + 1).filter((port) => port <= to)]);
  let start = from;
  return [...new Set([...starts, ...ends])]
    .filter((border) => border > from)
    .sort((a, b) => a - b)
    .map((end) => {
      const piece = { ports: { from: start, to: end - 1 }, inner: !starts.has(start) || !ends.has(end) };
      start = end;
      return piece;
    });
}
