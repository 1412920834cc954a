import { expect, it } from 'vitest';
import { ruleIds, tcp } from '../../../scripts/scene/estate.mjs';
import { changePrefixList, entriesOf, makePrefixList, restorePrefixList } from '../../../scripts/scene/network.mjs';
import { prefixListEvent, restoreEvent } from '../../../scripts/scene/network-events.mjs';
import type { Deployed } from '../deployed.ts';
import { expectRevoked, groupWith, type Kept, OFFICE, openHarmless, PRIVATE, tell, WORLD } from './network-scene.ts';

const HALVES = ['0.0.0.0/1', '128.0.0.0/1'];

/** Two groups that name the list while it is narrow, and one that has nothing to do with it. */
async function namingList(at: Deployed, listId: string) {
  const naming = async () => {
    const { groupId, siblings } = await groupWith(at, PRIVATE, OFFICE);
    const permission = { ...tcp(22), PrefixListIds: [{ PrefixListId: listId }] };
    return { groupId, left: siblings, gone: await openHarmless(at, groupId, permission) };
  };
  const other = await groupWith(at, PRIVATE, OFFICE);
  return { groups: await Promise.all([naming(), naming()]), other };
}

/** A list that is widened after rules name it: the rules go, of every group, and the list stays as it is. */
export function prefixListScenarios(deployed: () => Deployed, kept: Kept): void {
  it.concurrent('revokes the rules of both groups that name a prefix list when it is widened', async () => {
    const at = deployed();
    const listId = await makePrefixList(at.clients, 'widened', ['52.94.76.0/24']);
    const { groups, other } = await namingList(at, listId);
    const version = await changePrefixList(at.clients, listId, { add: [WORLD] });
    await tell(at, prefixListEvent(listId, version, [WORLD]));
    for (const group of groups) await expectRevoked(at, group, kept);
    expect(await ruleIds(at.clients, other.groupId)).toEqual(other.siblings);
    expect(await entriesOf(at.clients, listId)).toEqual([WORLD, '52.94.76.0/24']);
  });

  it.concurrent('revokes them when a version comes back that was wide', async () => {
    const at = deployed();
    const listId = await makePrefixList(at.clients, 'restored', HALVES);
    await changePrefixList(at.clients, listId, { add: ['52.94.76.0/24'], remove: HALVES });
    const { groups, other } = await namingList(at, listId);
    const version = await restorePrefixList(at.clients, listId, 1);
    await tell(at, restoreEvent(listId, version, 1));
    for (const group of groups) await expectRevoked(at, group, kept);
    expect(await ruleIds(at.clients, other.groupId)).toEqual(other.siblings);
    expect(await entriesOf(at.clients, listId)).toEqual(HALVES);
  });
}
