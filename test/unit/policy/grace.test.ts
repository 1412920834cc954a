import { describe, expect, it } from 'vitest';
import { graceOf, leavesAltered } from '../../../src/policy/grace.ts';
import { basePolicy } from './policies.ts';

const POLICY = { ...basePolicy(), taint: { graceMinutes: 20, maxHours: 12 } };
const withGrace = (rule: string, graceMinutes: number) => ({
  ...POLICY,
  instanceRules: { ...POLICY.instanceRules, [rule]: { mode: null, graceMinutes } },
});

describe('the grace of a rule', () => {
  it('that says nothing is the one for entries where it is about one, and none elsewhere', () => {
    expect(graceOf('session-started', POLICY)).toBe(20);
    expect(graceOf('command-run', POLICY)).toBe(20);
    expect(graceOf('user-data-changed', POLICY)).toBe(0);
    expect(graceOf('too-old', POLICY)).toBe(0);
    expect(graceOf('differs-from-template', POLICY)).toBe(0);
  });

  it('is its own where it has one, longer or shorter', () => {
    expect(graceOf('session-started', withGrace('session-started', 0))).toBe(0);
    expect(graceOf('ssh-key-pushed', withGrace('session-started', 0))).toBe(20);
    expect(graceOf('user-data-changed', withGrace('user-data-changed', 45))).toBe(45);
  });

  it('of an alteration is looked for only where there is one', () => {
    expect(leavesAltered(POLICY)).toBe(false);
    expect(leavesAltered(withGrace('session-started', 90))).toBe(false);
    expect(leavesAltered(withGrace('user-data-changed', 0))).toBe(false);
    expect(leavesAltered(withGrace('too-old', 1))).toBe(true);
  });
});
