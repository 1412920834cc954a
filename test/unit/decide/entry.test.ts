import { describe, expect, it } from 'vitest';
import { entryOf } from '../../../src/decide/entry.ts';
import type { Change } from '../../../src/domain/change.ts';
import type { Taint } from '../../../src/domain/taint.ts';
import { INSTANCE_RULES } from '../../../src/rules/instance-rules.ts';
import { ALTERED, FLEET_INSTANCE } from './perfect.ts';

const AT = '2026-03-01T12:00:00.000Z';
const EARLIER = '2026-03-01T11:00:00.000Z';
const [ONE, TWO, THREE] = ['2026-03-01T13:00:00.000Z', '2026-03-01T14:00:00.000Z', '2026-03-01T15:00:00.000Z'];

function entry(id: string, fact: Change['fact'], taints: readonly Taint[] = [], key = 'mine') {
  const rule = INSTANCE_RULES.find((each) => each.id === id);
  if (rule === undefined) throw new Error(id);
  const sessions = { kind: 'read', sessions: [] } as const;
  return entryOf(rule, key, { ...ALTERED, at: AT, fact }, { ...FLEET_INSTANCE, taints, sessions });
}

const SESSION: Change['fact'] = { kind: 'session-started', sessionId: 's-1' };
const VERDICT: Change['fact'] = { kind: 'verdict', by: 'drifted', transition: true };
const mine = (until: string | null, entered: boolean): Taint => ({ key: 'mine', since: EARLIER, until, entered });
const other = (until: string, entered: boolean): Taint => ({ key: `other-${until}`, since: EARLIER, until, entered });

describe('how an instance came to be left alone', () => {
  it.each([
    ['session-started', SESSION, 'entered', AT],
    ['user-data-changed', { kind: 'user-data-changed' }, 'altered', AT],
    ['user-data-changed', VERDICT, 'found', EARLIER],
    ['too-old', { kind: 'user-data-changed' }, 'found', EARLIER],
    ['too-old', VERDICT, 'found', EARLIER],
  ] as const)('%s by %j is %s', (rule, fact, kind, at) => {
    expect(entry(rule, fact, [mine(null, kind === 'entered')])).toMatchObject({ kind, at, since: EARLIER });
  });

  it('by a verdict that opens the incident, the grace counts from the verdict', () => {
    expect(entry('user-data-changed', VERDICT)).toMatchObject({ at: AT, since: AT });
  });

  it('sessions are looked at for an entry alone', () => {
    expect(entry('session-started', SESSION).sessions).not.toBeNull();
    expect(entry('user-data-changed', { kind: 'user-data-changed' }).sessions).toBeNull();
  });
});

describe('what a person prolonged', () => {
  it('on one entry counts for every entry of the machine, and for no alteration', () => {
    const taints = [mine(ONE, true), other(TWO, true), other(THREE, false)];
    expect(entry('session-started', SESSION, taints).prolonged).toBe(TWO);
    expect(entry('user-data-changed', { kind: 'user-data-changed' }, taints, 'altered').prolonged).toBeNull();
  });

  it('on an alteration counts for that one alone', () => {
    const taints = [mine(ONE, false), other(TWO, true), other(THREE, false)];
    expect(entry('user-data-changed', { kind: 'user-data-changed' }, taints).prolonged).toBe(ONE);
    expect(entry('user-data-changed', VERDICT, taints).prolonged).toBe(ONE);
  });
});
