import { expect, test } from 'vitest';
import type { HeartbeatParameter, HeartbeatReturns } from '../../src/roles.ts';

/** What the scheduler and the units rely on. `make` gives one that has seen no heartbeat. */
export function heartbeatReturnsSuite(make: () => Promise<HeartbeatReturns>): void {
  test('nothing has come back at first', async () => {
    expect(await (await make()).last('instances')).toBeNull();
  });

  test('each unit records its own, and the newest counts', async () => {
    const returns = await make();
    await returns.record('instances', '2026-03-01T13:00:00Z');
    await returns.record('instances', '2026-03-01T12:00:00Z');
    await returns.record('networks', '2026-03-01T12:00:00Z');
    expect(await returns.last('instances')).toBe('2026-03-01T13:00:00Z');
    expect(await returns.last('networks')).toBe('2026-03-01T12:00:00Z');
    expect(await returns.last('security-groups')).toBeNull();
  });

  test('the same one twice is one', async () => {
    const returns = await make();
    await returns.record('networks', '2026-03-01T12:00:00Z');
    await returns.record('networks', '2026-03-01T12:00:00Z');
    expect(await returns.last('networks')).toBe('2026-03-01T12:00:00Z');
  });
}

export type HeartbeatParameterSetting = {
  readonly parameter: HeartbeatParameter;
  /** What was written last; null where the parameter does not exist. */
  value(): Promise<string | null>;
};

/** `make` gives a parameter that does not exist: somebody may have deleted it. */
export function heartbeatParameterSuite(make: () => Promise<HeartbeatParameterSetting>): void {
  test('each write is a call that succeeds, also the first, and the second at the same instant', async () => {
    const { parameter, value } = await make();
    expect(await value()).toBeNull();
    for (const at of ['2026-03-01T12:00:00.000Z', '2026-03-01T13:00:00.000Z', '2026-03-01T13:00:00.000Z']) {
      await parameter.write(at);
      expect(await value()).toBe(at);
    }
  });
}
