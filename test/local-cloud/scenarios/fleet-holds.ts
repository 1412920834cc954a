import { expect, it } from 'vitest';
import { inService } from '../../../scripts/scene/estate.mjs';
import { deleteProfile, restoreProfile } from '../../../scripts/scene/profiles.mjs';
import type { Deployed } from '../deployed.ts';
import {
  expectHeld,
  expectReplaced,
  fleetOf,
  incidentsAbout,
  protectFromTermination,
  protectionByHand,
  setUserData,
  tell,
  userDataByHand,
} from './fleet-scene.ts';

/** What is looked at only before an act: could a successor be launched, and does somebody want the machine kept. */
export function holdScenarios(deployed: () => Deployed): void {
  it.concurrent('where the instance profile is gone nothing is replaced, until it is back', async () => {
    const at = deployed();
    const { name, instanceIds } = await fleetOf(at, 3);
    const [id = ''] = instanceIds;
    await deleteProfile(at.clients, name);
    await setUserData(at, id);
    await tell(at, userDataByHand(id));
    const { message } = await expectHeld(at, id, 'launch-suspended');
    expect(message.decision.reason).toContain(`the instance profile ${name} is not there`);
    expect(await inService(at.clients, name)).toEqual(instanceIds);
    await restoreProfile(at.clients, name);
    await expectReplaced(at, name, id);
  });

  it.concurrent('one that is protected from termination is held; who set that by hand does not keep it', async () => {
    const at = deployed();
    const { name, instanceIds } = await fleetOf(at, 3);
    const [id = ''] = instanceIds;
    await setUserData(at, id);
    await protectFromTermination(at, id);
    await tell(at, userDataByHand(id));
    const { message } = await expectHeld(at, id, 'protected');
    expect(message.decision.reason).toContain('is protected from termination');
    expect(await inService(at.clients, name)).toEqual(instanceIds);
    await tell(at, protectionByHand(id));
    const acted = await expectReplaced(at, name, id);
    expect(acted.message.decision).toMatchObject({ rule: 'termination-protection-changed' });
  });

  it.concurrent('where the policy puts up with the protection, it is replaced, and the entry is named', async () => {
    const at = deployed();
    const { name, instanceIds } = await fleetOf(at, 7);
    const [id = ''] = instanceIds;
    await setUserData(at, id);
    await protectFromTermination(at, id);
    await tell(at, userDataByHand(id));
    await expectReplaced(at, name, id);
    const [incident] = await incidentsAbout(at, [id]);
    expect(incident?.finding.evidence.join('\n')).toContain(
      'by replaceDespite[0] (These machines are protected by habit.)',
    );
  });
}
