import { describe, expect, test } from 'vitest';
import type { Io } from '../../../cli/command.ts';
import { main } from '../../../cli/main.ts';
import { fakeIo, run } from './fake-io.ts';
import { ENFORCING, fromRoot, POLICY } from './files.ts';

describe('help', () => {
  test.each([[['--help']], [['-h']], [['help']]])('%j lists the commands', async (argv) => {
    const { code, out, err } = await run(argv);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    for (const name of ['explain', 'policy', 'incidents', 'pause', 'resume', 'taint'])
      expect(out).toMatch(new RegExp(`^  ${name} +\\w`, 'm'));
  });

  test.each([
    [['help', 'explain']],
    [['explain', '--help']],
    [['explain', '-h']],
    [['explain', 'event.json', '--help']],
  ])('%j tells of one', async (argv) => {
    const { code, out } = await run(argv);
    expect(code).toBe(0);
    expect(out).toMatch(/^undrift explain FILE/);
  });

  test('after -- it is the name of a file', async () => {
    const { code, err } = await run(['explain', '--policy', POLICY, '--', '--help']);
    expect({ code, err }).toEqual({ code: 2, err: 'explain: --help: no such file' });
  });

  test('no line is wider than a terminal', async () => {
    const { lines } = await run(['help', 'explain']);
    expect(
      Math.max(
        ...lines
          .join('\n')
          .split('\n')
          .map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(80);
  });

  test('nothing is an error, and shows the way', async () => {
    const { code, out, err } = await run([]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('undrift COMMAND [options]');
  });
});

test('--version', async () => {
  expect(await run(['--version'])).toMatchObject({ code: 0, out: 'undrift 0.0.0-test (test)' });
});

describe('what does not exist', () => {
  test.each([
    [['explian'], 'undrift: unknown command explian: did you mean explain?'],
    [['pauze'], 'undrift: unknown command pauze: did you mean pause?'],
    [
      ['frobnicate'],
      'undrift: unknown command frobnicate: the commands are explain, policy, incidents, pause, resume, taint, help',
    ],
    [
      ['constructor'],
      'undrift: unknown command constructor: the commands are explain, policy, incidents, pause, resume, taint, help',
    ],
    [
      ['--verbose'],
      'undrift: unknown option --verbose: the commands are explain, policy, incidents, pause, resume, taint, help',
    ],
    [['help', 'polici'], 'undrift: unknown command polici: did you mean policy?'],
  ])('%j', async (argv, message) => {
    expect(await run(argv)).toMatchObject({ code: 2, out: '', err: message });
  });
});

test('an input that breaks is one line', async () => {
  const io: Io = {
    ...fakeIo(),
    input: () => {
      throw new TypeError('boom');
    },
  };
  const complained: string[] = [];
  const code = await main(['explain', '-', '--policy', POLICY], { ...io, err: (line) => complained.push(line) });
  expect({ code, complained }).toEqual({ code: 2, complained: ['explain: -: could not be read (no code)'] });
});

describe('the answer for people', () => {
  const event = (name: string) => fromRoot(`events/${name}.json`);
  const explain = async (...argv: string[]) => (await run(['explain', '--policy', ENFORCING, ...argv])).out;

  test('what happened, what is decided, what goes and what stays', async () => {
    const path = event('cloudtrail.AuthorizeSecurityGroupIngress.ssh-beside-https');
    expect(await explain(path)).toBe(
      [
        path,
        '  AuthorizeSecurityGroupIngress on security-group sg-0a1b2c3d4e5f60718',
        '  by arn:aws:iam::123456789012:user/ada, not a trusted actor',
        '  at 2026-02-03T04:05:06Z in account 123456789012, Region eu-west-1',
        '',
        '  Assumed, because --estate was not given:',
        '    - sg-0a1b2c3d4e5f60718 has no rules but those in the event.',
        '    - sg-0a1b2c3d4e5f60718 belongs to account 123456789012, has no tags, and',
        '      is used by no load balancer and no AWS service.',
        '',
        '  REMEDIATE  rule internet',
        '    SSH (tcp 22) open to the internet: tcp 22 from 0.0.0.0/0',
        '    will revoke sgr-0000000000000010c (tcp 22 from 0.0.0.0/0)',
        '',
        '  Not checked here; each can also put this on hold: paused, not-ours,',
        '    shared.',
        '',
        '  sg-0a1b2c3d4e5f60718, inbound',
        '    SSH (tcp 22), IPv4: 3,702,258,690 public addresses may come in; the limit is 16,777,216.',
        '      sgr-0000000000000010c  tcp 22 from 0.0.0.0/0  3,702,258,690 addresses  goes: the change added it',
        '    Not counted: sgr-0000000000000010b tcp 443 from 0.0.0.0/0 (not on a',
        '      protected port); sgr-0000000000000010d tcp 22 from 10.0.0.0/8 (no',
        '      public address).',
      ].join('\n'),
    );
  });

  test('a trusted actor is named by its entry', async () => {
    expect(await explain(event('cloudtrail.ModifyInstanceAttribute.by-auto-scaling'))).toContain(
      'trusted by the entry auto-scaling',
    );
  });

  test('a hold says what it holds', async () => {
    const out = await explain(event('cloudtrail.AuthorizeSecurityGroupIngress.world-ssh'), '--policy', POLICY);
    expect(out).toContain('  HOLD  rule internet  guard observe\n    held: the policy observes here (mode)\n');
    expect(out).toContain('    would revoke sgr-00000000000000101 (tcp 22 from 0.0.0.0/0)');
  });

  test('several events are numbered only within one file', async () => {
    const path = event('guardduty.Finding.sample');
    const out = await explain(path, event('s3.ObjectCreated.plain'));
    expect(out.split('\n').slice(0, 4)).toEqual([path, '  IRRELEVANT', '    a sample finding of GuardDuty', '']);
  });

  test('colours only where they may be', async () => {
    const io = fakeIo();
    await main(['explain', '--policy', POLICY, event('guardduty.Finding.sample')], { ...io, colour: true });
    expect(io.printed.join('\n')).toContain('\u001b[32mIRRELEVANT\u001b[0m');
    expect(await explain(event('guardduty.Finding.sample'))).not.toContain('\u001b');
  });
});
