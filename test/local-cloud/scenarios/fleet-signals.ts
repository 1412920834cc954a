import { UpdateAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling';
import { expect, it } from 'vitest';
import { inService } from '../../../scripts/scene/estate.mjs';
import { call } from '../../../scripts/scene/events.mjs';
import { until } from '../../../scripts/scene/until.mjs';
import { type Deployed, noticesAbout } from '../deployed.ts';
import { closeSession, openSession } from './fleet-inside.ts';
import {
  actsOn,
  BY_HAND,
  expectHeld,
  expectReplaced,
  fleetOf,
  incidentsAbout,
  openRouting,
  setUserData,
  tell,
  userDataByHand,
  verdictOn,
} from './fleet-scene.ts';

/** One of each kind of signal, one after the other, on the same group. Each event comes twice. */
export function signalScenarios(deployed: () => Deployed): void {
  it.concurrent.each([1, 3, 50])('entered, changed, differing, its baseline changed: a group of %i', async (size) => {
    const at = deployed();
    const { name } = await fleetOf(at, size, { launchFirst: size === 1 });
    const someone = async () => (await inService(at.clients, name))[0] ?? '';
    const twice = (event: ReturnType<typeof call> | ReturnType<typeof verdictOn>) => tell(at, event, event);

    const entered = await someone();
    const session = await openSession(at, entered);
    await twice(session.event);
    const told = await expectHeld(at, entered, 'tainted');
    expect(told.message.decision.rule).toBe('session-started');
    // Nothing but this wakes it: the next look by itself would be in five minutes.
    await twice(await closeSession(at, session.id));
    const left = await expectReplaced(at, name, entered);
    expect(left.message.decision).toMatchObject({ kind: 'remediate', rule: 'session-started' });

    const changed = await someone();
    await setUserData(at, changed);
    await twice(userDataByHand(changed));
    const acted = await expectReplaced(at, name, changed);
    expect(acted.message.decision).toMatchObject({ kind: 'remediate', rule: 'user-data-changed' });

    // Nobody told of the change itself; and of a machine that differs in nothing, the verdict is no reason to act.
    const differing = await someone();
    const others = (await inService(at.clients, name)).filter((id) => id !== differing);
    await openRouting(at, differing);
    await tell(at, ...others.slice(0, 3).map((id) => verdictOn(id)));
    await twice(verdictOn(differing));
    const found = await expectReplaced(at, name, differing);
    expect(found.message.decision).toMatchObject({ kind: 'remediate', rule: 'differs-from-template' });
    expect(await actsOn(at, others)).toEqual([]);

    const last = await someone();
    await launchFromElsewhere(at, name);
    await twice(groupByHand(name));
    await noticesAbout(at, name, 1);
    await setUserData(at, last);
    await twice(userDataByHand(last));
    await expectHeld(at, last, 'baseline-changed');
    await until('one round of each', async () => (await incidentsAbout(at, [name])).length === 1);
    const rounds = await incidentsAbout(at, [entered, changed, differing, last, name]);
    expect(rounds.map((incident) => incident.rounds)).toEqual(rounds.map(() => 1));
    expect(await noticesAbout(at, name, 1)).toHaveLength(1);
  });
}

/** For real: the same template by another version. */
async function launchFromElsewhere({ clients }: Deployed, AutoScalingGroupName: string): Promise<void> {
  const LaunchTemplate = { LaunchTemplateName: AutoScalingGroupName, Version: '$Default' };
  await clients.autoScaling.send(new UpdateAutoScalingGroupCommand({ AutoScalingGroupName, LaunchTemplate }));
}

const groupByHand = (autoScalingGroupName: string) =>
  call('UpdateAutoScalingGroup', {
    ...BY_HAND,
    eventSource: 'autoscaling.amazonaws.com',
    requestParameters: {
      autoScalingGroupName,
      launchTemplate: { launchTemplateName: autoScalingGroupName, version: '$Default' },
    },
  });
