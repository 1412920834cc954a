import { expect, it } from 'vitest';
import { inService } from '../../../scripts/scene/estate.mjs';
import type { Deployed } from '../deployed.ts';
import { expectHeld, expectReplaced, fleetOf, setUserData, tell, userDataByHand } from './fleet-scene.ts';
import { watchFleet } from './fleet-watch.ts';

/** The smallest of groups: what a service feels of being put right. */
export function singleScenarios(deployed: () => Deployed): void {
  it.concurrent('a group of one that would be out is held', async () => {
    const at = deployed();
    const { name, instanceIds } = await fleetOf(at, 1);
    const [id = ''] = instanceIds;
    await setUserData(at, id);
    await tell(at, userDataByHand(id));
    await expectHeld(at, id, 'single-instance');
    expect(await inService(at.clients, name)).toEqual([id]);
  });

  it.concurrent('a group of one that launches first is replaced, and never without an instance', async () => {
    const at = deployed();
    const { name, instanceIds } = await fleetOf(at, 1, { launchFirst: true });
    const [id = ''] = instanceIds;
    const watch = watchFleet(at, name, 1);
    await setUserData(at, id);
    await tell(at, userDataByHand(id));
    await expectReplaced(at, name, id);
    expect(await watch.stop()).toMatchObject({ idle: 0, desired: [1] });
  });
}
