import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { globAdmitsPrefix, globMatches } from '../../src/policy/glob.ts';

/** Slow and plain: what a pattern means, by its first character. */
function naive(pattern: string, text: string): boolean {
  if (pattern === '') return text === '';
  const [first, rest] = [pattern[0], pattern.slice(1)];
  if (first === '*') return naive(rest, text) || (text !== '' && naive(pattern, text.slice(1)));
  return text !== '' && (first === '?' || first === text[0]) && naive(rest, text.slice(1));
}

const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 8 });
const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 10 });

describe('globMatches', () => {
  it('means what the naive reading means', () => {
    fc.assert(
      fc.property(pattern, text, (p, t) => globMatches(p, t) === naive(p, t)),
      { numRuns: 5000 },
    );
  });

  it('a text fits itself, and * fits everything', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        (t) => globMatches(t.replace(/[*?]/g, 'x'), t.replace(/[*?]/g, 'x')) && globMatches('*', t),
      ),
    );
  });

  it('is done at once where backtracking would not be', () => {
    const started = performance.now();
    expect(globMatches(`${'*a'.repeat(200)}b`, 'a'.repeat(5000))).toBe(false);
    expect(performance.now() - started).toBeLessThan(1000);
  });

  it('? takes one character, however it is encoded', () => expect(globMatches('a?b', 'a🚪b')).toBe(true));
});

describe('globAdmitsPrefix', () => {
  it('holds for the beginning of whatever fits', () => {
    fc.assert(
      fc.property(pattern, text, fc.nat(10), (p, t, length) => {
        fc.pre(globMatches(p, t));
        expect(globAdmitsPrefix(p, t.slice(0, length))).toBe(true);
      }),
    );
  });

  it.each([
    ['a*', 'aws/', true],
    ['dep*', 'aws/', false],
    ['aws', 'aws/', false],
    ['aw?/x', 'aws/', true],
    ['*', 'aws/', true],
  ])('%s and %s: %s', (p, prefix, expected) => expect(globAdmitsPrefix(p, prefix)).toBe(expected));
});
