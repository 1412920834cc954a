import { describe, expect, it } from 'vitest';
import type { Hold, Remediate } from '../../../src/domain/decision.ts';
import type { Incident, Unit } from '../../../src/domain/incident.ts';
import { type Claim, claim, type Held, holdIncident, type Opening, type Plan } from '../../../src/domain/lifecycle.ts';
import { awaitProof, close, fail, noted, withAttempt } from '../../../src/domain/settling.ts';
import { ALTERED, OPENED } from '../decide/perfect.ts';
import { rule } from '../rules/perfect.ts';

const T0 = new Date('2026-03-01T12:00:00.000Z');
const later = (seconds: number): Date => new Date(T0.getTime() + seconds * 1000);
const STAMP = { policyDigest: 'digest', commit: 'commit', version: '1.0.0' };
const ABOUT = { name: 'web', owner: 'web-team', madeBy: null };
const PLAN: Plan = { inverse: { action: 'authorize-rules', rules: [rule('sgr-1')] }, replacement: null };

const opening = (now: Date, unit: Unit = 'security-groups'): Opening => ({
  unit,
  change: unit === 'instances' ? ALTERED : OPENED,
  about: ABOUT,
  stamp: STAMP,
  now,
});

function remediation(round: string, type: 'security-group' | 'instance' = 'security-group'): Remediate {
  return {
    kind: 'remediate',
    rule: 'internet',
    guard: null,
    reason: 'open',
    remediation: { action: 'revoke-rules', groupId: 'sg-1', egress: false, ruleIds: [round] },
    finding: {
      key: `${type}/x`,
      round,
      resource: { type, id: 'x' },
      rule: 'internet',
      severity: 'high',
      summary: 'open',
      evidence: [],
    },
  };
}
const held = (round: string, guard: Hold['guard'] = 'paused', retryAfter = 60): Hold => ({
  ...remediation(round),
  kind: 'hold',
  guard,
  retryAfter,
});

function claimed(result: Claim): Incident {
  if (result.kind !== 'claimed') throw new Error(`it is ${result.kind}`);
  return result.incident;
}
function asHeld(result: Held | Claim): Held {
  if (result.kind !== 'held') throw new Error(`it is ${result.kind}`);
  return result;
}
const first = (round = 'r1') => claimed(claim(null, remediation(round), PLAN, 90, opening(T0)));
const done = { kind: 'done', seen: 'gone', secondsToFix: 5 } as const;
const closedAt = (incident: Incident, seconds: number) => close(incident, done, 'undrift', later(seconds));
const claimAt = (previous: Incident, round: string, seconds: number) =>
  claim(previous, remediation(round), PLAN, 90, opening(later(seconds)));

