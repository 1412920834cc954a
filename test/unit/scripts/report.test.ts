import { describe, expect, it } from 'vitest';
import { boxed, count, tally } from '../../../scripts/test/report.mjs';

const test = (status: string, fullName = status) => ({ status, fullName });
const file = (status: string, ...assertionResults: ReturnType<typeof test>[]) => ({
  name: 'a.test.ts',
  status,
  assertionResults,
});

describe('count', () => {
  it('adds the files up', () => {
    const files = [file('passed', test('passed'), test('passed')), file('failed', test('failed'), test('passed'))];
    expect(count(files, 1)).toEqual({ passed: 3, failed: 1, skippedNames: [] });
  });

  it.each(['pending', 'skipped', 'todo', 'disabled'])('names a test that is %s', (status) => {
    expect(count([file('passed', test(status, 'laws hold'))], 0).skippedNames).toEqual(['laws hold']);
  });

  it('takes a file that could not be loaded for a failure', () => {
    expect(count([file('passed', test('passed')), file('failed')], 1)).toMatchObject({ passed: 1, failed: 1 });
  });

  it('takes a hook that failed after its tests had passed for a failure', () => {
    expect(count([file('failed', test('passed'))], 1)).toMatchObject({ passed: 1, failed: 1 });
  });

  it('takes a run that failed beside its tests for a failure', () => {
    expect(count([file('passed', test('passed'))], 1)).toMatchObject({ passed: 1, failed: 1 });
    expect(count([], 1)).toMatchObject({ passed: 0, failed: 1 });
  });
});

describe('tally', () => {
  it('counts a file that did not run as skipped', () => {
    expect(tally({ passed: 12, failed: 1, skippedNames: ['laws hold'], left: 2 })).toBe(
      '12 passed, 1 failed, 3 skipped',
    );
  });
});

describe('boxed', () => {
  it('frames the lines', () => {
    expect(boxed(['longest', '', 'x'])).toBe('╔═════════╗\n║ longest ║\n║         ║\n║ x       ║\n╚═════════╝');
  });

  it('wraps what is too long to be read', () => {
    const lines = boxed([`${'word '.repeat(40)}end`]).split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(105);
    expect(lines.join(' ').match(/word/g)).toHaveLength(40);
  });
});
