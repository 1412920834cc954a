import { expect, test } from 'vitest';
import { type PauseParameter, Refused } from '../../src/roles.ts';
import type { FakeClock } from '../fakes/clock.ts';

export type PauseParameterWorld = {
  readonly parameter: PauseParameter;
  readonly clock: FakeClock;
  /** As by the AWS CLI; null deletes it. */
  put(text: string | null): Promise<void>;
};

const PAUSE = {
  until: '2026-03-01T14:00:00.000Z',
  reason: 'game day',
  by: 'arn:aws:iam::123456789012:user/ann',
  at: '2026-03-01T11:00:00.000Z',
};

/** What is relied on of the parameter of the pause flag. `make` gives one that does not exist, at 12:00. */
export function pauseParameterSuite(make: () => Promise<PauseParameterWorld>): void {
  test('a value comes back as it was written, whatever it is, with when it was read', async () => {
    const { parameter, clock, put } = await make();
    await put('stopped');
    clock.advance(5);
    expect(await parameter.read()).toMatchObject({ value: 'stopped', readAt: '2026-03-01T12:00:05.000Z' });
  });

  test('each write raises the version, and returns what was written', async () => {
    const { parameter, put } = await make();
    await put('{"paused":false}');
    const first = await parameter.read();
    const paused = await parameter.write(PAUSE);
    expect(paused.value).toBe(JSON.stringify({ paused: true, ...PAUSE }));
    expect(paused.version).toBeGreaterThan(first.version);
    expect(await parameter.read()).toEqual(paused);
    const resumed = await parameter.write(null);
    expect(resumed.value).toBe('{"paused":false}');
    expect(resumed.version).toBeGreaterThan(paused.version);
  });

  test('one that does not exist is refused', async () => {
    const { parameter, put } = await make();
    await expect(parameter.read()).rejects.toBeInstanceOf(Refused);
    await put('stopped');
    await put(null);
    await expect(parameter.read()).rejects.toBeInstanceOf(Refused);
  });
}
