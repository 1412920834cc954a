/** A group as anybody sees it who asks again and again while undrift is at work. */
import { setTimeout as sleep } from 'node:timers/promises';
import { fleet } from '../../../scripts/scene/estate.mjs';
import type { Deployed } from '../deployed.ts';

/**
 * @property out the most instances that the group lacked at any look: not in service and healthy
 * @property idle the same of those that are not in service at all: one that was declared unhealthy serves until it ends
 */
export type Watched = {
  readonly out: number;
  readonly idle: number;
  readonly desired: readonly number[];
  readonly looks: number;
};

const EVERY_MS = 200;

/** Asks DescribeAutoScalingGroups five times a second until it is stopped. */
export function watchFleet({ clients }: Deployed, name: string, size: number) {
  const desired = new Set<number>();
  let [out, idle, looks, over] = [0, 0, 0, false];
  const look = async () => {
    const { Instances = [], DesiredCapacity = -1 } = await fleet(clients, name);
    const serving = Instances.filter(({ LifecycleState }) => LifecycleState === 'InService');
    const healthy = serving.filter(({ HealthStatus }) => HealthStatus?.toLowerCase() === 'healthy');
    desired.add(DesiredCapacity);
    out = Math.max(out, size - healthy.length);
    idle = Math.max(idle, size - serving.length);
    looks += 1;
  };
  const watching = again(look, EVERY_MS, () => over);
  return {
    stop: async (): Promise<Watched> => {
      over = true;
      const failure = await watching;
      if (failure !== null) throw failure;
      return { out, idle, desired: [...desired], looks };
    },
  };
}

/** Until it is over, or fails: then nobody may be there to hear it yet. @returns the failure */
export async function again(step: () => Promise<void>, everyMs: number, isOver: () => boolean): Promise<unknown> {
  try {
    while (!isOver()) {
      await step();
      await sleep(everyMs);
    }
    return null;
  } catch (error) {
    return error;
  }
}
