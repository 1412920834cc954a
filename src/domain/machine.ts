/** Many machines at once: who was there at a time, and who belongs to which Auto Scaling group. */
import type { Machine, MachineGroup, Tags } from './estate.ts';
import { MEMBER_STATES } from './member-state.ts';

/** An instance that has not ended. Times are ISO 8601. */
export type SeenMachine = {
  readonly id: string;
  readonly vpcId: string | null;
  readonly launchedAt: string | null;
  /** When its volumes were attached. */
  readonly attachedAt: readonly string[];
  readonly tags: Tags;
};

/** A group, and the lifecycle states of its members by their ids. */
export type SeenGroup = MachineGroup & { readonly states: ReadonlyMap<string, string> };

/** On members. Only Auto Scaling can set a tag that begins with `aws:`. */
export const GROUP_TAG = 'aws:autoscaling:groupName';

/** Starting an instance again sets its launch time anew, but its volumes stay attached. What has no time was not there. */
export function wasThere({ launchedAt, attachedAt }: SeenMachine, at: string): boolean {
  const times = [...(launchedAt === null ? [] : [launchedAt]), ...attachedAt];
  return times.some((time) => Date.parse(time) <= Date.parse(at));
}

/** The names of their groups, each once. */
export function groupNamesOf(seen: readonly SeenMachine[]): readonly string[] {
  return [...new Set(seen.flatMap(({ tags }) => tags[GROUP_TAG] ?? []))];
}

/** In the order of their ids. */
export function machinesOf(seen: readonly SeenMachine[], groups: readonly SeenGroup[]): readonly Machine[] {
  const byName = new Map(groups.map((group) => [group.name, group]));
  return seen.map((one) => machineOf(one, byName)).sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** A group that is gone leaves the tag on what was once its own. */
function machineOf({ id, vpcId, launchedAt, tags }: SeenMachine, groups: ReadonlyMap<string, SeenGroup>): Machine {
  const group = groups.get(tags[GROUP_TAG] ?? '');
  return {
    id,
    vpcId,
    launchedAt,
    group: group === undefined ? null : { name: group.name, desired: group.desired, tags: group.tags },
    ending: MEMBER_STATES[group?.states.get(id) ?? '']?.act === 'ignore',
  };
}
