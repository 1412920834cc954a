import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GUARDS } from '../../../src/domain/decision.ts';
import type { ClosedBy, Incident, NoticeKind } from '../../../src/domain/incident.ts';
import { incidentNotice } from '../../../src/notice/incident.ts';
import { alreadyGone, closed, failed, misused, observed, replaced, stuck, unverified } from './incident.ts';

const NOW = '2026-05-01T12:00:05.000Z';

function tell(incident: Incident, kind: NoticeKind) {
  return incidentNotice(incident, kind, { now: NOW });
}

/** The text with its line breaks undone, to look for sentences. */
function flat(incident: Incident, kind: NoticeKind): string {
  return tell(incident, kind).text.replace(/\s+/gu, ' ');
}

describe('texts', () => {
  it('say in observe mode what would have been done', () => {
    const text = flat(observed, 'held');
    expect(text).toContain('Nothing was done: undrift only observes here.');
    expect(text).toContain(
      'In enforce mode undrift would have done this: revoke sgr-0aaa111122223333a from sg-0abc0abc0abc0abc0.',
    );
    expect(text).toContain('undrift looks at it again in 1 h (2026-05-01 13:00:02 UTC).');
  });

  it('blame nobody for what the change did not do, but only brought up', () => {
    const heading = (fact: Incident['change']['fact']) =>
      flat({ ...closed, change: { ...closed.change, fact } }, 'fixed').match(
        /Who did it, and when|What made undrift look/u,
      )?.[0];
    const added = (...ruleIds: string[]) => ({ kind: 'rules-added', egress: false, ruleIds }) as const;
    const [mine = ''] = closed.round.split(',');
    expect(heading(added(mine))).toBe('Who did it, and when');
    expect(heading(added())).toBe('Who did it, and when');
    expect(heading(added('sgr-0another0another0'))).toBe('What made undrift look');
    expect(heading({ kind: 'verdict', by: 'restricted-ssh', transition: true })).toBe('What made undrift look');
    expect(heading({ kind: 'prefix-list-changed', added: null })).toBe('Who did it, and when');
  });

  it.each(GUARDS)(
    'hold for %s says the guard in words, what would have been done, and when it is looked at again',
    (guard) => {
      const held = { ...observed, guard, decision: { ...observed.decision, guard } };
      const text = flat(held, 'held');
      expect(text).toMatch(/Nothing was done: .{20,}/u);
      expect(text).toContain('revoke sgr-0aaa111122223333a from sg-0abc0abc0abc0abc0.');
      expect(text).toContain(`looks at it again ${guard === 'unreadable' ? 'within 45 seconds' : 'in 1 h'}`);
      expect(text).toContain('undrift changed nothing, so there is nothing to undo.');
      expect(text).not.toContain('aws ec2');
      expect(text).not.toContain('outlive');
    },
  );

  it('ask for a person where undrift can only tell', () => {
    const text = flat(misused(), 'held');
    expect(tell(misused(), 'held').subject).toMatch(/^\[undrift\] Needs you: a role of undrift called/u);
    expect(text).toContain('undrift asks for a person: it does not get this right by itself. Reason: undrift can only');
    expect(text).toContain('undrift changed nothing, so there is nothing to undo.');
    expect(text).not.toContain('only observes');
  });

  it('say that no act is possible when the hold carries none', () => {
    const held = { ...observed, guard: 'unreadable', decision: { ...observed.decision, remediation: null } } as const;
    expect(flat(held, 'held')).toContain('No act of undrift would put this right.');
  });

  it('speak of established connections only where something was revoked', () => {
    expect(flat(closed, 'fixed')).toContain('may outlive the revoke');
    expect(flat(unverified(), 'failed')).toContain('may outlive the revoke');
    for (const [incident, kind] of [
      [replaced, 'fixed'],
      [stuck, 'escalated'],
      [failed, 'failed'],
      [alreadyGone('actor'), 'fixed'],
    ] as const) {
      expect(flat(incident, kind)).not.toContain('outlive');
    }
  });

  it('give the undo command with a doubt when a call was sent and never answered', () => {
    const [attempt] = failed.attempts;
    const lost = { ...failed, attempts: attempt === undefined ? [] : [{ ...attempt, requestId: null, error: null }] };
    expect(flat(lost, 'failed')).toContain(
      'It is not known whether anything was revoked. If so, this puts the rules back.',
    );
    expect(tell(lost, 'failed').json.undo).not.toBeNull();
    expect(flat(failed, 'failed')).toContain('nothing to undo');
    expect(tell(failed, 'failed').json.undo).toBeNull();
  });

  it('do not take what was done in an earlier round for something done now', () => {
    const later = { ...observed, round: 'sgr-later', attempts: closed.attempts, inverse: closed.inverse, rounds: 2 };
    expect(flat(later, 'held')).toContain('undrift changed nothing, so there is nothing to undo.');
    const heldInstance = {
      ...replaced,
      ...later,
      decision: { ...replaced.decision, guard: 'paused' },
      guard: 'paused',
    } as const;
    expect(flat(heldInstance, 'held')).not.toContain('took over');
    expect(tell(heldInstance, 'held').json.successor).toBeNull();
    const [attempt] = failed.attempts;
    const again = attempt === undefined ? [] : [{ ...attempt, round: 'earlier' }, attempt];
    expect(flat({ ...failed, attempts: again }, 'failed')).toContain('Tried once: revoke');
  });

  it('say of many machines that were named at once whether any of them is replaced', () => {
    const resource = { type: 'targets', id: 'tag:Env=prod' } as const;
    const named = { ...replaced, status: 'held', outcome: null, resource } as const;
    const held = (guard: 'tainted' | 'not-opted-in' | 'exempted') =>
      flat({ ...named, decision: { ...replaced.decision, remediation: null }, guard, replacement: null }, 'held');
    expect(held('tainted')).toContain(
      'each tainted machine is replaced by an incident of its own, within the budgets.',
    );
    for (const guard of ['not-opted-in', 'exempted'] as const) {
      expect(held(guard)).toContain('No machine is replaced for it.');
    }
  });

  it('do not say that Auto Scaling was asked when it refused', () => {
    const round = replaced.round;
    const refused = { at: '2026-05-01T12:00:05.000Z', round, requestId: null, error: 'AccessDenied' };
    const outcome = { kind: 'failed', why: 'AccessDenied', retryable: false } as const;
    const text = flat({ ...stuck, attempts: [refused], outcome, status: 'held' }, 'failed');
    expect(text).toContain('Tried once: replace i-0abc0abc0abc0abc0');
    expect(text).not.toContain('Auto Scaling was asked');
    expect(text).toContain('undrift changed nothing, so there is nothing to undo.');
  });

  it('say that nothing more was done when a revoke was sent before a guard held it', () => {
    const heldLater = { ...unverified(), guard: 'paused', outcome: null, status: 'held' } as const;
    expect(flat(heldLater, 'held')).toContain('Nothing more was done: undrift is paused.');
    expect(tell(heldLater, 'held').json.undo).not.toBeNull();
  });

  it.each<readonly [ClosedBy, string]>([
    ['actor', 'the principal that made the change took it back'],
    ['another', 'it no longer holds, and undrift did not change it'],
    ['vanished', 'the resource is gone, or on its way out, and undrift did not end it'],
    ['policy', 'the policy that is deployed now does not count it'],
    ['operator', 'a person cleared it'],
  ])('name who put it right: %s', (closedBy, words) => {
    expect(flat(alreadyGone(closedBy), 'fixed')).toContain(`Nothing was left to do: ${words}.`);
  });

  it('tell when nothing is known of the actor', () => {
    const actor = { arn: null, type: null, issuerArn: null, sourceIdentity: null, instanceId: null, invokedBy: null };
    const verdict = { ...closed.change, source: 'config', name: 'restricted-ssh', actor } as const;
    const text = flat({ ...closed, change: verdict }, 'fixed');
    expect(text).toContain('It is not known who did it. Config rule restricted-ssh at 2026-05-01 12:00:00 UTC');
  });

  it('say of a closed incident that it is closed, and of one without a time that nobody looks again', () => {
    const escalated = { ...closed, dueAt: '2026-05-01T12:01:05.000Z' };
    expect(flat(escalated, 'escalated')).toContain('The incident is closed.');
    expect(flat(escalated, 'escalated')).not.toContain('looks at it again');
    expect(flat({ ...observed, dueAt: null }, 'held')).toContain('undrift does not look at it again by itself.');
    expect(flat({ ...observed, dueAt: '2026-05-01T12:00:00.000Z' }, 'held')).toContain('looks at it again at once');
  });

  it('bound the evidence and count the rest', () => {
    const evidence = Array.from({ length: 60 }, (_, n) => `rule ${n}`);
    const text = flat({ ...closed, finding: { ...closed.finding, evidence } }, 'fixed');
    expect(text).toContain('rule 11 and 48 more of this kind');
    expect(text).not.toContain('rule 12 ');
  });

  it('have lines of at most 76 columns but for commands, no line that a name begins, and no link, whatever the names', () => {
    const hostile = fc.string({ unit: 'binary', maxLength: 400 });
    fc.assert(
      fc.property(hostile, hostile, hostile, (summary, owner, session) => {
        const actor = { ...closed.change.actor, arn: `arn:aws:sts::1:assumed-role/r/${session}`, invokedBy: owner };
        const finding = { ...closed.finding, summary, evidence: [session, `see https://${owner}`] };
        const about = { name: owner, owner: summary, madeBy: session };
        const incident = { ...closed, finding, about, change: { ...closed.change, actor } };
        for (const line of tell(incident, 'fixed').text.split('\n')) {
          expect(line).toMatch(/^(?:| {2}\P{C}+|What was (?:wrong|done|seen afterwards)|Who .*|Whose it is|To .*)$/u);
          if (!/^ {2}(?:aws|AWS_REGION=\S+ undrift) /u.test(line)) expect([...line].length).toBeLessThanOrEqual(76);
          expect(line).not.toContain('://');
        }
      }),
    );
  });
});
