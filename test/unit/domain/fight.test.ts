import { describe, expect, it } from 'vitest';
import { lineBefore, type PastReplacement, roundsBefore, roundWords } from '../../../src/domain/fight.ts';

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
  expect(roundWords(past(10, { actor: null }), AGAIN.drift)).toBe(`${words} (incident at-10)`);
});

it('a round of another drift in words, and one of a finding, which is nobody’s doing', () => {
  expect(roundWords(past(10), 'instance//user-data-changed/ab12')).toBe(
    `i-10 was replaced under the rule user-data-changed: altered by ${KIM} at 2026-03-01T10:00:00.000Z (incident at-10)`,
  );
  expect(roundWords(past(10, { rule: 'guardduty-finding', drift: 'a', actor: null }), 'b')).toBe(
    'i-10 was replaced under the rule guardduty-finding: found at 2026-03-01T10:00:00.000Z (incident at-10)',
  );
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

  const other = { rule: 'session-started', drift: 'instance//session-started' };

  it('are those of the same drift, behind one of another as well', () => {
    expect(roundsOf({ instanceId: 'i-c', actor: null }, second, { ...first, ...other })).toEqual(['at-9']);
    expect(roundsOf({ instanceId: 'i-c', actor: null }, { ...second, ...other }, first)).toEqual(['at-8']);
    expect(roundsOf({ instanceId: 'i-c', actor: null, drift: 'instance//user-data-changed/ab12' }, second)).toEqual([]);
  });

  it.each(['guardduty-finding', 'security-hub-finding'])('are under %s those of any finding', (rule) => {
    const found = (name: string) => ({ rule, drift: `instance//${rule}/${name}`, actor: null });
    const line = [
      { ...second, ...found('CVE-1') },
      { ...first, ...found('CVE-2') },
    ];
    expect(roundsOf({ instanceId: 'i-c', ...found('CVE-3') }, ...line)).toEqual(['at-9', 'at-8']);
    expect(roundsOf({ instanceId: 'i-c', actor: null }, ...line)).toEqual([]);
    const mixed = [
      { ...second, ...other },
      { ...first, ...found('CVE-2') },
    ];
    expect(roundsOf({ instanceId: 'i-c', ...found('CVE-3') }, ...mixed)).toEqual(['at-8']);
  });

  it('that run in a circle come to an end', () => {
    expect(roundsOf({ instanceId: 'i-a', actor: null }, first, { ...second, successor: 'i-a' })).toHaveLength(2);
  });
});

describe('the line of an instance', () => {
  const line = [7, 8, 9, 10].map((hour) =>
    past(hour, {
      instanceId: `i-${hour}`,
      successor: `i-${hour + 1}`,
      rule: `rule-${hour}`,
      drift: `drift-${hour}`,
      actor: `arn:aws:iam::123456789012:user/${hour}`,
    }),
  );
  const lineOf = (id: string, history = line) => ids(lineBefore(id, history, NOW));

  it('is each replacement that led to it, whatever it was for and whoever it was', () => {
    expect(lineOf('i-11')).toEqual(['at-10', 'at-9', 'at-8', 'at-7']);
    expect(lineOf('i-9')).toEqual(['at-8', 'at-7']);
    expect(lineOf('i-7')).toEqual([]);
  });

  it('ends where one is not done, or a day old', () => {
    const with9 = (given: Partial<PastReplacement>) =>
      line.map((it) => (it.incidentId === 'at-9' ? { ...it, ...given } : it));
    expect(lineOf('i-11', with9({ successor: null, doneAt: null }))).toEqual(['at-10']);
    expect(lineOf('i-11', with9({ doneAt: '2026-02-28T12:00:00.000Z' }))).toEqual(['at-10']);
  });

  it('that runs in a circle comes to an end', () => {
    expect(lineOf('i-7', [past(7, { instanceId: 'i-7', successor: 'i-7' })])).toEqual(['at-7']);
  });
});
