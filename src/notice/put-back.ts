import type { Incident, Inverse } from '../domain/incident.ts';
import { isWhole } from '../domain/part.ts';
import { plain } from './plain.ts';
import type { Paragraph } from './sections.ts';
import { undoCommand } from './undo.ts';
import { onlyTold, replacementNow, tookAway } from './verdict.ts';

/** The command that undoes what undrift did; null when it did nothing, or when there is none. */
export function undoOf(incident: Incident): string | null {
  return tookAway(incident) === 'no' ? null : undoCommand(incident.inverse, incident.change.region);
}

/** The command that puts back what somebody else changed and undrift only tells; null when there is none, or no need. */
export function putBackOf(incident: Incident): string | null {
  if (!onlyTold(incident) || incident.closedAt !== null) return null;
  return undoCommand(incident.inverse ?? incident.finding.putBack ?? null, incident.change.region);
}

/** The section for people: its title and what stands in it. */
export function undoSection(incident: Incident): readonly [title: string, paragraphs: readonly Paragraph[]] {
  const waits = onlyTold(incident) && incident.closedAt === null;
  return waits ? ['To put it back', howToPutBack(incident)] : ['To undo it', howToUndo(incident)];
}

function howToUndo(incident: Incident): readonly Paragraph[] {
  const known = tookAway(incident);
  if (known === 'no') return nothingToUndo(incident);
  const command = undoOf(incident);
  if (command === null) return ['There is no command for it: the ledger does not have what was there before.'];
  const words = UNDO_WORDS[incident.inverse?.action ?? 'authorize-rules'];
  const doubt = known === 'perhaps' ? `It is not known whether anything was ${words.done}. If so, this` : 'This';
  const lines = verbatim(command);
  return [
    `${doubt} ${words.what}. ${unless(incident, words)}:`,
    ...lines,
    ...(words.note === undefined ? [] : [words.note]),
    ...(lines.length > 1 && words.wait !== undefined ? [words.wait] : []),
  ];
}

type UndoWords = {
  readonly done: string;
  readonly what: string;
  readonly again: string;
  /** What to look at before. */
  readonly note?: string;
  /** What to wait for between several lines. */
  readonly wait?: string;
};

const RULES_BACK: UndoWords = { done: 'revoked', what: 'puts the rules back', again: 'closes them' };
const UNDO_WORDS: Readonly<Record<NonNullable<Inverse>['action'], UndoWords>> = {
  'authorize-rules': RULES_BACK,
  'modify-rules': { ...RULES_BACK, what: 'changes the rules back' },
  'attach-groups': {
    done: 'taken off',
    what: 'puts the groups back on',
    again: 'takes them off',
    note: 'It sets all groups of the interface as they were: look first whether others were changed since.',
  },
  'add-entries': {
    done: 'removed',
    what: 'puts the entries back',
    again: 'removes them',
    wait: 'Between two of these lines wait until the list is in state modify-complete.',
  },
};

/** Who changed a group past the pipeline needs the pipeline, not an exemption. */
function unless({ finding }: Incident, { again }: UndoWords): string {
  return finding.rule === 'pipeline-only'
    ? 'Unless a trusted actor runs it, undrift revokes them again'
    : `Without an exemption in policy.yml undrift ${again} again`;
}

function howToPutBack(incident: Incident): readonly Paragraph[] {
  const command = putBackOf(incident);
  if (command === null) return ['There is no command for it: it is not known how it was before.'];
  return ['This puts it back as it was:', ...verbatim(command)];
}

function verbatim(command: string): readonly Paragraph[] {
  return command.split('\n').map((line) => ({ verbatim: line }));
}

const BATCH_UNDO =
  'A batch has no act of its own: what undrift did is in the incidents of its instances. A terminated instance does not come back.';

function nothingToUndo(incident: Incident): readonly Paragraph[] {
  if (isWhole(incident)) return [BATCH_UNDO];
  const replacement = replacementNow(incident);
  if (replacement === null) {
    return [`${incident.rounds > 1 ? 'In this round ' : ''}undrift changed nothing, so there is nothing to undo.`];
  }
  const gone = incident.outcome?.kind === 'done';
  return [
    gone
      ? 'There is nothing to undo: a terminated instance does not come back.'
      : 'What Auto Scaling was asked for cannot be called back.',
    replacement.successor === null ? 'No successor is known yet.' : `${plain(replacement.successor)} took over.`,
  ];
}
