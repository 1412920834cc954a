import { expect, test } from 'vitest';
import type { Tags } from '../../src/domain/estate.ts';
import type { ManagedNodes } from '../../src/roles.ts';

/** Systems Manager with machines that it looks after, new ones for each scene. */
export type NodesScene = {
  readonly nodes: ManagedNodes;
  /** Its id begins with the prefix. */
  node(tags: Tags, prefix?: 'i-' | 'mi-'): Promise<string>;
  /** Runs a command on these, and leaves it at work when it has come to so many of them. @returns its id */
  run(ids: readonly string[], first?: number): Promise<string>;
  /** Lets it come to the rest. */
  finish(commandId: string): Promise<void>;
};

/** What the flow relies on of whom a call of Systems Manager means. */
export function managedNodesSuite(make: () => Promise<NodesScene>): void {
  test('a command reached those that it was run on, and they are all', async () => {
    const { nodes, node, run } = await make();
    const [one, two, elsewhere] = [await node({}), await node({}), await node({}, 'mi-')];
    await node({});
    const { ids, complete } = await nodes.reachedBy(await run([one, two, elsewhere]));
    expect([[...ids].sort(), complete]).toEqual([[one, two].sort(), true]);
  });

  test('a command that goes on may reach more', async () => {
    const { nodes, node, run, finish } = await make();
    const [one, two] = [await node({}), await node({})].sort();
    const id = await run([one ?? '', two ?? ''], 1);
    expect(await nodes.reachedBy(id)).toEqual({ ids: [one], complete: false });
    await finish(id);
    const { ids, complete } = await nodes.reachedBy(id);
    expect([[...ids].sort(), complete]).toEqual([[one, two], true]);
  });

  test('a command that nobody sent has reached nobody yet', async () => {
    const { nodes } = await make();
    expect(await nodes.reachedBy('00000000-0000-4000-8000-000000000000')).toEqual({ ids: [], complete: false });
  });

  test('machines are found by one of the values of each tag, and by a tag whatever its value', async () => {
    const { nodes, node } = await make();
    const app = `app-${await node({})}`;
    const prod = await node({ App: app, Env: 'prod' });
    const stage = await node({ App: app, Env: 'stage' });
    const bare = await node({ App: app });
    await node({ App: app, Env: 'prod' }, 'mi-');
    const mine = { key: 'tag:App', values: [app] };
    const found = async (...filters: Parameters<ManagedNodes['carrying']>[0]) =>
      [...(await nodes.carrying([mine, ...filters]))].sort();
    expect(await found()).toEqual([prod, stage, bare].sort());
    expect(await found({ key: 'tag:Env', values: ['prod', 'dev'] })).toEqual([prod]);
    expect(await found({ key: 'tag:Env', values: [] })).toEqual([prod, stage].sort());
    expect(await found({ key: 'tag-key', values: ['Env'] })).toEqual([prod, stage].sort());
    expect(await found({ key: 'tag:Env', values: ['pro*'] })).toEqual([]);
  });

  test('all of them are found without a filter', async () => {
    const { nodes, node } = await make();
    const [ours, elsewhere] = [await node({}), await node({}, 'mi-')];
    const all = await nodes.carrying([]);
    expect(all).toContain(ours);
    expect(all).not.toContain(elsewhere);
  });
}
