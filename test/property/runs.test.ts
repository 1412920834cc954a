import { describe, expect, it } from 'vitest';
import { runsIn } from './runs.ts';

describe('a property', () => {
  it('is tried with ten thousand random draws or more, where nobody said otherwise', () => {
    const { numRuns, ...rest } = runsIn({});
    expect(numRuns).toBeGreaterThanOrEqual(10_000);
    expect(rest).toEqual({});
  });

  it('is tried with fewer, always the same, for the mutation test', () => {
    expect(runsIn({ UNDRIFT_PROPERTY_RUNS: '50' })).toEqual({ numRuns: 50, seed: 1, endOnFailure: true });
  });

  it.each(['', '0', '-1', '1.5', '1e3', 'many'])('is not tried %j times', (text) => {
    expect(() => runsIn({ UNDRIFT_PROPERTY_RUNS: text })).toThrow(
      `UNDRIFT_PROPERTY_RUNS: a whole number above zero, not "${text}"`,
    );
  });
});
