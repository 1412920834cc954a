import type { Incident } from '../domain/incident.ts';
import { isOpenedBy } from '../domain/opening.ts';
import { whatWasDone } from './acts.ts';
import { howItEnded } from './how-it-ended.ts';
import { batchLines, memberLines } from './members.ts';
import { undoSection } from './put-back.ts';
import { whatRan } from './ran.ts';
import { type Paragraph, reference, whatIsUnrecorded, whatWasWrong, whoAndWhen, whose } from './sections.ts';
import { whatWasSeen } from './seen.ts';
import { taintCommands, taintTrail } from './taint.ts';
import { hasActed, type NoticeOutcome } from './verdict.ts';
import { wrap } from './wrap.ts';

export type Section = readonly [title: string, paragraphs: readonly Paragraph[]];

/** The text for people, in the order in which people ask. */
export function incidentText(incident: Incident, outcome: NoticeOutcome, now: string, stage?: string): string {
  return textOf([
    ['What was wrong', whatWasWrong(incident)],
    [whoTitle(incident), whoAndWhen(incident.change)],
    [doneTitle(incident, outcome), whatWasDone(incident, outcome, now)],
    ['How it ended', howItEnded(incident)],
    ['What was seen afterwards', whatWasSeen(incident, outcome)],
    ['What became of its instances', memberLines(incident, stage)],
    ['Part of', batchLines(incident, stage)],
    ['What ran', whatRan(incident)],
    ['Whose it is', whose(incident)],
    ['What people did about it', taintTrail(incident)],
    ['If it is to stay', taintCommands(incident, stage)],
    undoSection(incident),
    ['What could not be recorded', whatIsUnrecorded(incident)],
    ['To look closer', reference(incident, stage)],
  ]);
}

export function whoTitle(incident: Incident): string {
  return isOpenedBy(incident) ? 'Who did it, and when' : 'What made undrift look';
}

function doneTitle(incident: Incident, outcome: NoticeOutcome): string {
  if (outcome !== 'held' && outcome !== 'observed') return 'What was done';
  return hasActed(incident) ? 'Why nothing more was done' : 'Why nothing was done';
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
