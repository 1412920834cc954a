/** Of more than one event: how many of which outcome, and what would be remediated, for people. */
import { clean } from '../../src/notice/plain.ts';
import { OUTCOMES, type Outcome, type Summary } from './outcome.ts';
import { type Paint, paragraph } from './paint.ts';

const MOST = 20;
const LONGEST = 200;
const STAND_FOR = 'a placeholder for what an event does not name, and not always for the same.';

const WORDS: Readonly<Record<Outcome, string>> = {
  remediate: 'would be remediated',
  later: 'would be remediated later: on hold as tainted',
  unreadable: 'could not be read',
  undecided: 'could not be decided',
  hold: 'on hold',
  ignore: 'ignored',
  irrelevant: 'irrelevant',
};

/** @param several files that hold more than one event */
export function summaryWords(summary: Summary, several: ReadonlySet<string>, paint: Paint): readonly string[] {
  const { events, outcomes, holds, wouldBeRemediated, placeholders, undecided, unreadable } = summary;
  const width = Math.max(...OUTCOMES.map((name) => String(outcomes[name]).length));
  const placeOf = (it: Where) => clean(several.has(it.input) ? `${it.input} [${it.index}]` : it.input, LONGEST);
  const due = alike(wouldBeRemediated.map((it) => [`${it.severity.padEnd(8)}  ${dueText(it)}`, placeOf(it)] as const));
  return [
    paint(`Summary of ${events} events, each decided by itself`, 'bold'),
    ...OUTCOMES.map((name) => `  ${String(outcomes[name]).padStart(width)} ${WORDS[name]}`),
    ...listed(
      'Decisions on hold, by guard',
      Object.entries(holds).map(([guard, count]) => `${guard}: ${count}`),
    ),
    ...listed('Would be remediated, most severe first', due),
    ...(placeholders.length > 0 ? paragraph(`${placeholders.join(', ')}: ${STAND_FOR}`, '    ') : []),
    ...listed('Could not be decided, or not all of it', undecided.map(placeOf)),
    ...listed('Could not be read, or not all of it', unreadable.map(placeOf)),
  ];
}

/** Many events about one thing are one line, so that they hide nothing else. */
function alike(lines: readonly (readonly [text: string, place: string])[]): readonly string[] {
  const found = new Map<string, { readonly first: string; readonly count: number }>();
  for (const [text, place] of lines) {
    const { first = place, count = 0 } = found.get(text) ?? {};
    found.set(text, { first, count: count + 1 });
  }
  return [...found].map(([text, { first, count }]) =>
    count === 1 ? `${text}: ${first}` : `${text}: ${count} times, first in ${first}`,
  );
}

type Where = { readonly input: string; readonly index: number };

/** A finding about an instance names it already. */
function dueText({ resource: { id }, summary, later }: Summary['wouldBeRemediated'][number]): string {
  const text = summary.includes(id) ? summary : `${id}: ${summary}`;
  return `${clean(text, LONGEST)}${later ? ' (later)' : ''}`;
}

function listed(title: string, lines: readonly string[]): readonly string[] {
  if (lines.length === 0) return [];
  const more = lines.length > MOST ? [`    and ${lines.length - MOST} more`] : [];
  return ['', `  ${title}:`, ...lines.slice(0, MOST).map((line) => `    ${line}`), ...more];
}
