/** What waits for a slot in one Auto Scaling group is one row of a list: its first, and below it the others. */
import type { Incident } from '../../src/domain/incident.ts';
import { slotLineOf } from '../../src/domain/line.ts';
import { shown } from '../../src/notice/plain.ts';
import { shellQuote } from '../../src/notice/shell.ts';
import { wrap } from '../../src/notice/wrap.ts';

/** `behind`: those that wait in the same group, by the incident that is listed for them; their order stays. */
type Rows = {
  readonly rows: readonly Incident[];
  readonly behind: ReadonlyMap<Incident, readonly Incident[]>;
};

export function inRows(incidents: readonly Incident[]): Rows {
  const first = new Map<string, Incident>();
  const behind = new Map<Incident, Incident[]>();
  const rows = incidents.filter((incident) => {
    const group = slotLineOf(incident);
    const head = group === null ? undefined : first.get(group);
    if (group !== null && head === undefined) first.set(group, incident);
    if (head !== undefined) behind.set(head, [...(behind.get(head) ?? []), incident]);
    return head === undefined;
  });
  return { rows, behind };
}

/** Each in a row of its own. */
export const apart = (incidents: readonly Incident[]): Rows => ({ rows: incidents, behind: new Map() });

/** As many incidents as fill so many rows. */
export function firstRows(incidents: readonly Incident[], most: number): readonly Incident[] {
  const listed = new Set(
    inRows(incidents)
      .rows.slice(0, most)
      .map((it) => slotLineOf(it) ?? it),
  );
  return incidents.filter((it) => listed.has(slotLineOf(it) ?? it));
}

const NAMED = 3;

/**
 * How many wait in the group, the ids of some, and how to see all.
 * @param wait says of which these are the number: a list of the newest lacks what it has no room for
 */
export function behindLines(head: Incident, others: readonly Incident[], wait = 'wait'): readonly string[] {
  if (others.length === 0) return [];
  const group = slotLineOf(head) ?? '';
  const ids = others.slice(0, NAMED).map(({ id }) => shown(id));
  const more = others.length > NAMED ? `, and ${others.length - NAMED} more` : '';
  return [
    ...wrap(`${others.length + 1} ${wait} for a slot in ${shown(group)}: this one, ${ids.join(', ')}${more}`, '  '),
    `  undrift incidents --held --resource ${shellQuote(shown(group))}`,
  ];
}
