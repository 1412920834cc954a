import { describe, expect, it } from 'vitest';
import { ComeBack } from '../../src/deps.ts';
import type { ResourceRef } from '../../src/domain/change.ts';
import { eachOf, narrowed, type Run } from '../../src/run.ts';

const groups = (count: number): readonly ResourceRef[] =>
  Array.from({ length: count }, (_, n) => ({ type: 'security-group', id: `sg-${n}` }));

const EVENT: Run = { cause: 'event', remaining: () => 60_000 };
const recheckOf = (only: ResourceRef): Run => ({ cause: 'recheck', only, remaining: () => 60_000 });

describe('the resources of one change', () => {
  it('are all judged, or the one that is asked about', () => {
    const [first, second] = groups(2) as [ResourceRef, ResourceRef];
    expect(narrowed([first, second], EVENT)).toEqual([first, second]);
    expect(narrowed([first, second], recheckOf(second))).toEqual([second]);
    // The incident of an interface comes from a change of a group.
    const only = { type: 'network-interface', id: 'eni-1' } as const;
    expect(narrowed([first, second], recheckOf(only))).toEqual([first, second]);
  });

  it('stay the instance that was found by its address, when the address has gone to nobody, or to another', () => {
    const only = { type: 'instance', id: 'i-1' } as const;
    const address: ResourceRef = { type: 'targets', id: 'address=10.0.1.77' };
    expect(narrowed([address], recheckOf(only))).toEqual([only]);
    expect(narrowed([], recheckOf(only))).toEqual([only]);
    expect(narrowed([{ type: 'instance', id: 'i-2' }], recheckOf(only))).toEqual([only]);
    expect(narrowed([{ type: 'network-interface', id: 'eni-1' }], recheckOf(only))).toEqual([only]);
    expect(narrowed([address], recheckOf(address))).toEqual([address]);
    expect(narrowed([address], EVENT)).toEqual([address]);
  });

  it('are judged five at a time, in their order', async () => {
    let [now, most] = [0, 0];
    const ids = await eachOf(groups(12), EVENT, async ({ id }) => {
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setImmediate(resolve));
      now -= 1;
      return id;
    });
    expect(ids).toEqual(groups(12).map(({ id }) => id));
    expect(most).toBe(5);
  });

  it.each<[string, Record<string, Error>, string]>([
    ['one fails', { 'sg-1': new Error('boom') }, 'boom'],
    ['one has to wait', { 'sg-1': new ComeBack(5, 'busy') }, 'busy'],
    ['one has to wait and a later one fails', { 'sg-1': new ComeBack(5, 'busy'), 'sg-7': new Error('boom') }, 'boom'],
  ])('are all tried when %s, which is told then', async (_name, errors, message) => {
    const tried: string[] = [];
    const deal = async ({ id }: ResourceRef) => {
      tried.push(id);
      if (errors[id] !== undefined) throw errors[id];
    };
    await expect(eachOf(groups(8), EVENT, deal)).rejects.toThrow(message);
    expect(tried).toHaveLength(8);
  });

  it('that the time does not suffice for wait for another turn; the first five never do', async () => {
    const tried: string[] = [];
    const deal = async ({ id }: ResourceRef) => void tried.push(id);
    const run = { cause: 'event', remaining: () => 23_999 } as const;
    await expect(eachOf(groups(12), run, deal)).rejects.toThrow(
      new ComeBack(1, '7 of 12 resources are still to be judged'),
    );
    expect(tried).toHaveLength(5);
    await expect(eachOf(groups(5), run, deal)).resolves.toHaveLength(5);
    await expect(eachOf(groups(12), { cause: 'event', remaining: () => 24_000 }, deal)).resolves.toHaveLength(12);
  });
});
