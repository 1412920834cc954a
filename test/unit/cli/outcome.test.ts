/** The summary of more than one event, and the exit code. */

import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { call, compliance, GROUP, INSTANCE, record } from '../inbound/perfect.ts';
import { run } from './fake-io.ts';
import { ENFORCING, file, fromRoot, POLICY } from './files.ts';

const SSH = record();
const USER_DATA = call('ModifyInstanceAttribute', { instanceId: INSTANCE, userData: 'x' });
const SESSION = call('StartSession', { target: INSTANCE }, null, 'ssm.amazonaws.com');
const IRRELEVANT = call('DescribeInstances', null);
const UNDECIDED = compliance();
const UNREADABLE = { hello: 'world' };
const BASELINE = fromRoot('events/cloudtrail.CreateLaunchTemplate.plain.json');

const explain = (events: readonly unknown[], ...options: readonly string[]) => {
  const policy = options.includes('--policy') ? [] : ['--policy', ENFORCING];
  return run(['explain', file('events.json', events), ...policy, ...options]);
};

describe('the exit code', () => {
  test.each<readonly [string, readonly unknown[], 0 | 1 | 2]>([
    ['0 where nothing is to be done', [IRRELEVANT], 0],
    ['1 where an exposure would be closed', [SSH], 1],
    ['1 where an instance of a group that opted in would be replaced', [USER_DATA], 1],
    ['1 where one of many would be remediated', [IRRELEVANT, SSH], 1],
    ['2 where one cannot be decided', [UNDECIDED], 2],
    ['2 where one cannot be read', [UNREADABLE], 2],
    ['1 where one would be remediated and another cannot be read', [SSH, UNREADABLE], 1],
    ['1 where one would be remediated and another cannot be decided', [UNDECIDED, SSH], 1],
    ['2 where none is known to be remediated', [IRRELEVANT, UNDECIDED, UNREADABLE], 2],
  ])('is %s', async (_title, events, code) => {
    expect((await explain(events)).code).toBe(code);
  });

  test('is 0 where the policy only observes', async () => {
    expect((await explain([SSH, USER_DATA], '--policy', POLICY)).code).toBe(0);
  });

  test('is 0 for a hold that no passing of time ends', async () => {
    expect(await run(['explain', BASELINE, '--policy', ENFORCING])).toMatchObject({ code: 0 });
  });

  test('is 1 for an instance that is left alone first', async () => {
    const soon = await explain([SESSION, IRRELEVANT], '--now', '2026-02-03T04:06:00Z');
    expect(soon.out).toContain('HOLD  rule session-started  guard tainted');
    expect(soon.code).toBe(1);
    expect(soon.out).toContain('  1 would be remediated later: on hold as tainted');
    expect((await explain([SESSION], '--now', '2026-02-05T04:06:00Z')).out).toContain('REMEDIATE');
  });

  test('is in the help text', async () => {
    const { out } = await run(['explain', '--help']);
    expect(out).toContain('Exit code: 1 something would be remediated');
  });
});

describe('the summary', () => {
  const EVENTS = [USER_DATA, UNDECIDED, SSH, IRRELEVANT, UNREADABLE];

  test('of one event is left out', async () => {
    expect((await explain([SSH])).out).not.toContain('Summary');
    expect((await explain([SSH], '--json')).lines).toHaveLength(1);
  });

  test('counts each event once, and lists what would be remediated and what is not known', async () => {
    const { out } = await explain(EVENTS);
    const path = file('events.json', EVENTS);
    expect(out.slice(out.indexOf('Summary')).split('\n')).toEqual([
      'Summary of 5 events, each decided by itself',
      '  2 would be remediated',
      '  0 would be remediated later: on hold as tainted',
      '  1 could not be read',
      '  1 could not be decided',
      '  0 on hold',
      '  0 ignored',
      '  1 irrelevant',
      '',
      '  Would be remediated, most severe first:',
      `    high      ${INSTANCE} was altered: its user data was changed: ${path} [0]`,
      `    high      ${GROUP}: SSH (tcp 22) open to the internet: tcp 22 from 0.0.0.0/0: ${path} [2]`,
      '',
      '  Could not be decided, or not all of it:',
      `    ${path} [1]`,
      '',
      '  Could not be read, or not all of it:',
      `    ${path} [4]`,
    ]);
  });

  test('for machines is the last line', async () => {
    const { lines } = await explain(EVENTS, '--json');
    const path = file('events.json', EVENTS);
    expect(lines).toHaveLength(6);
    expect(JSON.parse(lines[5] ?? '')).toEqual({
      summary: {
        events: 5,
        outcomes: { remediate: 2, later: 0, unreadable: 1, undecided: 1, hold: 0, ignore: 0, irrelevant: 1 },
        holds: {},
        wouldBeRemediated: [
          {
            ...{ input: path, index: 0, severity: 'high', rule: 'user-data-changed', later: false },
            resource: { type: 'instance', id: INSTANCE },
            summary: `${INSTANCE} was altered: its user data was changed`,
          },
          {
            ...{ input: path, index: 2, severity: 'high', rule: 'internet', later: false },
            resource: { type: 'security-group', id: GROUP },
            summary: 'SSH (tcp 22) open to the internet: tcp 22 from 0.0.0.0/0',
          },
        ],
        placeholders: [],
        undecided: [{ input: path, index: 1 }],
        unreadable: [{ input: path, index: 4 }],
      },
    });
  });

  test('puts the most severe first, and counts holds by guard', async () => {
    const all = fromRoot('events/cloudtrail.AuthorizeSecurityGroupIngress.all-traffic.json');
    const { out } = await run(['explain', file('user-data.json', USER_DATA), all, BASELINE, '--policy', ENFORCING]);
    expect(out).toMatch(/most severe first:\n {4}critical .*\n {4}high {5} /u);
    expect(out).toContain('  Decisions on hold, by guard:\n    baseline-changed: 1\n');
  });

  test('has one line for what many events are about, so that they hide nothing', async () => {
    const events = [...Array.from({ length: 25 }, () => SSH), USER_DATA];
    const { out } = await explain(events);
    const path = file('events.json', events);
    expect(out).toContain(
      [
        '  Would be remediated, most severe first:',
        `    high      ${GROUP}: SSH (tcp 22) open to the internet: tcp 22 from 0.0.0.0/0: 25 times, first in ${path} [0]`,
        `    high      ${INSTANCE} was altered: its user data was changed: ${path} [25]`,
      ].join('\n'),
    );
  });

  test('of a log file of a trail that is gzipped', async () => {
    const path = file('log.json.gz', '');
    writeFileSync(path, gzipSync(JSON.stringify({ Records: [SSH, SSH] })));
    const { out, code } = await run(['explain', path, '--policy', ENFORCING]);
    expect(code).toBe(1);
    expect(out).toContain('Summary of 2 events');
  });
});

test('of an event that could be read only in part, the rest is decided and shown', async () => {
  const event = fromRoot('events/cloudtrail.RevokeSecurityGroupIngress.rule-id-malformed.json');
  const { code, out, err } = await run(['explain', event, '--policy', ENFORCING]);
  expect(code).toBe(2);
  expect(err).toContain('expected an id such as sgr-0123456789abcdef0');
  expect(out).toContain('  error: detail.requestParameters.securityGroupRuleIds');
  expect(out).toContain('  IGNORE\n');
});
