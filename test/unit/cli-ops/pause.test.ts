import { describe, expect, it } from 'vitest';
import { pauseSeconds, pauseWith, resumeWith } from '../../../cli/pause.ts';
import { pauseValue } from '../../../src/domain/pause.ts';
import { Refused, Retryable } from '../../../src/roles.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { FakePauseCopy, FakePauseParameter } from '../../fakes/pause.ts';
import { run, runWith } from './world.ts';

const PUT = '2026-05-01T12:10:00.000Z';

function world(before: string | null = '{"paused":false}') {
  const clock = new FakeClock(PUT);
  const [parameter, copy] = [new FakePauseParameter(clock), new FakePauseCopy()];
  parameter.text = before;
  const stages: string[] = [];
  const flagOf = async (stage: string) => {
    stages.push(stage);
    return { parameter, copy };
  };
  const writes = () => parameter.callsOf('write').map(({ args: [pause] }) => pause);
  return { parameter, copy, stages, writes, flagOf, user: () => 'alice@bastion' };
}

describe('pause', () => {
  it('writes until when, why and who, and says how to end it', async () => {
    const there = world();
    const { code, out } = await run(
      pauseWith(there),
      '--for',
      '2h',
      '--reason',
      'moving the database',
      '--stage',
      'prod',
    );
    expect(code).toBe(0);
    expect(there.stages).toEqual(['prod']);
    const pause = {
      until: '2026-05-01T14:10:00.000Z',
      reason: 'moving the database',
      by: 'alice@bastion',
      at: '2026-05-01T12:10:00.000Z',
    };
    expect(there.writes()).toEqual([pause]);
    expect(there.copy.stored).toEqual({ value: JSON.stringify({ paused: true, ...pause }), version: 3, readAt: PUT });
    expect(out).toBe(
      [
        'undrift-prod is paused until 2026-05-01 14:10:00 UTC (2 h).',
        'Recorded as alice@bastion (local user). CloudTrail names the ARN (PutParameter).',
        'Subscribers are notified within a few minutes.',
        'To end it sooner: undrift resume --stage prod',
      ].join('\n'),
    );
  });

  it('is an error, and says when it comes into force, while the copy cannot be written', async () => {
    const there = world();
    there.copy.failNext(new Retryable('dynamodb:PutItem cannot be answered now'), 'write');
    const { code, out, err } = await run(pauseWith(there), '--for', '2h', '--reason', 'moving the database');
    expect(there.writes()).toHaveLength(1);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toBe(
      'the pause until 2026-05-01 14:10:00 UTC comes into force within a minute: the copy that the workers read could not be written (dynamodb:PutItem cannot be answered now); the scheduler writes it',
    );
  });

  it('writes no copy of what SSM refused', async () => {
    const there = world();
    there.parameter.failNext(new Refused('ssm:PutParameter was refused'), 'write');
    const { code, err } = await run(pauseWith(there), '--for', '2h', '--reason', 'moving the database');
    expect({ code, err, copy: there.copy.stored }).toEqual({
      code: 2,
      err: 'ssm:PutParameter was refused',
      copy: null,
    });
  });

  it('is written although the parameter cannot be read', async () => {
    const there = world();
    there.parameter.failNext(new Retryable('throttled'), 'read');
    expect((await run(pauseWith(there), '--for', '2h', '--reason', 'x')).code).toBe(0);
    expect(there.writes()).toHaveLength(1);
  });

  it.each([
    ['2026-05-01T15:00:00.000Z', ', which would have lasted longer.'],
    ['2026-05-01T13:00:00.000Z', 'until 2026-05-01 13:00:00 UTC).'],
  ])('says whose pause, until %s, it takes the place of', async (until, end) => {
    const before = { paused: true, until, reason: 'a deployment', by: 'bob@laptop', at: '2026-05-01T11:00:00.000Z' };
    const there = world(JSON.stringify(before));
    const { out } = await run(pauseWith(there), '--for', '2h', '--reason', 'moving the database');
    const [, line] = out.split('\n');
    expect(line).toContain('It replaces the pause by bob@laptop ("a deployment", until ');
    expect(line?.endsWith(end)).toBe(true);
  });

  it('says that it gives an end to what had none', async () => {
    const { out } = await run(pauseWith(world('stopped')), '--for', '2h', '--reason', 'x');
    expect(out.split('\n')[1]).toBe('It replaces a value that had stopped undrift without an end (not valid JSON).');
  });

  it('writes what the switch understands, even for the longest pause', async () => {
    const there = world();
    await run(pauseWith(there), '--for', '1d', '--reason', 'x');
    const value = pauseValue(there.parameter.text ?? '', '2026-05-01T12:10:01.000Z');
    expect(value).toMatchObject({ kind: 'paused', until: '2026-05-02T12:10:00.000Z' });
  });

  it.each<readonly [readonly string[], RegExp]>([
    [['--reason', 'x'], /needs --for/u],
    [['--for', '2h'], /needs --reason/u],
    [['--for', '2h', '--reason', '  '], /needs --reason/u],
    [['--for', '25h', '--reason', 'x'], /at most 24h/u],
    [['--for', '2h', '--reason', 'x', '--stage', 'a b'], /--stage/u],
    [['--for', '2h', '--reason', 'x', 'stray'], /^pause: unexpected argument stray; see undrift pause --help$/u],
    [['--for', '2h', '--reason'], /^pause: --reason needs a value; see undrift pause --help$/u],
    [['--for', '--reason', 'x'], /^pause: --for needs a value; see undrift pause --help$/u],
  ])('%j is refused, and nothing is written', async (args, message) => {
    const there = world();
    const { code, err } = await run(pauseWith(there), ...args);
    expect([code, there.writes()]).toEqual([2, []]);
    expect(err).toMatch(message);
  });

  it.each([
    ['1m', 60],
    ['90m', 5400],
    ['24h', 86_400],
    ['1d', 86_400],
  ])('%s is %i seconds', (text, seconds) => {
    expect(pauseSeconds(text)).toBe(seconds);
  });

  it.each(['0m', '2', 'h', '2 h', '-2h', '1.5h', '2h30m', '2s', '1441m', '2d', '1w', ''])('%j is no time', (text) => {
    expect(() => pauseSeconds(text)).toThrow('--for');
  });
});

