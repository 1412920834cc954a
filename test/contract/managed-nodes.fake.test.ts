import { describe } from 'vitest';
import { FakeManagedNodes } from '../fakes/managed-nodes.ts';
import { counter } from '../fakes/world.ts';
import { managedNodesSuite } from './managed-nodes.suite.ts';

const newNode = counter('node');
const newCommand = counter('command');

describe('managed nodes, the fake', () =>
  managedNodesSuite(async () => {
    const nodes = new FakeManagedNodes();
    const sent = new Map<string, readonly string[]>();
    return {
      nodes,
      node: async (tags, prefix = 'i-') => {
        const id = `${prefix}${newNode()}`;
        nodes.manage(id, tags);
        return id;
      },
      run: async (ids, first) => {
        const id = newCommand();
        sent.set(id, ids);
        nodes.reach(id, ids.slice(0, first), first === undefined);
        return id;
      },
      finish: async (id) => nodes.reach(id, sent.get(id) ?? []),
    };
  }));