describe('a claim', () => {
  it('opens an incident under a lease', () => {
    expect(first()).toEqual({
      key: 'security-group/x',
      id: expect.stringMatching(/^[0-9a-f]{12}$/),
      foundAt: '2026-03-01T12:00:00.000Z',
      decidedAt: '2026-03-01T12:00:00.000Z',
      unit: 'security-groups',
      finding: remediation('r1').finding,
      resource: { type: 'security-group', id: 'x' },
      about: ABOUT,
      change: OPENED,
      decision: {
        kind: 'remediate',
        rule: 'internet',
        guard: null,
        reason: 'open',
        remediation: remediation('r1').remediation,
      },
      outcome: null,
      inverse: PLAN.inverse,
      status: 'acting',
      guard: null,
      round: 'r1',
      rounds: 1,
      seenRounds: ['r1'],
      attempts: [{ at: '2026-03-01T12:00:00.000Z', round: 'r1', requestId: null, error: null }],
      replacement: null,
      openedAt: '2026-03-01T12:00:00.000Z',
      since: OPENED.at,
      updatedAt: '2026-03-01T12:00:00.000Z',
      closedAt: null,
      closedBy: null,
      dueAt: '2026-03-01T12:01:35.000Z',
      failures: 0,
      revision: 0,
      leaseUntil: '2026-03-01T12:01:30.000Z',
      triedFor: expect.stringMatching(/^[0-9a-f]{24}$/) as string,
      noticesSent: [],
      ...STAMP,
    });
  });

  it.each([
    [0, 90],
    [0.2, 90],
    [1, 89],
    [89.999, 1],
  ])('is refused %s s later, while the lease lives: %s s left', (seconds, secondsLeft) => {
    expect(claimAt(first(), 'r1', seconds)).toEqual({ kind: 'busy', secondsLeft });
    expect(claimAt(first(), 'r2', seconds)).toEqual({ kind: 'busy', secondsLeft });
  });

  it('carries on where a dead worker left: same round, a further attempt', () => {
    const again = claimed(claimAt(first(), 'r1', 90));
    expect(again).toMatchObject({ status: 'acting', rounds: 1, leaseUntil: '2026-03-01T12:03:00.000Z' });
    expect(again.attempts.map(({ at }) => at)).toEqual(['2026-03-01T12:00:00.000Z', '2026-03-01T12:01:30.000Z']);
    expect(again.openedAt).toBe('2026-03-01T12:00:00.000Z');
  });

  it('of a round that was closed is a repeat', () => {
    const closed = closedAt(first(), 10);
    expect(claimAt(closed, 'r1', 11)).toEqual({ kind: 'repeat', incident: closed });
    expect(claimAt(closed, 'r1', 69)).toEqual({ kind: 'repeat', incident: closed });
  });

  it('of a closed rule that is still seen after a minute is a further round: it is open again', () => {
    const again = claimed(claimAt(closedAt(first(), 10), 'r1', 70));
    expect(again).toMatchObject({ rounds: 2, seenRounds: ['r1'], status: 'acting', closedAt: null, closedBy: null });
  });

  it.each(['another', 'actor', 'vanished'] as const)('of a rule that %s closed is a further round at once', (who) => {
    const closed = close(first(), null, who, later(10));
    expect(claimed(claimAt(closed, 'r1', 11))).toMatchObject({ rounds: 2, seenRounds: ['r1'] });
  });

  it('of an instance that was closed is a repeat for ever', () => {
    const take = (previous: Incident | null, round: string, at: Date) =>
      claim(previous, remediation(round, 'instance'), PLAN, 90, opening(at, 'instances'));
    const closed = closedAt(claimed(take(null, 'event-1', T0)), 10);
    expect(take(closed, 'event-1', later(86_400))).toEqual({ kind: 'repeat', incident: closed });
    expect(claimed(take(closed, 'event-2', later(86_400))).rounds).toBe(2);
  });

  it('of another round is a further round of the same incident', () => {
    const closed = closedAt(first(), 10);
    const next = claimed(claimAt({ ...closed, failures: 3 }, 'r2', 11));
    expect(next).toMatchObject({
      id: closed.id,
      round: 'r2',
      rounds: 2,
      seenRounds: ['r1', 'r2'],
      outcome: null,
      closedAt: null,
      closedBy: null,
      failures: 0,
      openedAt: '2026-03-01T12:00:00.000Z',
      updatedAt: '2026-03-01T12:00:11.000Z',
    });
  });

  it('of an old round after a newer one is a repeat too', () => {
    const second = closedAt(claimed(claimAt(closedAt(first(), 10), 'r2', 11)), 20);
    expect(claimAt(second, 'r1', 30).kind).toBe('repeat');
  });

  it('is a repeat while the proof of that round is awaited, and no longer', () => {
    const sent = awaitProof(first(), 'not seen', 15, later(5));
    expect(claimAt(sent, 'r1', 19)).toEqual({ kind: 'repeat', incident: sent });
    expect(claimed(claimAt(sent, 'r1', 20))).toMatchObject({ rounds: 1, status: 'acting' });
    expect(claimed(claimAt(sent, 'r2', 19))).toMatchObject({ rounds: 2 });
  });

  it('is a repeat while a successor is awaited, whatever the round', () => {
    const sent = awaitProof({ ...first(), unit: 'instances' }, 'not seen', 20, later(5));
    expect(sent.status).toBe('waiting');
    for (const round of ['r1', 'r2']) expect(claimAt(sent, round, 3600)).toEqual({ kind: 'repeat', incident: sent });
  });

  it('of a verdict finds the open incident, and opens a closed one again', () => {
    const open = fail(first(), 'refused', true, later(5));
    expect(claimed(claimAt(open, 'verdict:x', 100))).toMatchObject({ rounds: 1, seenRounds: ['r1'] });
    const closed = closedAt(first(), 10);
    expect(claimed(claimAt(closed, 'verdict:x', 100))).toMatchObject({ rounds: 2, seenRounds: ['r1', 'verdict:x'] });
    const again = closedAt(claimed(claimAt(closed, 'verdict:x', 100)), 110);
    expect(claimed(claimAt(again, 'verdict:x', 120)).rounds).toBe(3);
  });

  it('keeps the last 20 attempts, the last 200 rounds, and counts them all', () => {
    let incident = first('r1');
    for (let n = 2; n <= 250; n++) incident = claimed(claimAt(closedAt(incident, n * 100), `r${n}`, n * 100 + 1));
    expect(incident.rounds).toBe(250);
    expect(incident.seenRounds).toHaveLength(200);
    expect(incident.seenRounds[0]).toBe('r51');
    expect(incident.seenRounds.at(-1)).toBe('r250');
    expect(incident.attempts).toHaveLength(20);
    expect(incident.attempts.at(-1)?.round).toBe('r250');
  });
});

