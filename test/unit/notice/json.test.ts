import { describe, expect, it } from 'vitest';
import type { Incident, NoticeKind } from '../../../src/domain/incident.ts';
import { incidentNotice } from '../../../src/notice/incident.ts';
import { NOTICE_OUTCOMES } from '../../../src/notice/verdict.ts';
import { alreadyGone, closed, failed, misused, observed, replaced, stuck, unverified, versioned } from './incident.ts';

const NOW = '2026-05-01T12:00:05.000Z';

const { ran: whole } = versioned as Required<Incident>;

function tell(incident: Incident, kind: NoticeKind) {
  return incidentNotice(incident, kind, { now: NOW });
}

describe('for machines', () => {
  it('the object is stable, and comes back from JSON as it was', () => {
    const { json, subject, text } = tell(closed, 'fixed');
    expect(JSON.parse(JSON.stringify(json))).toEqual(json);
    expect(json).toEqual({
      schema: 'undrift.notice/1',
      kind: 'fixed',
      subject,
      text,
      at: NOW,
      incident: {
        id: '7f3a9c1e',
        key: 'sg-0abc0abc0abc0abc0#ingress#tcp#22-22#0.0.0.0/0',
        rule: 'internet',
        severity: 'critical',
        status: 'closed',
        rounds: 1,
        openedAt: '2026-05-01T12:00:02.000Z',
        closedAt: '2026-05-01T12:00:04.000Z',
        closedBy: 'undrift',
        closedWith: null,
        dueAt: null,
        guard: null,
      },
      change: {
        source: 'cloudtrail',
        name: 'AuthorizeSecurityGroupIngress',
        at: '2026-05-01T12:00:00Z',
        eventId: '6f0b1c1e-1111-4222-8333-944445555666',
        requestId: '0d6a1c1e-1111-4222-8333-944445555666',
        actor: closed.change.actor,
      },
      decision: closed.decision,
      outcome: { notice: 'done', act: closed.outcome },
      secondsToFix: 4,
      resource: { type: 'security-group', id: 'sg-0abc0abc0abc0abc0' },
      finding: { summary: closed.finding.summary, evidence: closed.finding.evidence },
      found: null,
      earlier: [],
      members: null,
      about: closed.about,
      ran: null,
      successor: null,
      successorRan: null,
      closing: null,
      unrecorded: null,
      undo: { command: expect.stringMatching(/^aws ec2 authorize-security-group-ingress --region eu-west-1 /u) },
      putBack: null,
      restore: null,
      policyDigest: 'a1b2c3d4e5f6',
      commit: closed.commit,
      version: '0.1.0',
      account: '123456789012',
      region: 'eu-west-1',
    });
  });

  it('an instance comes with what ran on it, and with what its successor runs', () => {
    const { json } = tell(versioned, 'fixed');
    expect(json.ran).toEqual({
      instanceId: 'i-0abc0abc0abc0abc0',
      launchedAt: '2026-04-30T08:00:00.000Z',
      image: { id: 'ami-0aaa', name: 'web-2026-04-30' },
      template: { id: 'lt-0123', name: 'web', version: '4' },
      build: { tag: 'Build', value: '1481', on: 'image' },
      commit: { tag: 'git-sha', value: '5f0c9e1', on: 'template' },
      unread: [],
    });
    expect(json.successorRan).toMatchObject({ instanceId: 'i-0def', image: { id: 'ami-0bbb', name: null } });
    expect(tell(replaced, 'fixed').json).toMatchObject({ ran: null, successorRan: null });
  });

  it('a tag is one bounded line, whatever somebody wrote into it', () => {
    const build = { tag: 'Build', value: `1\r\nBcc: eve\u202e ${'x'.repeat(5000)}`, on: 'image' } as const;
    const { json, text } = tell({ ...replaced, ran: { ...whole, build } }, 'fixed');
    const { value } = (json as { ran: { build: { value: string } } }).ran.build;
    expect(value).toMatch(/^1 Bcc: eve x+\.\.\.$/u);
    expect(value.length).toBe(256);
    expect(text).not.toMatch(/^Bcc|\u202e/mu);
  });

  it('stays far below the 256 KB of a message, whatever the evidence', () => {
    const evidence = Array.from({ length: 5000 }, () => 'x'.repeat(1000));
    const { json } = tell({ ...closed, finding: { ...closed.finding, evidence } }, 'fixed');
    expect(JSON.stringify(json).length).toBeLessThan(60_000);
  });

  it.each<readonly [Incident, NoticeKind, (typeof NOTICE_OUTCOMES)[number]]>([
    [closed, 'fixed', 'done'],
    [alreadyGone('actor'), 'fixed', 'already-done'],
    [observed, 'held', 'observed'],
    [{ ...observed, guard: 'exempted' }, 'held', 'held'],
    [misused(), 'held', 'escalated'],
    [unverified(), 'fixed', 'unverified'],
    [unverified(), 'failed', 'unverified'],
    [{ ...closed, outcome: null }, 'fixed', 'unverified'],
    [failed, 'failed', 'failed'],
    [failed, 'fixed', 'failed'],
    [stuck, 'escalated', 'escalated'],
    [closed, 'escalated', 'escalated'],
  ])('attributes %#', (incident, kind, outcome) => {
    const { severity, rule } = incident.finding;
    const { attributes } = tell(incident, kind);
    expect(attributes).toEqual({ outcome, severity, rule, account: '123456789012', region: 'eu-west-1' });
    expect(NOTICE_OUTCOMES).toContain(outcome);
  });
});
