import { expect, test } from 'vitest';
import type { SessionLog } from '../../src/roles.ts';

/** Session Manager with people in it. Session ids are its own to choose. */
export type SessionScene = {
  readonly log: SessionLog;
  /** A node that sessions can be begun on, new each time. */
  node(prefix?: 'i-' | 'mi-'): Promise<string>;
  begin(target: string): Promise<string>;
  end(sessionId: string): Promise<void>;
  now(): Date;
};

/** What the flow relies on of who is on an instance. */
export function sessionsSuite(make: () => Promise<SessionScene>): void {
  const LONG_AGO = '2020-01-01T00:00:00.000Z';

  test('an instance that nobody entered has none', async () => {
    const { log, node } = await make();
    expect(await log.sessionsOn(await node(), LONG_AGO)).toEqual([]);
  });

  test('a session is open until it is ended, and told with its end then', async () => {
    const { log, node, begin, end, now } = await make();
    const on = await node();
    const id = await begin(on);
    expect(await log.sessionsOn(on, LONG_AGO)).toEqual([{ id, endedAt: null }]);
    await end(id);
    const [over, ...rest] = await log.sessionsOn(on, LONG_AGO);
    expect([over?.id, rest]).toEqual([id, []]);
    expect(Math.abs(Date.parse(over?.endedAt ?? '') - now().getTime())).toBeLessThan(10_000);
  });

  test('of several each is told, and those on other instances are not', async () => {
    const { log, node, begin, end } = await make();
    const [one, other] = [await node(), await node()];
    const [first, second] = [await begin(one), await begin(one)];
    await begin(other);
    await end(first);
    const told = await log.sessionsOn(one, LONG_AGO);
    expect(Object.fromEntries(told.map(({ id, endedAt }) => [id, endedAt === null]))).toEqual({
      [first]: false,
      [second]: true,
    });
  });

  test('one that was begun before the time that is asked for is not told', async () => {
    const { log, node, begin, now } = await make();
    const on = await node();
    await begin(on);
    const later = new Date(now().getTime() + 60_000).toISOString();
    expect(await log.sessionsOn(on, later)).toEqual([]);
  });

  test('one is found by its id, whatever it is on', async () => {
    const { log, node, begin, end } = await make();
    const [ours, onPremises] = [await node(), await node('mi-')];
    const [first, second] = [await begin(ours), await begin(onPremises)];
    expect(await log.find(first)).toEqual({ id: first, target: ours, endedAt: null });
    expect(await log.find(second)).toMatchObject({ target: onPremises });
    await end(first);
    expect(await log.find(first)).toEqual({ id: first, target: ours, endedAt: expect.any(String) });
    expect(await log.find('nobody-0a1b2c3d4e5f60718')).toBeNull();
  });
}