describe('a hold', () => {
  const holdAt = (previous: Incident | null, decision: Hold, seconds: number) =>
    holdIncident(previous, decision, opening(later(seconds)));

  it('is recorded without a lease, and due when the guard says', () => {
    const { news, incident } = asHeld(holdAt(null, held('r1', 'paused', 60), 0));
    expect(news).toBe(true);
    expect(incident).toMatchObject({
      status: 'held',
      guard: 'paused',
      outcome: null,
      rounds: 1,
      leaseUntil: null,
      dueAt: '2026-03-01T12:01:00.000Z',
      attempts: [],
    });
  });

  it('that observes has observed', () => {
    expect(asHeld(holdAt(null, held('r1', 'observe'), 0)).incident.outcome).toEqual({ kind: 'observed' });
  });

  it('is news once: again for another guard, a further round, or after something else', () => {
    const { incident } = asHeld(holdAt(null, held('r1'), 0));
    const news = (previous: Incident, decision: Hold) => asHeld(holdAt(previous, decision, 100)).news;
    expect(news(incident, held('r1'))).toBe(false);
    expect(news(incident, held('verdict:'))).toBe(false);
    expect(news(incident, held('r1', 'observe'))).toBe(true);
    expect(news(incident, held('r2'))).toBe(true);
    expect(news({ ...incident, status: 'acting' }, held('r1'))).toBe(true);
  });

  it('again counts no further round, and is due later', () => {
    const { incident } = asHeld(holdAt(null, held('r1'), 0));
    const again = asHeld(holdAt(incident, held('r1'), 60)).incident;
    expect(again).toMatchObject({ rounds: 1, dueAt: '2026-03-01T12:02:00.000Z' });
    expect(asHeld(holdAt(incident, held('r2'), 60)).incident).toMatchObject({ rounds: 2, seenRounds: ['r1', 'r2'] });
  });

  it('waits for a lease, and for a successor', () => {
    expect(holdAt(first(), held('r1'), 30)).toEqual({ kind: 'busy', secondsLeft: 60 });
    const sent = awaitProof({ ...first(), unit: 'instances' }, 'not seen', 20, later(5));
    expect(holdAt(sent, held('r2'), 3600)).toEqual({ kind: 'repeat', incident: sent });
  });

  it('that ends lets the same round be claimed', () => {
    const { incident } = asHeld(holdAt(null, held('r1'), 0));
    expect(claimed(claimAt(incident, 'r1', 1))).toMatchObject({ status: 'acting', guard: null, rounds: 1 });
  });
});

describe('the end', () => {
  it('is recorded: by whom, when, and nothing is due', () => {
    const failing = fail(first(), 'refused', true, later(5));
    expect(close(failing, done, 'undrift', later(10))).toMatchObject({
      status: 'closed',
      guard: null,
      outcome: done,
      closedAt: '2026-03-01T12:00:10.000Z',
      updatedAt: '2026-03-01T12:00:10.000Z',
      closedBy: 'undrift',
      dueAt: null,
      leaseUntil: null,
      failures: 0,
    });
  });

  it('without an outcome keeps what there was', () => {
    const failing = fail(first(), 'refused', true, later(5));
    expect(close(failing, null, 'vanished', later(10)).outcome).toEqual(failing.outcome);
  });
});

