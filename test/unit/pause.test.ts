import { describe, expect, it } from 'vitest';
import { copyPause, pauseFlagReader } from '../../src/pause.ts';
import { Refused, Retryable } from '../../src/roles.ts';
import { stepByStep } from '../../src/steps.ts';
import { FakeClock } from '../fakes/clock.ts';
import { FakePauseCopy, FakePauseParameter } from '../fakes/pause.ts';
import { FakeLog, FakeMeter } from '../fakes/telemetry.ts';

const NOON = '2026-03-01T12:00:00.000Z';
const THROTTLED = new Retryable('ssm:GetParameter cannot be answered now (ThrottlingException): Rate exceeded');
const RUN = { value: '{"paused":false}', version: 1 };
const STOP = { value: 'stopped', version: 2 };

/** A copy that was made just now and says run, and a parameter that says the same. */
function perfect(copied: { value: string; version: number; readAt: string } | null = { ...RUN, readAt: NOON }) {
  const clock = new FakeClock(NOON);
  const [parameter, copy, log, meter] = [
    new FakePauseParameter(clock),
    new FakePauseCopy(),
    new FakeLog(),
    new FakeMeter(),
  ];
  copy.stored = copied;
  const parts = { parameter, copy, clock, log, meter };
  const reader = pauseFlagReader(parts);
  return { ...parts, parts, read: () => reader.read(clock.iso()) };
}

describe('a worker', () => {
  it('reads the copy each time, and does not ask SSM', async () => {
    const at = perfect();
    expect(await at.read()).toEqual({ kind: 'running' });
    at.copy.stored = { ...STOP, readAt: NOON };
    expect(await at.read()).toEqual({ kind: 'stopped', why: 'not valid JSON' });
    expect(at.parameter.calls).toEqual([]);
  });

  it('goes by a copy for three minutes', async () => {
    const at = perfect();
    at.parameter.text = 'stopped';
    at.clock.advance(180);
    expect(await at.read()).toEqual({ kind: 'running' });
    at.clock.advance(0.001);
    expect(await at.read()).toMatchObject({ kind: 'stopped' });
  });

  it('sees a pause of the copy end', async () => {
    const pause = { until: '2026-03-01T12:01:00.000Z', reason: 'r', by: 'b', at: '2026-03-01T11:00:00.000Z' };
    const at = perfect({ value: JSON.stringify({ paused: true, ...pause }), version: 1, readAt: NOON });
    expect(await at.read()).toEqual({ kind: 'paused', ...pause });
    at.clock.advance(60);
    expect(await at.read()).toEqual({ kind: 'running' });
  });

  it.each([
    ['is too old', { ...RUN, readAt: '2026-03-01T11:56:59.999Z' }],
    ['is of the future', { ...RUN, readAt: '2026-03-01T12:01:00.001Z' }],
    ['is missing', null],
  ])('asks SSM where the copy %s', async (_case, copied) => {
    const at = perfect(copied);
    at.parameter.text = 'stopped';
    expect(await at.read()).toMatchObject({ kind: 'stopped' });
    expect(at.meter.total('SwitchUnreadable')).toBe(0);
  });

  it('asks SSM where the copy cannot be read', async () => {
    const at = perfect();
    at.parameter.text = 'stopped';
    at.copy.failNext(new Retryable('dynamodb:GetItem cannot be answered now'));
    expect(await at.read()).toMatchObject({ kind: 'stopped' });
  });

  it('asks SSM once in five seconds at most, also where it does not answer', async () => {
    const at = perfect(null);
    at.parameter.failing = THROTTLED;
    await at.read();
    at.clock.advance(4.999);
    await at.read();
    expect(at.parameter.callsOf('read')).toHaveLength(1);
    at.parameter.failing = null;
    at.clock.advance(0.001);
    expect(await at.read()).toEqual({ kind: 'running' });
    expect(at.parameter.callsOf('read')).toHaveLength(2);
  });

  it.each([
    ['nothing was ever read', null, null],
    ['the old copy says run', { ...RUN, readAt: '2026-03-01T11:00:00.000Z' }, { kind: 'running' }],
    [
      'the old copy says stop',
      { ...STOP, readAt: '2026-03-01T11:00:00.000Z' },
      { kind: 'stopped', why: 'not valid JSON' },
    ],
  ])(
    'does not throw where SSM cannot be reached either, and knows what was said last: %s',
    async (_case, copied, last) => {
      const at = perfect(copied);
      at.parameter.failing = THROTTLED;
      expect(await at.read()).toEqual({
        kind: 'unreadable',
        why: expect.stringContaining('ThrottlingException'),
        last,
      });
      expect(at.meter.total('SwitchUnreadable')).toBe(1);
    },
  );

  it('remembers what it read itself, where it is newer than the copy', async () => {
    const at = perfect({ ...RUN, readAt: '2026-03-01T11:00:00.000Z' });
    at.parameter.text = 'stopped';
    await at.read();
    at.parameter.failing = THROTTLED;
    at.clock.advance(5);
    expect(await at.read()).toMatchObject({ kind: 'unreadable', last: { kind: 'stopped' } });
  });

  it('counts a deleted parameter as unreadable', async () => {
    const at = perfect(null);
    at.parameter.text = null;
    expect(await at.read()).toMatchObject({ kind: 'unreadable', why: expect.stringContaining('ParameterNotFound') });
  });
});

describe('the scheduler', () => {
  const copied = (at: ReturnType<typeof perfect>) => copyPause(at.parts, stepByStep(at.log));

  it('copies the raw value, whatever it is, with when it was read', async () => {
    const at = perfect(null);
    at.parameter.text = 'stopped';
    at.clock.advance(5);
    expect(await copied(at)).toEqual({ kind: 'stopped', why: 'not valid JSON' });
    expect(at.copy.stored).toEqual({ value: 'stopped', version: 2, readAt: '2026-03-01T12:00:05.000Z' });
  });

  it('goes by a young copy while SSM does not answer, and leaves it as it is', async () => {
    const at = perfect({ ...STOP, readAt: NOON });
    at.parameter.failing = THROTTLED;
    at.clock.advance(180);
    expect(await copied(at)).toMatchObject({ kind: 'stopped' });
    expect(at.copy.callsOf('write')).toEqual([]);
    expect(at.meter.total('SwitchUnreadable')).toBe(0);
  });

  it('says so when there is no young copy either', async () => {
    const at = perfect({ ...STOP, readAt: NOON });
    at.parameter.failing = new Refused('ParameterNotFound');
    at.clock.advance(180.001);
    expect(await copied(at)).toEqual({
      kind: 'unreadable',
      why: 'the copy is of 2026-03-01T12:00:00.000Z; ParameterNotFound',
      last: { kind: 'stopped', why: 'not valid JSON' },
    });
    expect(at.meter.total('SwitchUnreadable')).toBe(1);
  });

  it('knows the flag although the copy cannot be written, and the failure comes out in the end', async () => {
    const at = perfect();
    at.copy.failNext(new Retryable('throttled'), 'write');
    const steps = stepByStep(at.log);
    expect(await copyPause(at.parts, steps)).toEqual({ kind: 'running' });
    expect(() => steps.end()).toThrow('write the copy of the pause flag: throttled');
  });
});
