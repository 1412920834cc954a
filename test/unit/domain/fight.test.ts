import { describe, expect, it } from 'vitest';
import { type PastReplacement, roundsBefore, roundWords } from '../../../src/domain/fight.ts';

const KIM = 'arn:aws:iam::123456789012:user/kim';
const SAM = 'arn:aws:iam::123456789012:user/sam';
const NOW = new Date('2026-03-01T12:00:00.000Z');

/** Altered at the hour, put right five minutes later: i-8 at eight, i-9 at nine. */
const past = (hour: number, given: Partial<PastReplacement> = {}): PastReplacement => ({
  incidentId: `at-${hour}`,
  instanceId: `i-${hour}`,
  rule: 'user-data-changed',
  drift: 'instance//user-data-changed',
  actor: KIM,
  changedAt: new Date(Date.UTC(2026, 2, 1, hour)).toISOString(),
  begunAt: new Date(Date.UTC(2026, 2, 1, hour, 1)).toISOString(),
  successor: `i-${hour}-successor`,
  doneAt: new Date(Date.UTC(2026, 2, 1, hour, 5)).toISOString(),
  ...given,
});
const AGAIN = {
  instanceId: 'i-1',
  rule: 'user-data-changed',
  drift: 'instance//user-data-changed',
  actor: KIM,
  changedAt: '2026-03-01T11:00:00.000Z',
};
const ids = (rounds: readonly PastReplacement[]) => rounds.map(({ incidentId }) => incidentId);
const roundsOf = (
  again: Partial<Omit<typeof AGAIN, 'actor'>> & { actor?: string | null },
  ...history: PastReplacement[]
) => ids(roundsBefore({ ...AGAIN, ...again }, history, NOW));

it('a round in words', () => {
  const words = 'i-10 was replaced for the same drift: altered by somebody unknown at 2026-03-01T10:00:00.000Z';
  expect(roundWords(past(10, { actor: null }))).toBe(`${words} (incident at-10)`);
});

describe('rounds by the same actor', () => {
  it('are those that each came after the one before was put right', () => {
    expect(roundsOf({}, past(10), past(9), past(8))).toEqual(['at-10', 'at-9', 'at-8']);
  });

  it.each([
    ['by another actor', { actor: SAM }],
    ['of another rule', { rule: 'instance-profile-changed', drift: 'other' }],
    ['that is not done', { doneAt: null, successor: null }],
    ['put right only after this change', { doneAt: '2026-03-01T11:00:00.000Z' }],
  ])('do not count one %s', (_what, given) => {
    expect(roundsOf({}, past(10, given))).toEqual([]);
    expect(roundsOf({}, past(10))).toEqual(['at-10']);
  });

  it('fifty machines altered in one go are one round', () => {
    const one = { changedAt: '2026-03-01T10:00:00.000Z' };
    const history = Array.from({ length: 50 }, (_, n) =>
      past(10, {
        ...one,
        incidentId: `n-${n}`,
        instanceId: `i-n${n}`,
        doneAt: `2026-03-01T10:${10 + (n % 40)}:00.000Z`,
      }),
    );
    expect(roundsOf({}, ...history)).toHaveLength(1);
    // And the fifty-first of the same go is no second.
    expect(roundsOf({ changedAt: '2026-03-01T10:00:30.000Z' }, ...history)).toEqual([]);
  });

  it('nobody known is nobody in particular', () => {
    expect(roundsOf({ actor: null }, past(10, { actor: null }))).toEqual([]);
  });

  it('are over after a day', () => {
    const old = (doneAt: string) => past(1, { doneAt });
    expect(roundsOf({}, old('2026-02-28T12:00:00.000Z'))).toEqual([]);
    expect(roundsOf({}, old('2026-02-28T12:00:00.001Z'))).toEqual(['at-1']);
  });
});

describe('rounds on predecessors', () => {
  const first = past(8, { instanceId: 'i-a', successor: 'i-b', actor: KIM });
  const second = past(9, { instanceId: 'i-b', successor: 'i-c', actor: SAM });

  it('are followed from successor to predecessor, whoever it was', () => {
    expect(roundsOf({ instanceId: 'i-c', actor: null }, second, first)).toEqual(['at-9', 'at-8']);
    expect(roundsOf({ instanceId: 'i-b', actor: null }, second, first)).toEqual(['at-8']);
    expect(roundsOf({ instanceId: 'i-a', actor: null }, second, first)).toEqual([]);
  });

  it('end where the drift was another one', () => {
    const other = { ...first, drift: 'instance//user-data-changed/ab12' };
    expect(roundsOf({ instanceId: 'i-c', actor: null }, second, other)).toEqual(['at-9']);
  });

  it('that run in a circle come to an end', () => {
    expect(roundsOf({ instanceId: 'i-a', actor: null }, first, { ...second, successor: 'i-a' })).toHaveLength(2);
  });
});
