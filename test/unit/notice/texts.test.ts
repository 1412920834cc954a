import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Incident, NoticeKind } from '../../../src/domain/incident.ts';
import { incidentNotice } from '../../../src/notice/incident.ts';
import type { Notice } from '../../../src/notice/notice.ts';
import { digestNotice } from '../../../src/notice/own.ts';
import { pauseNotice, pauseReadableNotice } from '../../../src/notice/pause.ts';
import { perfectEmail } from '../../contract/email.ts';
import { closed, failed, observed, replaced, sshRule, stuck, versioned } from './incident.ts';
import {
  addedByHand,
  detached,
  egressClosed,
  modifiedByHand,
  narrowed,
  removedByHand,
  shared,
} from './network-incidents.ts';

const NOW = '2026-05-01T12:00:05.000Z';

/** The whole mail, as it is sent: a changed word shows as a changed file in `expected/`. */
function mail(notice: Notice | null): string {
  return notice === null ? '' : `Subject: ${notice.subject}\n\n${notice.text}`;
}

function expected(name: string): string {
  return readFileSync(new URL(`expected/${name}.txt`, import.meta.url), 'utf8');
}

const reopened: Incident = {
  ...closed,
  rounds: 2,
  inverse: {
    action: 'authorize-rules',
    rules: [
      { ...sshRule, description: null },
      { ...sshRule, id: 'sgr-0bbb', protocol: '-1', fromPort: -1, toPort: -1, source: { kind: 'ipv6', cidr: '::/0' } },
    ],
  },
};

const INCIDENTS: readonly (readonly [name: string, incident: Incident, kind: NoticeKind])[] = [
  ['closed', closed, 'fixed'],
  ['reopened', reopened, 'fixed'],
  ['observed', observed, 'held'],
  ['held-budget', { ...replaced, ...heldForBudget() }, 'held'],
  ['held-tainted', { ...replaced, ...heldTainted() }, 'held'],
  ['held-machines', { ...replaced, ...heldMachines() }, 'held'],
  ['replaced', replaced, 'fixed'],
  ['replaced-version', versioned, 'fixed'],
  ['escalated', stuck, 'escalated'],
  ['failed', failed, 'failed'],
  ['detached', detached, 'fixed'],
  ['held-shared', shared, 'held'],
  ['entries-removed', narrowed, 'fixed'],
  ['egress-closed', egressClosed, 'fixed'],
  ['pipeline-added', addedByHand, 'fixed'],
  ['pipeline-removed', removedByHand, 'held'],
  ['pipeline-modified', modifiedByHand, 'held'],
];

function heldForBudget(): Partial<Incident> {
  const decision = {
    ...replaced.decision,
    kind: 'hold',
    guard: 'budget',
    reason: '1 of 1 instances of web-prod-asg is out',
  } as const;
  return {
    decision,
    outcome: null,
    status: 'held',
    guard: 'budget',
    attempts: [],
    replacement: null,
    closedAt: null,
    closedBy: null,
    dueAt: '2026-05-01T12:05:05.000Z',
  };
}

/** Prolonged once already. */
function heldTainted(): Partial<Incident> {
  const reason =
    'i-0abc0abc0abc0abc0 is tainted, and left alone for now: the session kim-1 is open. It is replaced 30 minutes after it was last entered or left, and by 2026-05-02T00:00:00.000Z at the latest';
  const entry = { by: 'alice@bastion', reason: 'restoring a table', at: '2026-05-01T12:00:02.000Z' };
  return {
    ...heldForBudget(),
    decision: { ...replaced.decision, kind: 'hold', guard: 'tainted', reason },
    guard: 'tainted',
    taint: [{ ...entry, until: '2026-05-01T14:00:00.000Z' }],
  };
}

/** A call that named many machines: it has no act of its own. */
function heldMachines(): Partial<Incident> {
  const reason =
    '2 of the 3 machines that it means are tainted: each is replaced when it was left alone for its time, as many at once as the budgets allow';
  return {
    ...heldForBudget(),
    resource: { type: 'targets', id: 'tag:Env=prod' },
    about: { name: null, owner: null, madeBy: null },
    finding: {
      ...replaced.finding,
      rule: 'command-run',
      resource: { type: 'targets', id: 'tag:Env=prod' },
      summary: 'a command was run (AWS-RunShellScript): the machines named by tag:Env=prod',
      evidence: ['3 machines that it meant are there', 'in web-prod-asg: i-1, i-2', 'in no Auto Scaling group: i-3'],
    },
    decision: { kind: 'hold', rule: 'command-run', guard: 'tainted', reason, remediation: null },
    guard: 'tainted',
  };
}

