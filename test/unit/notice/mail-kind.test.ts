import { describe, expect, it } from 'vitest';
import type { Incident, NoticeKind } from '../../../src/domain/incident.ts';
import type { MailKind } from '../../../src/domain/mail-hour.ts';
import { emailFacts } from '../../../src/notice/email-facts.ts';
import { type Listed, linesOf } from '../../../src/notice/list.ts';
import { mailKind } from '../../../src/notice/mail-kind.ts';
import { noticeOutcome } from '../../../src/notice/verdict.ts';
import { perfectEmail } from '../../contract/email.ts';
import { closed, failed, observed, replaced } from './incident.ts';

const withSeverity = (incident: Incident, severity: Incident['finding']['severity']): Incident => ({
  ...incident,
  finding: { ...incident.finding, severity },
});
const passed: Incident = {
  ...withSeverity(closed, 'low'),
  decision: { ...closed.decision, kind: 'ignore', remediation: null },
  outcome: { kind: 'already-done', seen: 'gone' },
};
const kindOf = (incident: Incident, kind: NoticeKind) => emailFacts(incident, noticeOutcome(incident, kind)).kind;

describe('the kind of an email', () => {
  it.each<readonly [string, Incident, NoticeKind, MailKind]>([
    ['an exposure that is left open, of low severity', withSeverity(observed, 'low'), 'held', 'action'],
    ['an exposure that was closed, of high severity', withSeverity(closed, 'high'), 'fixed', 'finding'],
    ['an exposure that was closed, of medium severity', withSeverity(closed, 'medium'), 'fixed', 'information'],
    ['an exempted exposure', { ...observed, guard: 'exempted' }, 'held', 'finding'],
    ['an exposure of low severity that was closed before the look', passed, 'fixed', 'finding'],
    ['what AWS refused', failed, 'failed', 'action'],
    ['what was escalated', withSeverity(closed, 'low'), 'escalated', 'action'],
    ['a replaced instance', replaced, 'fixed', 'information'],
    ['an instance on hold', { ...replaced, status: 'held', guard: 'budget' }, 'held', 'finding'],
    [
      'a critical finding on an instance on hold',
      withSeverity({ ...replaced, status: 'held', guard: 'budget' }, 'critical'),
      'held',
      'action',
    ],
  ])('%s', (_title, incident, kind, expected) => {
    expect(kindOf(incident, kind)).toBe(expected);
  });

  it('of a pause is action, and of its end information', () => {
    const standing = { severity: 'high', guard: null, exposure: false } as const;
    expect([mailKind('paused', standing), mailKind('resumed', standing)]).toEqual(['action', 'information']);
  });

  it('goes with the role behind a session, and not with the name of the session', () => {
    const actor = {
      ...closed.change.actor,
      arn: 'arn:aws:sts::123456789012:assumed-role/admin/chosen-by-the-caller',
      issuerArn: 'arn:aws:iam::123456789012:role/admin',
      sourceIdentity: 'chosen-too',
    };
    expect(emailFacts({ ...closed, change: { ...closed.change, actor } }, 'done').principal).toBe(actor.issuerArn);
  });
});

const SINCE = '2026-03-01T12:00:00.000Z';
const listed = (n: number, given: Partial<Listed> = {}): Listed => ({
  ...perfectEmail({ resource: `sg-${n}`, group: `sg-${n}`, subject: `[undrift] Held (observe): SSH on sg-${n}` }),
  since: SINCE,
  ...given,
});
const many = (count: number, given: (n: number) => Partial<Listed> = () => ({})) =>
  Array.from({ length: count }, (_, n) => listed(n, given(n)));
const namesAll = (lines: readonly string[], count: number) =>
  Array.from({ length: count }, (_, n) => lines.some((line) => new RegExp(`\\bsg-${n}\\b`).test(line))).every(Boolean);

describe('the lines of a list', () => {
  it('begin with what is open, and end with what is over, whatever its severity', () => {
    const { lines } = linesOf([listed(1, { severity: 'critical', over: true }), listed(2, { severity: 'low' })], true);
    expect(lines.map((line) => line.split(':')[0])).toEqual(['low', 'critical']);
  });

  it('say of many messages what happened to them', () => {
    const message = {
      rule: 'none',
      verdict: 'Delayed',
      incidentId: null,
      resource: null,
      principal: null,
      group: null,
    };
    const { lines } = linesOf(
      many(100, (n) => ({ ...message, subject: `[undrift] Delayed: event ${n}` })),
      true,
    );
    expect(lines.at(-1)).toMatch(/^high: \d+ more, Delayed: Delayed: event \d+, /);
  });

  it('are one each for up to fifty, the most severe first', () => {
    const { lines, omitted } = linesOf([...many(49), listed(49, { severity: 'critical' })], true);
    expect([lines.length, omitted]).toEqual([50, 0]);
    expect(lines[0]).toBe('critical: Held (observe): SSH on sg-49 (incident 4f2a9c)');
  });

  it.each([51, 200, 1000, 5000])('are fifty at most for %i, and name all of them', (count) => {
    const { lines, omitted } = linesOf(many(count), true);
    expect(lines.length).toBeLessThanOrEqual(50);
    expect(omitted).toBe(0);
    expect(namesAll(lines, count)).toBe(true);
  });

  it('are fifty at most where no two are alike, and name all of them', () => {
    const { lines } = linesOf(
      many(300, (n) => ({ rule: `rule ${n}`, verdict: `Held (${n})` })),
      true,
    );
    expect(lines.length).toBeLessThanOrEqual(50);
    expect(namesAll(lines, 300)).toBe(true);
  });

  it('give the one of somebody else a line of its own among many of one principal', () => {
    const { lines } = linesOf([...many(80, () => ({ principal: 'eve' })), listed(99, { principal: 'kim' })], true);
    expect(lines).toContain('high: Held (observe): SSH on sg-99 (incident 4f2a9c)');
    expect(lines.filter((line) => line.includes('(incident '))).toHaveLength(7);
  });

  it('leave out and count the least severe where not everything is to be named', () => {
    const { lines, omitted } = linesOf([...many(2000), listed(2001, { severity: 'critical' })], false);
    expect(lines).toHaveLength(50);
    expect(lines[0]).toContain('sg-2001');
    expect(omitted).toBeGreaterThan(0);
    expect(omitted).toBe(2001 - lines.flatMap((line) => line.match(/\bsg-\d+/g) ?? []).length);
  });

  it('have instances of one group that wait for the same in one', () => {
    const waiting = { group: 'web', waitsFor: 'blast-radius' } as const;
    const { lines } = linesOf(
      Array.from({ length: 7 }, (_, n) => listed(n, { ...waiting, resource: `i-${n}` })),
      false,
    );
    expect(lines).toEqual(['high: 7 instances of web wait for the hourly limit: i-0, i-1, i-2, i-3, i-4, i-5, i-6']);
  });
});
