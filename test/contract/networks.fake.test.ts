import { describe, expect, test } from 'vitest';
import { Retryable } from '../../src/roles.ts';
import { fakeScene } from './network-scene.fake.ts';
import { detachSuite, prefixListsSuite } from './networks.suite.ts';
import { interfacesSuite } from './surroundings.suite.ts';

describe('groups off interfaces', () => detachSuite(fakeScene));
describe('prefix lists', () => prefixListsSuite(fakeScene));
describe('interfaces', () => interfacesSuite(fakeScene, 'networks'));

test('a call of the fake that fails has no effect', async () => {
  const { networks, world, newGroup, newInterface, newPrefixList } = await fakeScene();
  const [one, two] = [await newGroup(), await newGroup()];
  const id = await newInterface([one, two]);
  const listId = await newPrefixList(['0.0.0.0/1']);
  for (const name of ['detach', 'removeEntries']) networks.failNext(new Retryable('not now'), name);
  await expect(networks.detach(id, [two])).rejects.toThrow('not now');
  await expect(networks.removeEntries(listId, ['0.0.0.0/1'])).rejects.toThrow('not now');
  expect(world.truth.interfaces[id]?.groupIds).toEqual([one, two]);
  expect(world.truth.prefixLists[listId]?.cidrs).toEqual(['0.0.0.0/1']);
});
