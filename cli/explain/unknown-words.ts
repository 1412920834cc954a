/** In words: what an answer assumes, cannot decide, and did not check. */
import type { Answer } from './answer.ts';
import { type Paint, paragraph } from './paint.ts';

/** Before the decisions, as they rest on it. */
export function assumptions({ assumed, assumedEstate }: Answer): readonly string[] {
  if (assumed.length === 0) return [];
  const title = assumedEstate ? 'Assumed, because --estate was not given:' : 'Assumed:';
  return ['', `  ${title}`, ...listed(assumed.map(({ text }) => `- ${text}`))];
}

export function undecided({ undecided: all }: Answer, paint: Paint): readonly string[] {
  if (all.length === 0) return [];
  const lines = listed(all.map(({ type, id, reason }) => `${type} ${id}: ${reason}`));
  // No file can say what CloudTrail left out.
  const give = all.every(({ type }) => type === 'region') ? [] : paragraph(GIVE, '    ');
  return ['', `  ${paint('UNDECIDED', 'yellow')}`, ...lines, ...give];
}

const GIVE = 'undrift decides on the live state, which --estate FILE can give.';

const OTHERWISE = { 'not-opted-in': 'If its group did not opt in' } as const;

/** In one line each. */
export function otherwise({ otherwise: all }: Answer): readonly string[] {
  const lines = all.flatMap(({ given, decisions }) =>
    decisions.map(
      ({ kind, rule, guard }) => `  ${OTHERWISE[given]}: ${kind.toUpperCase()}  rule ${rule}  guard ${guard}`,
    ),
  );
  return lines.length === 0 ? [] : ['', ...new Set(lines)];
}

/** In words that can be searched for in the runbook. */
export function notAsked({ guardsNotAsked: guards }: Answer): readonly string[] {
  if (guards.length === 0) return [];
  return ['', ...paragraph(`Not checked here; each can also put this on hold: ${guards.join(', ')}.`, '  ')];
}

/** A call may name a thousand resources; `--json` has them all. */
const MOST = 20;

function listed(texts: readonly string[]): readonly string[] {
  const more = texts.length > MOST ? [`    and ${texts.length - MOST} more; --json lists them all`] : [];
  return [...texts.slice(0, MOST).flatMap((text) => paragraph(text, '    ')), ...more];
}