describe('the stage', () => {
  it.each([
    [['resume'], {}, 'dev'],
    [['resume'], { UNDRIFT_STAGE: 'prod' }, 'prod'],
    [['resume', '--stage', 'test'], { UNDRIFT_STAGE: 'prod' }, 'test'],
    [['pause', '--for', '2h', '--reason', 'x'], { UNDRIFT_STAGE: 'prod' }, 'prod'],
  ])('of %j with %j is %s', async ([name, ...args], env, stage) => {
    const there = world();
    await runWith(env, name === 'pause' ? pauseWith(there) : resumeWith(there), ...args);
    expect(there.stages).toEqual([stage]);
  });
});

describe('resume', () => {
  it.each(['stopped', '', null, JSON.stringify({ paused: true })])(
    'writes over %j that there is no pause',
    async (before) => {
      const there = world(before);
      const { code, out } = await run(resumeWith(there));
      expect(code).toBe(0);
      expect(there.writes()).toEqual([null]);
      expect(there.copy.stored?.value).toBe('{"paused":false}');
      expect(out).toContain('undrift-dev acts again.');
    },
  );

  it('says so when there was no pause, and writes it anyhow', async () => {
    const there = world();
    const { code, out } = await run(resumeWith(there), '--stage', 'prod');
    expect({ code, out }).toEqual({ code: 0, out: 'undrift-prod was not paused: nothing has changed.' });
    expect(there.copy.stored?.value).toBe('{"paused":false}');
  });

  it('is an error while the copy cannot be written: the workers still hold everything', async () => {
    const there = world('stopped');
    there.copy.failNext(new Refused('denied'), 'write');
    const { code, out, err } = await run(resumeWith(there));
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toBe(
      'undrift-dev acts again within a minute: the copy that the workers read could not be written (denied); the scheduler writes it',
    );
  });

  it('takes no other words', async () => {
    const there = world();
    const { code, err } = await run(resumeWith(there), '--for', '2h');
    expect([code, err]).toEqual([2, 'resume: unknown option --for; see undrift resume --help']);
    expect(there.writes()).toEqual([]);
  });
});
