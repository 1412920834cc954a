/** A principal that opens ports again and again: undrift closes each of them, and people are asked to stop it at its source. */
import { cutText } from './cut.ts';
import type { Incident } from './incident.ts';
import { occurrenceOf } from './occurrence.ts';
import { openerOf } from './opening.ts';
import type { LoopReading, Opening } from './reading.ts';

/** So many openings within so many seconds are a loop, which is reported, and then once an hour while it lasts. */
const LOOP_OPENINGS = 5;
export const LOOP_SECONDS = 600;
const REPORTED_EVERY_SECONDS = 3600;

/** What an incident keeps of a loop that was reported. Instants are ISO 8601, UTC. */
export type Loop = {
  /** Null where no record names who opened them. */
  readonly principal: string | null;
  /** The openings that made it a loop, oldest first. */
  readonly openings: readonly Opening[];
};

/**
 * Where openings are counted: by principal, so that another port, rule or group does not hide the loop. What nobody is known to
 * have opened is counted by its resource. A rule that was added past the pipeline may have opened nothing, so it is counted apart.
 */
export function loopKeyOf(incident: Incident): string {
  const opener = openerOf(incident);
  const what = isAddition(incident) ? 'added' : 'opened';
  return `loop#${what}#${opener === null ? incident.resource.id : occurrenceOf(opener)}`;
}

export const isAddition = ({ finding }: Incident): boolean => finding.rule === 'pipeline-only';

const PRINCIPAL_BYTES = 400;

/**
 * Counts an opening that undrift has dealt with. The same change counts once, whatever it opened. One that is dealt with late, after
 * the last five, is no further opening of a loop that was reported then.
 * @returns the last openings of the principal from now on, and the loop where they are one
 */
export function countOpening(before: LoopReading | null, incident: Incident) {
  const openings = before?.openings ?? [];
  const { change, resource } = incident;
  const opening = { at: change.at, change: occurrenceOf(change.eventId), resource: resource.id };
  if (openings.some((known) => known.change === opening.change)) return null;
  const counted = [...openings, opening].toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at)).slice(-LOOP_OPENINGS);
  const reading: LoopReading = { kind: 'loop', openings: counted, reportedAt: null };
  if (!counted.includes(opening) || !isLoop(counted)) return { reading, loop: null };
  const opener = openerOf(incident);
  const loop: Loop = { principal: opener === null ? null : cutText(opener, PRINCIPAL_BYTES), openings: counted };
  return { reading, loop };
}

function isLoop(openings: readonly Opening[]): boolean {
  const [first, last] = [openings[0], openings.at(-1)];
  if (first === undefined || last === undefined || openings.length < LOOP_OPENINGS) return false;
  return Date.parse(last.at) - Date.parse(first.at) <= LOOP_SECONDS * 1000;
}

/** Whether the loop was reported within the hour. */
export function isReported(report: LoopReading | null, now: Date): boolean {
  const reportedAt = report?.reportedAt ?? null;
  return reportedAt !== null && now.getTime() - Date.parse(reportedAt) < REPORTED_EVERY_SECONDS * 1000;
}
