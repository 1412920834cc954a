import { expect, test } from 'vitest';
import type { Queue } from '../../src/aws/queue.ts';

export type Message = {
  readonly body: string;
  readonly receiptHandle: string;
  readonly attributes: Readonly<Record<string, string>>;
};
export type QueueSetting = {
  readonly queue: Queue;
  readonly queueUrl: string;
  /** Takes all that is visible; for a minute nobody else sees it. */
  receive(): Promise<readonly Message[]>;
};

/** What handlers rely on of the queues. `make` gives an empty one. */
export function queueSuite(make: () => Promise<QueueSetting>): void {
  test('every incident is woken, however many', async () => {
    const { queue, queueUrl, receive } = await make();
    const keys = Array.from({ length: 23 }, (_, n) => `sg-${n}/ingress/"tcp"/0.0.0.0/0`);
    await queue.wake(queueUrl, keys);
    await queue.wake(queueUrl, []);
    const woken = (await receive()).map(({ body }) => JSON.parse(body) as { undrift: string; incident: string });
    expect(new Set(woken.map(({ undrift }) => undrift))).toEqual(new Set(['recheck']));
    expect(woken.map(({ incident }) => incident).sort()).toEqual([...keys].sort());
  });

  test('every message is sent, however many', async () => {
    const { queue, queueUrl, receive } = await make();
    const messages = Array.from({ length: 12 }, (_, n) => ({ undrift: 'found', group: `sg-${n}` }));
    await queue.send(queueUrl, messages);
    await queue.send(queueUrl, []);
    const sent = (await receive()).map(({ body }) => body).sort();
    expect(sent).toEqual(messages.map((message) => JSON.stringify(message)).sort());
  });

  test('a parked message says why, by whom and which it was', async () => {
    const { queue, queueUrl, receive } = await make();
    const message = { body: '{"not":"ours"}', parkedBy: 'instances', originalMessageId: 'm-1' };
    await queue.park(queueUrl, { ...message, reason: `line one\nzwölf ${'x'.repeat(2000)}` });
    const [parked] = await receive();
    expect(parked?.body).toBe('{"not":"ours"}');
    expect(parked?.attributes).toMatchObject({ parkedBy: 'instances', originalMessageId: 'm-1' });
    expect(parked?.attributes.reason).toMatch(/^line one zw lf x+$/);
    expect(parked?.attributes.reason).toHaveLength(1024);
  });

  test('a parked message without a reason still says that', async () => {
    const { queue, queueUrl, receive } = await make();
    await queue.park(queueUrl, { body: 'x', parkedBy: 'instances', originalMessageId: 'm-1', reason: '' });
    expect((await receive())[0]?.attributes.reason).toBe('unknown');
  });

  test('a message that is put off for no time is there again at once', async () => {
    const { queue, queueUrl, receive } = await make();
    await queue.wake(queueUrl, ['a']);
    const [taken] = await receive();
    expect(await receive()).toEqual([]);
    await queue.later(queueUrl, taken?.receiptHandle ?? '', 0);
    expect((await receive()).map(({ body }) => body)).toEqual([taken?.body]);
  });
}
