import { describe, expect, it } from 'vitest';
import type { Space } from '../../../src/net/space.ts';
import type { Audience } from '../../../src/rules/exposure.ts';
import { takeOut } from '../../../src/rules/take-out.ts';
import { rule } from './perfect.ts';

/** `5-9`, or one address. */
const space = (text: string): Space =>
  text.split(' ').map((range) => {
    const [first = '', last = first] = range.split('-');
    return { first: BigInt(first), last: BigInt(last) };
  });

/** Who is let in by whom: `['a', '0-9']`. */
type Given = readonly (readonly [name: string, ranges: string])[];
const audience = (limit: bigint, parts: Given): Audience => ({
  limit,
  parts: parts.map(([id, ranges]) => ({ rule: rule(id), space: space(ranges) })),
  ruleIds: parts.map(([id]) => id),
});

/** Capitals stay whatever happens; the others are candidates, the first first. */
const gone = (order: string, ...audiences: readonly Audience[]) =>
  takeOut(
    [...order].map((name, rank) => ({ name, rank, width: 0n })),
    audiences,
    ({ rule: { id } }) => (id === id.toUpperCase() ? undefined : id),
  )?.join('') ?? null;

describe('what is taken out', () => {
  const abc: Given = [
    ['a', '0-9'],
    ['b', '10-19'],
    ['c', '20-29'],
  ];

  it.each([
    ['nothing where all are within the limit', 30n, abc, ''],
    ['the first, where one address is too many', 29n, abc, 'a'],
    ['the first two', 19n, abc, 'ab'],
    ['the first two, where the third alone is at the limit', 10n, abc, 'ab'],
    ['all', 9n, abc, 'abc'],
    ['nothing, as they overlap', 10n, [['a', '0-9'] as const, ['b', '2-7'] as const, ['c', '0-4'] as const], ''],
    ['a narrow one in the middle comes back', 15n, [abc[0], ['b', '10-14'] as const, abc[2]], 'a'],
    ['what is behind one that must go', 14n, [['a', '0-2'] as const, ['b', '10-19'] as const, abc[2]], 'b'],
    ['the second, which the third and the first leave no room', 13n, [['a', '0-2'] as const, abc[1], abc[2]], 'b'],
  ] as const)('%s', (_name, limit, parts, expected) => {
    expect(gone('abc', audience(limit, parts as Given))).toBe(expected);
    expect(gone('abc', audience(limit, [...(parts as Given)].reverse()))).toBe(expected);
  });

  it('is by rank, then the widest, then by name', () => {
    const of = (candidates: readonly (readonly [name: string, rank: number, width: bigint])[]) =>
      takeOut(
        candidates.map(([name, rank, width]) => ({ name, rank, width })),
        [audience(10n, abc)],
        (part) => part.rule.id,
      );
    const given = [['a', 1, 5n] as const, ['b', 1, 9n] as const, ['c', 0, 1n] as const];
    expect(of(given)).toEqual(['c', 'b']);
    expect(of([...given].reverse())).toEqual(['c', 'b']);
    const equal = [['c', 0, 5n] as const, ['a', 0, 5n] as const, ['b', 0, 5n] as const];
    expect(of(equal)).toEqual(['a', 'b']);
    expect(of([...equal].reverse())).toEqual(['a', 'b']);
  });

  it('has all that a candidate lets in', () => {
    const split: Given = [
      ['a', '0-4'],
      ['b', '10-14'],
      ['a', '20-24'],
      ['a', '3-4'],
    ];
    expect(gone('ab', audience(15n, split))).toBe('');
    expect(gone('ab', audience(14n, split))).toBe('a');
    expect(gone('ba', audience(14n, split))).toBe('b');
    expect(gone('ba', audience(9n, split))).toBe('a');
    expect(gone('ba', audience(4n, split))).toBe('ba');
  });
});

describe('beside what stays whatever happens', () => {
  const given: Given = [
    ['b', '10-19'],
    ['X', '0-4'],
    ['a', '20-29'],
    ['Y', '3-6'],
  ];

  it.each([
    ['nothing where all are within the limit', 27n, ''],
    ['the first', 26n, 'a'],
    ['the first, where what stays fills the rest', 17n, 'a'],
    ['all', 16n, 'ab'],
    ['all, where what stays is at the limit', 7n, 'ab'],
    ['nothing would do, where what stays is too much', 6n, null],
  ] as const)('%s', (_name, limit, expected) => {
    expect(gone('ab', audience(limit, given))).toBe(expected);
  });

  it('what another candidate lets in as well is no room', () => {
    const shared: Given = [
      ['X', '0-9'],
      ['a', '5-12'],
      ['b', '8-20'],
    ];
    expect(gone('ab', audience(21n, shared))).toBe('');
    expect(gone('ab', audience(20n, shared))).toBe('b');
    expect(gone('ba', audience(20n, shared))).toBe('b');
  });
});

describe('for more than one audience', () => {
  it('each comes back that fits everywhere', () => {
    const [first, second] = [
      audience(10n, [
        ['a', '0-9'],
        ['b', '10-19'],
      ]),
      audience(10n, [
        ['b', '0-4'],
        ['c', '5-14'],
      ]),
    ];
    expect(gone('abc', first)).toBe('a');
    expect(gone('abc', second)).toBe('b');
    // As b has to go for the second, a may stay in the first.
    expect(gone('abc', first, second)).toBe('b');
    expect(gone('abc', second, first)).toBe('b');
    expect(gone('cab', first, second)).toBe('ca');
  });

  it('nothing would do where it would not do for one of them', () => {
    const [closed, open] = [audience(10n, [['a', '0-10']]), audience(10n, [['X', '0-10']])];
    expect(gone('a', closed)).toBe('a');
    expect(gone('a', closed, open)).toBeNull();
    expect(gone('a', open, closed)).toBeNull();
  });

  it('a candidate of none of them stays, and so do all of none', () => {
    expect(gone('xa', audience(10n, [['a', '0-10']]))).toBe('a');
    expect(gone('xa')).toBe('');
    expect(gone('', audience(10n, [['A', '0-9']]))).toBe('');
  });
});