describe('the whole mail', () => {
  it.each(INCIDENTS)('%s', (name, incident, kind) => {
    expect(mail(incidentNotice(incident, kind, { now: NOW }))).toBe(expected(name));
  });

  const place = { account: '123456789012', region: 'eu-west-1', now: NOW };
  const RUNNING = { kind: 'running' } as const;
  const pause = {
    kind: 'paused' as const,
    until: '2026-05-01T14:00:00.000Z',
    reason: 'moving the database',
    by: 'arn:aws:sts::123456789012:assumed-role/Ops/bob',
    at: '2026-05-01T12:00:00.000Z',
  };

  it('digest', () => {
    const since = '2026-05-01T12:00:00.000Z';
    const waiting = [
      { ...perfectEmail({ id: 'a', severity: 'high' }), since },
      {
        ...perfectEmail({ id: 'b', severity: 'critical', resource: 'sg-2', subject: '[undrift] Needs you: b' }),
        since,
      },
    ];
    expect(mail(digestNotice(waiting, 'action', place))).toBe(expected('digest'));
  });

  it('paused, changed, resumed by somebody, ended by itself', () => {
    const later = { ...pause, until: '2026-05-01T16:00:00.000Z', at: '2026-05-01T12:00:04.000Z' };
    const afterwards = { ...place, now: '2026-05-01T14:00:30.000Z' };
    expect(mail(pauseNotice(pause, RUNNING, place))).toBe(expected('paused'));
    expect(mail(pauseNotice(later, pause, place))).toBe(expected('pause-changed'));
    expect(mail(pauseNotice(RUNNING, pause, place))).toBe(expected('resumed'));
    expect(mail(pauseNotice(RUNNING, pause, afterwards))).toBe(expected('pause-ended'));
  });

  it('stopped by a value that is no pause, and mended', () => {
    const stopped = { kind: 'stopped', why: 'not valid JSON' } as const;
    expect(mail(pauseNotice(stopped, RUNNING, place))).toBe(expected('stopped'));
    expect(mail(pauseNotice(RUNNING, stopped, place))).toBe(expected('mended'));
    expect(pauseNotice(stopped, pause, place)?.json).toMatchObject({
      kind: 'paused',
      pause: null,
      stopped: 'not valid JSON',
    });
  });

  it('of a pause flag that cannot be read: what that means, and that it can be read again', () => {
    const unreadable = {
      kind: 'unreadable',
      why: 'there is no copy; ssm:GetParameter was refused',
      last: null,
    } as const;
    expect(mail(pauseReadableNotice(unreadable, place))).toBe(expected('pause-unreadable'));
    expect(pauseReadableNotice({ ...unreadable, last: pause }, place).text).toContain('The last known value says stop');
    expect(mail(pauseReadableNotice(null, place))).toBe(expected('pause-readable'));
  });

  it('about undrift itself carries attributes, and an object that comes back from JSON as it was', () => {
    const one = { ...perfectEmail({ subject: '[undrift] one', incidentId: null }), since: NOW };
    const { json, attributes } = digestNotice([one], 'finding', place);
    expect(attributes).toEqual({
      outcome: 'digest',
      severity: 'high',
      rule: 'none',
      account: '123456789012',
      region: 'eu-west-1',
    });
    expect(JSON.parse(JSON.stringify(json))).toEqual(json);
    expect(json).toMatchObject({
      schema: 'undrift.notice/1',
      kind: 'digest',
      asks: 'finding',
      count: 1,
      subjects: ['high: one'],
    });
    const { kind: _kind, ...written } = pause;
    expect(pauseNotice(pause, RUNNING, place)).toMatchObject({
      attributes: { outcome: 'paused', severity: 'high' },
      json: { schema: 'undrift.notice/1', kind: 'paused', pause: written, stopped: null, previous: null },
    });
    expect(pauseNotice(RUNNING, pause, place)).toMatchObject({
      attributes: { outcome: 'resumed', severity: 'medium' },
      json: { kind: 'resumed', pause: null, stopped: null, previous: written, ended: false },
    });
  });

  it('bounds what somebody else writes into a pause or a subject', () => {
    const hostile = {
      ...pause,
      reason: `x\r\nBcc: eve https://evil ${'y'.repeat(5000)}`,
      by: `a/${'z'.repeat(500)}\n`,
    };
    const given = { subject: 'a\nb \u202e', resource: 'c\n'.repeat(500), group: 'd\n'.repeat(500), rule: 'e://\n' };
    const email = { ...perfectEmail({ ...given, verdict: 'f\u202e' }), since: NOW };
    const waiting = [email, { ...email, subject: 'x'.repeat(500) }, ...Array.from({ length: 100 }, () => email)];
    for (const told of [pauseNotice(hostile, RUNNING, place), digestNotice(waiting, 'action', place)]) {
      expect(told?.subject).toMatch(/^\[undrift\] [\x20-\x7e]{1,89}$/u);
      expect(told?.text).not.toMatch(/Bcc.*\n\S|:\/\/|\u202e/u);
      for (const line of told?.text.split('\n') ?? []) expect(line.length).toBeLessThanOrEqual(76);
      expect(told?.text.length).toBeLessThan(20_000);
    }
  });

  it('says nothing when the switch did not move', () => {
    expect(pauseNotice(RUNNING, RUNNING, place)).toBeNull();
    expect(pauseNotice(pause, { ...pause }, place)).toBeNull();
  });
});

describe('the commands of a notice', () => {
  it('name the stage where it is known', () => {
    const { text } = incidentNotice(closed, 'fixed', { now: NOW, stage: 'prod' });
    expect(text).toContain(`undrift incidents show ${closed.id} --stage prod`);
    expect(text).not.toContain('Add your stage');
  });
});
