import { describe, expect, it } from 'vitest';
import type { Incident, NoticeKind } from '../../../src/domain/incident.ts';
import { incidentNotice } from '../../../src/notice/incident.ts';
import { alreadyGone, observed, unverified } from './incident.ts';
import { addedByHand, detached, modifiedByHand, narrowed, removedByHand } from './network-incidents.ts';

const NOW = '2026-05-01T12:00:05.000Z';

function tell(incident: Incident, kind: NoticeKind) {
  return incidentNotice(incident, kind, { now: NOW });
}

/** The text with its line breaks undone, to look for sentences. */
function flat(incident: Incident, kind: NoticeKind): string {
  return tell(incident, kind).text.replace(/\s+/gu, ' ');
}

describe('a change that undrift only tells', () => {
  it('is no cry for help, and no hold', () => {
    const { subject, attributes } = tell(removedByHand, 'held');
    expect(attributes.outcome).toBe('observed');
    expect(subject).toMatch(/^\[undrift\] Told: rules were removed by hand/u);
    expect(flat(removedByHand, 'held')).not.toMatch(/Nothing was done:|enforce mode|No act of undrift|undo/u);
  });

  it('carries the command for machines, and it is not called an undo', () => {
    const { json } = tell(removedByHand, 'held');
    expect(json.undo).toBeNull();
    expect(json.putBack).toEqual({
      command: expect.stringMatching(/^aws ec2 authorize-security-group-ingress --region eu-west-1 /u),
    });
  });

  it('takes the command from the finding where the incident has none of its own', () => {
    const { inverse: _, ...rest } = modifiedByHand;
    const putBack = { action: 'modify-rules', rules: [] } as const;
    const without: Incident = { ...rest, inverse: null, finding: { ...rest.finding, putBack } };
    expect(flat(without, 'held')).toContain('There is no command for it: it is not known how it was before.');
    const { inverse } = removedByHand;
    const rules = inverse?.action === 'authorize-rules' ? inverse.rules : [];
    const found: Incident = { ...without, finding: { ...rest.finding, putBack: { ...putBack, rules } } };
    expect(flat(found, 'held')).toContain('This puts it back as it was: aws ec2 modify-security-group-rules');
  });

  it('names another guard beside that', () => {
    const paused: Incident = { ...removedByHand, guard: 'paused' };
    expect(tell(paused, 'held').subject).toMatch(/^\[undrift\] Held \(paused\): /u);
    expect(flat(paused, 'held')).toContain('Besides, it is held: undrift is paused. Reason: undrift can only tell');
  });

  it('is settled when somebody put it back, and there is nothing more to do', () => {
    const closedAt = '2026-05-01T12:00:04.000Z';
    const settled: Incident = { ...alreadyGone('another'), ...removedByHand, closedAt, closedBy: 'another' };
    const back: Incident = { ...settled, outcome: { kind: 'already-done', seen: 'the rule is there again' } };
    expect(tell(back, 'fixed').subject).toMatch(/^\[undrift\] Settled: /u);
    expect(tell(back, 'fixed').json.putBack).toBeNull();
    expect(flat(back, 'fixed')).toContain('To undo it undrift changed nothing, so there is nothing to undo.');
  });

  it('comes again in rounds of its own', () => {
    expect(flat({ ...removedByHand, rounds: 2 }, 'held')).toContain('Again: round 2 of this change;');
    expect(flat({ ...detached, rounds: 2 }, 'fixed')).toContain('Reopened: round 2 of this hole;');
  });

  it('is told apart from a misuse of our own role, which needs somebody', () => {
    const finding = { ...removedByHand.finding, rule: 'own-role-misused' };
    expect(tell({ ...removedByHand, finding }, 'held').attributes.outcome).toBe('escalated');
  });
});

describe('a rule that was added past the pipeline', () => {
  it('opened nothing that was closed', () => {
    expect(tell(addedByHand, 'fixed').subject).toMatch(/^\[undrift\] Revoked: rules were added by hand/u);
    const outcome = { kind: 'already-done', seen: 'gone' } as const;
    expect(tell({ ...addedByHand, outcome }, 'fixed').subject).toMatch(/^\[undrift\] Already gone: /u);
    expect(tell({ ...detached, outcome }, 'fixed').subject).toMatch(/^\[undrift\] Already closed: /u);
  });
});

describe('groups taken off and entries removed', () => {
  it.each([
    ['groups', detached, 'taken off. If so, this puts the groups back on.'],
    ['entries', narrowed, 'removed. If so, this puts the entries back.'],
  ])('%s: a call that was never answered leaves a doubt', (_, incident, words) => {
    const attempts = incident.attempts.map((attempt) => ({ ...attempt, requestId: null }));
    const lost: Incident = { ...incident, ...pending(), attempts };
    expect(flat(lost, 'failed')).toContain(`It is not known whether anything was ${words}`);
    expect(flat(lost, 'failed')).not.toContain('established');
  });

  it.each([
    ['groups', detached],
    ['entries', narrowed],
  ])('%s: promise nothing about established connections', (_, incident) => {
    expect(flat(incident, 'fixed')).toContain('EC2 does not promise that this cuts connections');
    expect(flat(incident, 'fixed')).not.toContain('outlive the revoke');
  });

  it('say what would be done, where undrift observes', () => {
    const seen = { ...observed, decision: { ...detached.decision, guard: 'observe' as const } };
    expect(flat(seen, 'held')).toContain('this: take sg-0bbb off eni-0abc0abc0abc0abc0, so that only sg-0aaa stays.');
    const would = { ...observed, decision: { ...narrowed.decision, guard: 'observe' as const } };
    expect(flat(would, 'held')).toContain('this: remove 0.0.0.0/0 from pl-0abc0abc0abc0abc0.');
  });

  it('name several groups that stay', () => {
    const remediation = {
      action: 'detach-groups',
      interfaceId: 'eni-1',
      groupIds: ['sg-1', 'sg-2'],
      remaining: ['sg-3', 'sg-4'],
    } as const;
    const done = { ...detached, decision: { ...detached.decision, remediation } };
    expect(flat(done, 'fixed')).toContain('Took sg-1 and sg-2 off eni-1; sg-3 and sg-4 stay.');
  });

  it('of more entries than a call takes, say what to wait for', () => {
    const entries = Array.from({ length: 101 }, (_, n) => ({ cidr: `3.${n}.0.0/16`, description: null }));
    const many: Incident = {
      ...narrowed,
      inverse: { action: 'add-entries', prefixListId: 'pl-1', entries },
    };
    expect(flat(many, 'fixed')).toContain('wait until the list is in state modify-complete.');
    expect(flat(narrowed, 'fixed')).not.toContain('modify-complete');
  });
});

function pending(): Partial<Incident> {
  const { outcome, status, closedAt, closedBy, dueAt } = unverified();
  return { outcome, status, closedAt, closedBy, dueAt };
}