describe('an act that is not seen yet', () => {
  it.each([
    ['security-groups', 'unverified'],
    ['instances', 'waiting'],
  ] as const)('of %s is %s', (unit, status) => {
    expect(awaitProof({ ...first(), unit }, 'still there', 15, later(5))).toMatchObject({
      status,
      outcome: { kind: 'unverified', why: 'still there' },
      updatedAt: '2026-03-01T12:00:05.000Z',
      dueAt: '2026-03-01T12:00:20.000Z',
      leaseUntil: null,
    });
  });
});

describe('an act that was refused', () => {
  it('is held with its error', () => {
    expect(fail(first(), 'RequestLimitExceeded', true, later(5))).toMatchObject({
      status: 'held',
      outcome: { kind: 'failed', why: 'RequestLimitExceeded', retryable: true },
      failures: 1,
      attempts: [{ round: 'r1', requestId: null, error: 'RequestLimitExceeded' }],
      updatedAt: '2026-03-01T12:00:05.000Z',
      dueAt: '2026-03-01T12:02:05.000Z',
      leaseUntil: null,
    });
  });

  it.each([0, 1, 50, 5000])(
    'of an exposure is due after its message has come back: after %s failures in 120 s',
    (failures) => {
      const dueAt = '2026-03-01T12:02:00.000Z';
      expect(fail({ ...first(), failures }, 'refused', false, T0)).toMatchObject({ dueAt, failures: failures + 1 });
    },
  );

  it.each([
    [0, '2026-03-01T12:01:00.000Z'],
    [1, '2026-03-01T12:02:00.000Z'],
    [2, '2026-03-01T12:04:00.000Z'],
    [7, '2026-03-01T14:08:00.000Z'],
    [8, '2026-03-01T16:16:00.000Z'],
    [9, '2026-03-01T18:00:00.000Z'],
    [50, '2026-03-01T18:00:00.000Z'],
    [5000, '2026-03-01T18:00:00.000Z'],
  ])('of a replacement, after %s failures is due at %s', (failures, dueAt) => {
    const instance: Incident = { ...first(), failures, resource: { type: 'instance', id: 'i-1' } };
    expect(fail(instance, 'refused', false, T0)).toMatchObject({ dueAt, failures: failures + 1 });
  });
});

describe('an attempt', () => {
  const twice = claimed(claimAt(first(), 'r1', 100));

  it('is completed by what the call answered; those before stay', () => {
    const { attempts } = withAttempt(twice, { requestId: 'request-2' });
    expect(attempts.map(({ requestId }) => requestId)).toEqual([null, 'request-2']);
    expect(withAttempt({ ...twice, attempts }, { error: 'refused' }).attempts.at(-1)).toEqual({
      at: '2026-03-01T12:01:40.000Z',
      round: 'r1',
      requestId: 'request-2',
      error: 'refused',
    });
  });

  it('that never was is not invented', () => {
    const none = { ...twice, attempts: [] };
    expect(withAttempt(none, { requestId: 'request-2' })).toBe(none);
  });
});

describe('a notice that is recorded', () => {
  it('is among the last 60 that are kept', () => {
    const noticesSent = Array.from({ length: 60 }, (_, n) => `held/${n}`);
    const kept = noted({ ...first(), noticesSent }, 'fixed/1').noticesSent;
    expect(kept).toHaveLength(60);
    expect([kept[0], kept.at(-1)]).toEqual(['held/1', 'fixed/1']);
  });
});

describe('since when it is open', () => {
  const at = (incident: Incident | null, round: string, changedAt: string): Incident => {
    const change = { ...OPENED, at: changedAt };
    return asHeld(holdIncident(incident, held(round), { ...opening(later(60)), change })).incident;
  };
  const opened = at(null, 'r1', '2026-03-01T11:00:00.000Z');

  it('is the change that opened it, through all its rounds', () => {
    expect(opened.since).toBe('2026-03-01T11:00:00.000Z');
    expect(at(opened, 'r2', '2026-03-01T11:30:00.000Z').since).toBe('2026-03-01T11:00:00.000Z');
  });

  it('is the change that opened it again after it was closed', () => {
    const again = at(closedAt(opened, 70), 'r2', '2026-03-01T11:30:00.000Z');
    expect([again.since, again.openedAt]).toEqual(['2026-03-01T11:30:00.000Z', '2026-03-01T12:01:00.000Z']);
  });

  it('is the latest change of an incident from before it was kept', () => {
    const { since: _gone, ...old } = opened;
    expect(at(old, 'r2', '2026-03-01T11:30:00.000Z').since).toBe('2026-03-01T11:00:00.000Z');
  });
});

