import { ResumeProcessesCommand, SuspendProcessesCommand } from '@aws-sdk/client-auto-scaling';
import { DescribeTargetHealthCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { expect, it } from 'vitest';
import { fleet, makeTargetGroup } from '../../../scripts/scene/estate.mjs';
import { until } from '../../../scripts/scene/until.mjs';
import { recordedCalls } from '../../recorded-calls.ts';
import type { Deployed } from '../deployed.ts';
import { checkCalls } from '../rights.ts';
import { actsOn, expectHeld, fleetOf, incidentsAbout, setUserData, tell, userDataByHand } from './fleet-scene.ts';
import { again } from './fleet-watch.ts';
import { templateOf } from './patterns.ts';
import { physicalIds } from './rights.ts';

const WARM_UP = 20;
const EVERY_MS = 100;
/** An instance is InService before a look sees it: by seconds, where other scenarios keep the emulator busy. */
const LATE_MS = 4000;

type Seen = { readonly id: string; readonly at: number };

/** When each instance of the group was first seen in service (or healthy in its target group), and when each was first gone. */
function watchMembers({ clients }: Deployed, name: string, targetGroup: string | null) {
  const [came, left]: [Seen[], Seen[]] = [[], []];
  let over = false;
  const useful = async () => {
    const { Instances = [] } = await fleet(clients, name);
    const serving = Instances.filter(({ LifecycleState }) => LifecycleState === 'InService');
    const ids = serving.map(({ InstanceId }) => InstanceId ?? '');
    if (targetGroup === null) return ids;
    const command = new DescribeTargetHealthCommand({ TargetGroupArn: targetGroup });
    const { TargetHealthDescriptions = [] } = await clients.loadBalancing.send(command);
    const healthy = TargetHealthDescriptions.filter(({ TargetHealth }) => TargetHealth?.State === 'healthy');
    return ids.filter((id) => healthy.some(({ Target }) => Target?.Id === id));
  };
  const look = async () => {
    const now = await useful();
    const at = Date.now();
    for (const id of now.filter((it) => !came.some((seen) => seen.id === it))) came.push({ id, at });
    for (const { id } of came.filter((it) => !now.includes(it.id) && !left.some((seen) => seen.id === it.id)))
      left.push({ id, at });
  };
  const watching = again(look, EVERY_MS, () => over);
  return {
    stop: async () => {
      over = true;
      const failure = await watching;
      if (failure !== null) throw failure;
      await look();
      return { came, left };
    },
  };
}

async function replaceAll(at: Deployed, ids: readonly string[]) {
  await Promise.all(ids.map((id) => setUserData(at, id)));
  await tell(at, ...ids.map(userDataByHand));
  const closed = async () => (await incidentsAbout(at, ids)).filter(({ status }) => status === 'closed').length;
  await until('all replaced', async () => (await closed()) === ids.length, { seconds: 240 });
}

/** Ten per cent of three is one. */
export function warmUpScenarios(deployed: () => Deployed): void {
  it.concurrent('no second instance leaves before the first replacement has warmed up', async () => {
    const at = deployed();
    const { name, instanceIds } = await fleetOf(at, 3, { warmUp: WARM_UP });
    const watch = watchMembers(at, name, null);
    await replaceAll(at, instanceIds);
    const { came, left } = await watch.stop();
    expect([...(await actsOn(at, instanceIds))].sort()).toEqual(instanceIds);
    const replacements = came.filter(({ id }) => !instanceIds.includes(id));
    expect([replacements.length, left.length]).toEqual([3, 3]);
    for (const [n, next] of left.slice(1).entries()) {
      const waited = next.at - (replacements[n]?.at ?? Number.POSITIVE_INFINITY);
      expect(waited).toBeGreaterThanOrEqual(WARM_UP * 1000 - LATE_MS);
    }
  });

  it.concurrent('no second instance leaves before the first replacement is healthy in the target group', async () => {
    const at = deployed();
    const targetGroup = await makeTargetGroup(at.clients, 'warm-up');
    const { name, instanceIds } = await fleetOf(at, 3, { warmUp: 0, targetGroup });
    const watch = watchMembers(at, name, targetGroup);
    await replaceAll(at, instanceIds);
    const { came, left } = await watch.stop();
    const calls = recordedCalls(at.cloud.callsFile).filter(({ service }) => service === 'elasticloadbalancing');
    const { refusals, used } = await checkCalls(calls, await templateOf(at), await physicalIds(at));
    expect(used.instances).toContain('elasticloadbalancing:DescribeTargetHealth');
    expect(refusals).toEqual([]);
    const replacements = came.filter(({ id }) => !instanceIds.includes(id));
    expect(left.length).toBe(3);
    for (const [n, next] of left.slice(1).entries()) {
      expect(next.at).toBeGreaterThanOrEqual(replacements[n]?.at ?? Number.POSITIVE_INFINITY);
    }
  });

  it.concurrent('nothing is replaced while the replacement would get no traffic', async () => {
    const at = deployed();
    const targetGroup = await makeTargetGroup(at.clients, 'no-traffic');
    const { name, instanceIds } = await fleetOf(at, 3, { targetGroup });
    const processes = { AutoScalingGroupName: name, ScalingProcesses: ['AddToLoadBalancer'] };
    await at.clients.autoScaling.send(new SuspendProcessesCommand(processes));
    await Promise.all(instanceIds.map((id) => setUserData(at, id)));
    await tell(at, ...instanceIds.map(userDataByHand));
    for (const id of instanceIds) await expectHeld(at, id, 'launch-suspended');
    await at.clients.autoScaling.send(new ResumeProcessesCommand(processes));
    const closed = async () => (await incidentsAbout(at, instanceIds)).filter((it) => it.status === 'closed').length;
    await until('one replaced after it was resumed', async () => (await closed()) > 0, { seconds: 120 });
  });
}
