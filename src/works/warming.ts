/** Whether a replacement that is in service is of use: warmed up, and healthy in its target groups. */
import type { AutoScalingGroup, InstanceEstate } from '../domain/estate.ts';
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
  const [health] = await fleet.targetHealth(trafficSources, [successor]);
  return health === undefined ? null : notServing(warmUp, health, policy.successorMinutes * 60, now);
}

/**
 * Replacements of the last day whose slots have ended, and that a target group does not find healthy: one that never became so,
 * say. They go on to count as out, so that a template that is of no use empties no group. What cannot be read counts no more.
 */
export async function ailingIn(
  { instance, records }: InstanceEstate,
  { members, trafficSources }: AutoScalingGroup,
  fleet: Pick<Fleet, 'targetHealth'>,
): Promise<readonly string[]> {
  const { holders = [], warming = [], past = [] } = records ?? {};
  const counted = new Set([instance.id, ...holders, ...warming]);
  const replacements = new Set(past.map(({ successor }) => successor));
  const asked = members.filter((it) => carriesLoad(it) && replacements.has(it.id) && !counted.has(it.id));
  if (asked.length === 0 || trafficSources.length === 0) return [];
  const ids = asked.map(({ id }) => id);
  const health = await fleet.targetHealth(trafficSources, ids);
  return ids.filter((_id, at) => health[at]?.kind === 'not-healthy');
}
