import { expect, it } from 'vitest';
import type { Baseline } from '../../src/domain/estate.ts';
import { call } from './events.ts';
import { World } from './world.ts';

const BASELINE: Baseline = { name: 'lt-1 version 1', userData: null, securityGroupIds: ['sg-1'], profile: null };

/** StopInstances, RebootInstances and CreateTags take a thousand ids. */
it('every machine of a call that names more of them than a worker has time for is judged in the end', async () => {
  const at = new World();
  const tags = { 'undrift:replace': 'allowed' };
  const ids = at.fleet.addGroup({ name: 'web', desired: 300, max: 400, tags }, BASELINE);
  // A look takes a quarter of a second, so that a worker gets to 145 of them in the 36 seconds that it has.
  let looks = 0;
  const [copyPause, readPause, readFleet] = [
    at.copy.write.bind(at.copy),
    at.copy.read.bind(at.copy),
    at.fleet.read.bind(at.fleet),
  ];
  at.copy.read = async () => {
    looks = 0;
    return readPause();
  };
  at.copy.write = async (reading) => {
    looks = 0;
    return copyPause(reading);
  };
  at.fleet.read = async (resource) => {
    looks += 1;
    return readFleet(resource);
  };
  Object.defineProperty(at, 'remaining', { get: () => 60_000 - looks * 250 });
  const items = ids.map((instanceId) => ({ instanceId }));
  at.send('instances', call('RebootInstances', at.clock.iso(), { requestParameters: { instancesSet: { items } } }));
  await at.run(1800);
  const judged = new Set(at.ledger.incidents.map(({ resource }) => resource.id));
  expect(ids.filter((id) => !judged.has(id))).toEqual([]);
  expect(at.parked).toEqual([]);
});
