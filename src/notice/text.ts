import type { Incident } from '../domain/incident.ts';
import { isOpenedBy } from '../domain/opening.ts';
import { whatWasDone, whatWasSeen } from './acts.ts';
import { undoSection } from './put-back.ts';
import { whatRan } from './ran.ts';
import { type Paragraph, reference, whatIsUnrecorded, whatWasWrong, whoAndWhen, whose } from './sections.ts';
import { taintCommands, taintTrail } from './taint.ts';
import type { NoticeOutcome } from './verdict.ts';
import { wrap } from './wrap.ts';

export type Section = readonly [title: string, paragraphs: readonly Paragraph[]];

/** The text for people, in the order in which people ask. */
export function incidentText(incident: Incident, outcome: NoticeOutcome, now: string, stage?: string): string {
  return textOf([
    ['What was wrong', whatWasWrong(incident)],
    [isOpenedBy(incident) ? 'Who did it, and when' : 'What made undrift look', whoAndWhen(incident.change)],
    [doneTitle(outcome), whatWasDone(incident, outcome, now)],
    ['What was seen afterwards', whatWasSeen(incident, outcome)],
    ['What ran', whatRan(incident)],
    ['Whose it is', whose(incident)],
    ['What people did about it', taintTrail(incident)],
    ['If it is to stay', taintCommands(incident, stage)],
    undoSection(incident),
    ['What could not be recorded', whatIsUnrecorded(incident)],
    ['To look closer', reference(incident, stage)],
  ]);
}

function doneTitle(outcome: NoticeOutcome): string {
  return outcome === 'held' || outcome === 'observed' ? 'Why nothing was done' : 'What was done';
}

/** Sections without lines are left out. */
export function textOf(sections: readonly Section[]): string {
  const blocks = sections
    .filter(([, paragraphs]) => paragraphs.length > 0)
    .map(([title, paragraphs]) => {
      return [title, ...paragraphs.flatMap(linesOf)].join('\n');
    });
  return `${blocks.join('\n\n')}\n`;
}

function linesOf(paragraph: Paragraph): readonly string[] {
  return typeof paragraph === 'string' ? wrap(paragraph, '  ') : [`  ${paragraph.verbatim}`];
}
