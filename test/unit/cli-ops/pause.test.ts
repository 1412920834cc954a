import { describe, expect, it } from 'vitest';
import { pauseSeconds, pauseWith, resumeWith } from '../../../cli/pause.ts';
import { parsePause } from '../../../src/aws/pause.ts';
import type { Pause } from '../../../src/roles.ts';
import { run, runWith } from './world.ts';

function world(paused = true, before: Pause | null = null) {
  const writes: { readonly stage: string; readonly pause: Pause | null }[] = [];
  return {
    writes,
    pause: async (stage: string, _env: unknown, pause: Pause) => {
      writes.push({ stage, pause });
      return before;
    },
    resume: async (stage: string) => {
      writes.push({ stage, pause: null });
      return paused;
    },
    user: () => 'alice@bastion',
  };
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
    expect(there.writes).toEqual([
      {
        stage: 'prod',
        pause: {
          until: '2026-05-01T14:10:00.000Z',
          reason: 'moving the database',
          by: 'alice@bastion',
          at: '2026-05-01T12:10:00.000Z',
        },
      },
    ]);
    expect(out).toBe(
      [
        'undrift-prod is paused until 2026-05-01 14:10:00 UTC (2 h).',
        'Signed alice@bastion, the user of this machine; CloudTrail has the ARN behind it (PutParameter).',
        'You will be told of it by a notice within some minutes: the recheck watches the switch.',
        'To end it before its time: npx undrift resume --stage prod',
      ].join('\n'),
    );
  });

  it.each([
    ['2026-05-01T15:00:00.000Z', ', which would have lasted longer.'],
    ['2026-05-01T13:00:00.000Z', 'until 2026-05-01 13:00:00 UTC).'],
  ])('says whose pause, until %s, it takes the place of', async (until, end) => {
    const before = { until, reason: 'a deployment', by: 'bob@laptop', at: '2026-05-01T11:00:00.000Z' };
    const { out } = await run(pauseWith(world(true, before)), '--for', '2h', '--reason', 'moving the database');
    const [, line] = out.split('\n');
    expect(line).toContain('It takes the place of the pause by bob@laptop ("a deployment", until ');
    expect(line?.endsWith(end)).toBe(true);
  });

  it('writes what the switch understands, even for the longest pause', async () => {
    const there = world();
    await run(pauseWith(there), '--for', '1d', '--reason', 'x');
    const text = JSON.stringify({ paused: true, ...there.writes[0]?.pause });
    expect(parsePause(text, '2026-05-01T12:10:01.000Z')?.until).toBe('2026-05-02T12:10:00.000Z');
  });

  it.each<readonly [readonly string[], RegExp]>([
    [['--reason', 'x'], /needs --for/u],
    [['--for', '2h'], /needs --reason/u],
    [['--for', '2h', '--reason', '  '], /needs --reason/u],
    [['--for', '25h', '--reason', 'x'], /at most 24h/u],
    [['--for', '2h', '--reason', 'x', '--stage', 'a b'], /--stage/u],
    [['--for', '2h', '--reason', 'x', 'stray'], /stray/u],
    [['--for', '2h', '--reason'], /reason/u],
  ])('%j is refused, and nothing is written', async (args, message) => {
    const there = world();
    const { code, err } = await run(pauseWith(there), ...args);
    expect([code, there.writes]).toEqual([2, []]);
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
    expect(there.writes).toMatchObject([{ stage }]);
  });
});

describe('resume', () => {
  it('writes that there is no pause', async () => {
    const there = world();
    const { code, out } = await run(resumeWith(there));
    expect(code).toBe(0);
    expect(there.writes).toEqual([{ stage: 'dev', pause: null }]);
    expect(out).toContain('undrift-dev acts again.');
  });

  it('says so when there was no pause', async () => {
    const { code, out } = await run(resumeWith(world(false)), '--stage', 'prod');
    expect({ code, out }).toEqual({ code: 0, out: 'undrift-prod was not paused: nothing has changed.' });
  });

  it('takes no other words', async () => {
    const there = world();
    expect((await run(resumeWith(there), '--for', '2h')).code).toBe(2);
    expect(there.writes).toEqual([]);
  });
});
