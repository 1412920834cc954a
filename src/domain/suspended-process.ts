/** What a suspended process of Auto Scaling means for replacing a member of the group. */
import type { AutoScalingGroup } from './estate.ts';

/** Each with the reason. */
export type ProcessMeaning =
  /** Replacing goes on. */
  | { readonly act: 'go'; readonly why: string }
  /** No replacement would come, or none that is known to be of use. */
  | { readonly act: 'hold'; readonly why: string }
  /** The same, in a group that has target groups or load balancers. */
  | { readonly act: 'hold-with-traffic'; readonly why: string };

/**
 * Every process (Auto Scaling API Reference, SuspendProcesses; User Guide, "How suspended processes affect other
 * processes"), and the one that is deprecated and may still be listed ("Considerations for suspending processes").
 */
export const PROCESSES: Readonly<Record<string, ProcessMeaning>> = {
  Launch: { act: 'hold', why: 'no replacement would be launched' },
  Terminate: { act: 'hold', why: 'Auto Scaling may terminate nothing' },
  AddToLoadBalancer: {
    act: 'hold-with-traffic',
    why: 'a replacement would be registered with no target group or load balancer, and stay so after it is resumed',
  },
  HealthCheck: { act: 'hold', why: 'a replacement or peer that fails would still be reported as healthy' },
  ReplaceUnhealthy: { act: 'go', why: 'the order becomes terminate-first, which does not need it' },
  AZRebalance: { act: 'go', why: 'zones stay uneven; what is missing is launched all the same' },
  AlarmNotification: { act: 'go', why: 'scaling policies rest; the desired capacity stays' },
  ScheduledActions: { act: 'go', why: 'scheduled scaling rests; the desired capacity stays' },
  InstanceRefresh: { act: 'go', why: 'no refresh replaces anything meanwhile' },
  RemoveFromLoadBalancerLowPriority: { act: 'go', why: 'it is deprecated and does nothing' },
};

/**
 * What a rolling update of CloudFormation suspends, so that Auto Scaling does not work against it: these two at least.
 * Its own replacements are then under way.
 */
const ROLLING_UPDATE = ['AZRebalance', 'ReplaceUnhealthy'];

export type Suspension = {
  readonly guard: 'launch-suspended' | 'refresh-running' | 'unreadable';
  readonly reason: string;
};

/** Why nothing is replaced in the group while these processes are suspended; null where they are no reason. */
export function suspensionOf(group: AutoScalingGroup): Suspension | null {
  const { name, suspendedProcesses: suspended } = group;
  const fatal = suspended.filter((it) => it === 'Launch' || it === 'Terminate');
  if (fatal.length > 0) return held(name, fatal);
  if (ROLLING_UPDATE.every((it) => suspended.includes(it))) {
    const reason = `${name} has ${listed(suspended)} suspended, as a rolling update does: a deployment is under way`;
    return { guard: 'refresh-running', reason };
  }
  const useless = suspended.filter((it) => holds(it, group));
  if (useless.length > 0) return held(name, useless);
  const unknown = suspended.filter((it) => meaningOf(it) === null);
  if (unknown.length === 0) return null;
  return { guard: 'unreadable', reason: `${name} has ${listed(unknown)} suspended, which undrift does not know` };
}

function meaningOf(process: string): ProcessMeaning | null {
  return Object.hasOwn(PROCESSES, process) ? (PROCESSES[process] ?? null) : null;
}

function holds(process: string, { trafficSources }: AutoScalingGroup): boolean {
  const act = meaningOf(process)?.act;
  return act === 'hold' || (act === 'hold-with-traffic' && trafficSources.length > 0);
}

function held(name: string, processes: readonly string[]): Suspension {
  const [why] = processes.flatMap((it) => meaningOf(it)?.why ?? []);
  return { guard: 'launch-suspended', reason: `${name} has ${listed(processes)} suspended: ${why}` };
}

function listed(processes: readonly string[]): string {
  const [last, before] = [processes.at(-1) ?? '', processes.slice(0, -1)];
  return before.length === 0 ? last : `${before.join(', ')} and ${last}`;
}
