/** Whether a replacement that is in service is of use: warmed up, and healthy in its target groups. */
import type { AutoScalingGroup } from '../domain/estate.ts';
import { type Incident, warmingIn } from '../domain/incident.ts';
import { carriesLoad } from '../domain/member-state.ts';
import { type NotServing, notServing, type WarmingUp } from '../domain/warm-up.ts';
import type { Policy } from '../policy/policy.ts';
import type { Fleet } from '../roles.ts';

type Tools = { readonly fleet: Pick<Fleet, 'group' | 'targetHealth'>; readonly policy: Policy };

/**
 * Asked of a closed incident until it is null: the replacement carries load, or the slot has no use any more. One that left
 * the group or became unhealthy is missing there by itself, and needs no slot to be counted.
 */
export async function stillWarming(incident: Incident, now: Date, tools: Tools): Promise<NotServing | null> {
  const warmUp = warmingIn(incident);
  const { group: name, successor } = incident.replacement ?? { group: '', successor: null };
  if (warmUp === null || successor === null) return null;
  const group = await tools.fleet.group(name);
  const member = group?.members.find(({ id }) => id === successor);
  if (group === null || member === undefined || !carriesLoad(member)) return null;
  return servingLater(warmUp, successor, group, now, tools);
}

export async function servingLater(
  warmUp: WarmingUp,
  successor: string,
  { trafficSources }: AutoScalingGroup,
  now: Date,
  { fleet, policy }: Tools,
): Promise<NotServing | null> {
  const health = await fleet.targetHealth(trafficSources, successor);
  return notServing(warmUp, health, policy.successorMinutes * 60, now);
}
