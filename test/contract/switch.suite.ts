import { expect, test } from 'vitest';
import { type Pause, Retryable, type Switch } from '../../src/roles.ts';

export type SwitchSetting = {
  readonly theSwitch: Switch;
  /** The text of the parameter; null deletes it. */
  write(text: string | null): Promise<void>;
  pause(pause: Pause | null): Promise<void>;
};

const NOW = '2026-03-01T12:00:00.000Z';
const PAUSE: Pause = {
  until: '2026-03-01T14:00:00.000Z',
  reason: 'game day',
  by: 'arn:aws:iam::123456789012:user/ann',
  at: '2026-03-01T11:00:00.000Z',
};
const text = (given: object) => JSON.stringify({ paused: true, ...PAUSE, ...given });

/** What the flow relies on of the pause switch: it is read, or nothing is done. */
export function switchSuite(make: () => Promise<SwitchSetting>): void {
  test('a pause is in force until its end, and can be taken back', async () => {
    const { theSwitch, pause } = await make();
    await pause(PAUSE);
    expect(await theSwitch.read('2026-03-01T13:59:59.999Z')).toEqual(PAUSE);
    expect(await theSwitch.read('2026-03-01T14:00:00.000Z')).toBeNull();
  });

  test('nobody has paused', async () => {
    const { theSwitch, pause } = await make();
    await pause(null);
    expect(await theSwitch.read(NOW)).toBeNull();
  });

  test('an offset is understood', async () => {
    const { theSwitch, write } = await make();
    await write(text({ until: '2026-03-01T15:00:00+01:00' }));
    expect(await theSwitch.read(NOW)).toEqual(PAUSE);
  });

  test.each([
    ['there is no parameter', null],
    ['it is not JSON', 'paused'],
    ['it is a list', '[]'],
    ['it says nothing', '{}'],
    ['paused is a word', '{"paused":"false"}'],
    ['it has no end', text({ until: undefined })],
    ['its end has no offset', text({ until: '2026-03-01T14:00:00' })],
    ['its end is a bare date', text({ until: '2026-03-02' })],
    ['its end is no date', text({ until: '2026-13-41T00:00:00Z' })],
    ['nobody gave a reason', text({ reason: '' })],
    ['nobody signed it', text({ by: undefined })],
    ['it lasts more than 24 hours', text({ until: '2026-03-02T11:00:00.001Z' })],
    ['it was made in the future', text({ at: '2026-03-01T12:05:01Z' })],
  ])('when %s, the switch cannot be read', async (_title, written) => {
    const { theSwitch, write } = await make();
    await write(written);
    const reading = theSwitch.read(NOW);
    await expect(reading).rejects.toBeInstanceOf(Retryable);
    await expect(reading).rejects.toThrow(/^the pause switch .* cannot be read: ./);
  });
}
