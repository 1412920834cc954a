import type { Incident } from '../domain/incident.ts';
import { ascii } from './plain.ts';
import { secondsWords } from './time.ts';
import { type NoticeOutcome, verdictWord } from './verdict.ts';

/** SNS takes fewer than 100 characters, ASCII, no control characters (API reference of Publish, `Subject`). */
const SUBJECT_MAX = 99;

/**
 * `[undrift] <verdict>: <what is wrong>[ on <resource>][ (<name>)][, round n][, 4 s]`. The verdict and what is wrong come
 * first, as a phone shows some forty characters. Too long, it loses the name; then what stands behind the colon of what
 * is wrong, which the text tells anyway; then what is wrong is cut.
 */
export function incidentSubject(incident: Incident, outcome: NoticeOutcome): string {
  const head = `[undrift] ${verdictWord(incident, outcome)}: `;
  const wrong = ascii(incident.finding.summary, 200).replace(/[.\s]+$/u, '');
  const brief = wrong.split(': ')[0] ?? wrong;
  const tail = tailOf(incident, outcome);
  const room = SUBJECT_MAX - head.length - tail.length;
  const told = [wrong, brief].flatMap((what) => {
    const placed = `${what}${placeOf(incident, what)}`;
    return [`${placed}${nameOf(incident, what)}`, placed];
  });
  const fits = told.find((words) => words.length <= room);
  if (fits !== undefined) return `${head}${fits}${tail}`;
  const where = ` on ${ascii(incident.resource.id, 30)}`;
  return subjectOf(`${head}${ascii(brief, Math.max(4, room - where.length))}${where}${tail}`);
}

/** Any words as a subject: printable ASCII, bounded. */
export function subjectOf(text: string): string {
  return ascii(text, SUBJECT_MAX);
}

function placeOf({ resource }: Incident, wrong: string): string {
  const id = ascii(resource.id, 30);
  return wrong.includes(id) ? '' : ` on ${id}`;
}

function nameOf({ about }: Incident, wrong: string): string {
  const name = ascii(about.name ?? '', 30);
  return name === '' || wrong.includes(name) ? '' : ` (${name})`;
}

function tailOf({ rounds, outcome: seen }: Incident, outcome: NoticeOutcome): string {
  const again = rounds > 1 ? `, round ${rounds}` : '';
  return outcome === 'done' && seen?.kind === 'done' ? `${again}, ${secondsWords(seen.secondsToFix)}` : again;
}