describe('until when it is left alone at the latest', () => {
  const latest = '2026-03-02T00:00:00.000Z';

  it('is what the decision says, held or acted upon', () => {
    const incident = asHeld(holdIncident(null, { ...held('r1'), latest }, opening(later(60)))).incident;
    expect(incident.latest).toBe(latest);
    const claimed = claim(incident, { ...remediation('r2'), latest }, PLAN, 90, opening(later(120)));
    expect(claimed).toMatchObject({ kind: 'claimed', incident: { latest } });
  });

  it('is gone where a later decision says nothing of it', () => {
    const before = asHeld(holdIncident(null, { ...held('r1'), latest }, opening(later(60)))).incident;
    expect(asHeld(holdIncident(before, held('r1'), opening(later(120)))).incident).not.toHaveProperty('latest');
  });
});

describe('an incident that a person', () => {
  const entered = (round: string): Hold => ({
    ...held(round, 'tainted'),
    finding: remediation(round, 'instance').finding,
  });
  const change = { ...ALTERED, fact: { kind: 'session-started', sessionId: 's-1' } } as const;
  const from = (taints: Opening['taints'] = []): Opening => ({ ...opening(later(60), 'instances'), change, taints });
  const before = asHeld(holdIncident(null, entered('r1'), from())).incident;

  it('cleared is not opened again by the same occurrence, and is by another', () => {
    const cleared = close(before, null, 'operator', later(70));
    expect(holdIncident(cleared, entered('r1'), from())).toEqual({ kind: 'repeat', incident: cleared });
    expect(asHeld(holdIncident(cleared, entered('r2'), from()))).toMatchObject({ news: true, incident: { rounds: 2 } });
  });

  it('cleared is not opened again by a verdict on what it is about', () => {
    const cleared = close(before, null, 'operator', later(70));
    expect(holdIncident(cleared, entered('verdict:'), from())).toEqual({ kind: 'repeat', incident: cleared });
    const gone = close(before, null, 'another', later(70));
    expect(asHeld(holdIncident(gone, entered('verdict:'), from())).incident).toMatchObject({ rounds: 2 });
  });

  it('prolonged is claimed only by who has seen that', () => {
    const entry = { until: '2026-03-01T15:00:00.000Z', by: 'kim', reason: 'work', at: later(61).toISOString() };
    const prolonged = { ...before, taint: [entry] };
    const act = remediation('r1', 'instance');
    const seen = { key: before.key, since: before.since ?? '', until: entry.until, entered: true };
    expect(claim(prolonged, act, PLAN, 90, from([{ ...seen, until: null }]))).toEqual({
      kind: 'busy',
      secondsLeft: 5,
      prolonged: true,
    });
    expect(claim(prolonged, act, PLAN, 90, from([seen])).kind).toBe('claimed');
  });
});

describe('what puts something back', () => {
  const before = { action: 'modify-rules', rules: [rule('sgr-1', { toPort: 23 })] } as const;
  const decision = (round: string): Hold => {
    const { finding, ...rest } = held(round);
    return { ...rest, finding: { ...finding, putBack: before } };
  };
  const holdAt = (previous: Incident | null, round: string, seconds: number) =>
    asHeld(holdIncident(previous, decision(round), opening(later(seconds)))).incident;

  it('is what was there before, where nothing was done', () => {
    expect(holdAt(null, 'r1', 0).inverse).toEqual(before);
  });

  it('stays what undoes an act that may have begun', () => {
    expect(holdAt(first(), 'r1', 120).inverse).toEqual(PLAN.inverse);
  });

  it('of an earlier occurrence is not that of a further one', () => {
    const preImage = { digest: 'digest', parts: 1, at: T0.toISOString() };
    const over = { ...closedAt(first(), 5), inverse: null, preImage };
    const again = asHeld(holdIncident(over, held('r2'), opening(later(600)))).incident;
    expect(again.inverse).toBeNull();
    expect(again).not.toHaveProperty('preImage');
  });
});
