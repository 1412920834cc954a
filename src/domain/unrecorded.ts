/** What the record of an incident lacks, and what follows from that. */
import { cutText } from './cut.ts';
import type { Incident } from './incident.ts';

const WHY_BYTES = 300;

/** The first reason stays. @param blind it cannot be judged again by what the record says */
export function withUnrecorded(incident: Incident, what: readonly string[], why: string, blind = false): Incident {
  const before = incident.unrecorded;
  const all = [...new Set([...(before?.what ?? []), ...what])];
  const unrecorded = { ...before, what: all, why: before?.why ?? cutText(why, WHY_BYTES), ...(blind && { blind }) };
  return { ...incident, unrecorded };
}

type Known = Pick<Incident, 'unrecorded'>;

/** Whether the record cannot be judged again by what it says: then only a further event can. */
export function isBlind({ unrecorded }: Known): boolean {
  return unrecorded?.blind === true;
}

/** In words, for people; and for `lacksAct`. */
export const UNRECORDED_ACT = 'what was to be taken away';

/** Whether the record says that something was taken away, and not what. */
export function lacksAct({ unrecorded }: Known): boolean {
  return unrecorded?.what.includes(UNRECORDED_ACT) === true;
}
