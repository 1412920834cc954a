/**
 * The index `group` (keys only, sparse): the incidents of an Auto Scaling group that wait for a slot, and those with a replacement
 * under way. Its sort key begins with the name of the group and a colon, which no such name contains ("You cannot use a colon
 * (:) in the name", Amazon EC2 Auto Scaling API Reference, CreateAutoScalingGroup), so the entries of one group lie together.
 */
import type { Incident } from '../domain/incident.ts';
import { lineOf, placeInLine, underWayIn } from '../domain/line.ts';
import type { Item, Query } from './table.ts';

const WAITS = 'waits';
const UNDER_WAY = 'under-way';
/** More than one record of a group has slots. */
const MOST_UNDER_WAY = 1_000;

/** What the index needs of an incident; nothing where it is neither. */
export function groupEntry(incident: Incident): Item {
  const line = lineOf(incident);
  if (line !== null) return { groupIndex: WAITS, groupPlace: `${line}:${placeInLine(incident)}` };
  const group = underWayIn(incident);
  return group === null ? {} : { groupIndex: UNDER_WAY, groupPlace: `${group}:` };
}

export const waitingIn = (group: string, limit: number): Query => ofGroup(WAITS, group, limit);
export const underWayQuery = (group: string): Query => ofGroup(UNDER_WAY, group, MOST_UNDER_WAY);

function ofGroup(kind: string, group: string, limit: number): Query {
  const values = { ':kind': kind, ':group': `${group}:` };
  const key = 'groupIndex = :kind AND begins_with(groupPlace, :group)';
  return { index: 'group', key, values, forward: true, limit };
}

/** The first entry of the group after this one: a semicolon is what follows a colon. */
export function afterGroup(group: string): Query {
  const values = { ':kind': WAITS, ':after': group === '' ? ' ' : `${group};` };
  return { index: 'group', key: 'groupIndex = :kind AND groupPlace >= :after', values, forward: true, limit: 1 };
}

export function groupNamed({ groupPlace }: Item): string {
  return String(groupPlace).split(':')[0] ?? '';
}
