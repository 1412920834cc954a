import type { Finding } from '../domain/decision.ts';
import type { Incident, Step } from '../domain/incident.ts';
import { isWhole } from '../domain/part.ts';
import { verbatim, whatWasBefore } from './former.ts';
import { plain } from './plain.ts';
import { restNotes } from './rule-notes.ts';
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
  const before = whatWasBefore(incident);
  if (known === 'no') return [...nothingToUndo(incident), ...before];
  const command = undoOf(incident);
  if (command === null)
    return [...before, 'There is no command for it: the ledger does not have what was there before.'];
  const words = UNDO_WORDS[incident.inverse?.action ?? 'authorize-rules'];
  const doubt = known === 'perhaps' ? `It is not known whether anything was ${words.done}. If so, this` : 'This';
  const lines = verbatim(command);
  return [
    ...before,
    `${doubt} ${words.what}${before.length > 0 ? ' as undrift found them' : ''}. ${unless(incident, words)}:`,
    ...lines,
    ...(words.note === undefined ? [] : [words.note]),
    ...(lines.length > 1 && words.wait !== undefined ? [words.wait] : []),
    ...restNotes(incident.inverse),
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
const UNDO_WORDS: Readonly<Record<Step['action'], UndoWords>> = {
  'authorize-rules': RULES_BACK,
  'modify-rules': { ...RULES_BACK, what: 'changes the rules back' },
  'restore-version': { done: 'changed', what: 'restores the version of the list', again: 'closes it' },
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
  const step = incident.inverse ?? incident.finding.putBack ?? null;
  const again =
    step?.action === 'modify-rules'
      ? undoCommand({ ...step, action: 'authorize-rules' }, incident.change.region)
      : null;
  return [
    'This puts it back as it was:',
    ...verbatim(command),
    ...(again === null
      ? []
      : ['If EC2 answers that a rule does not exist, it is gone by now. This adds it again:', ...verbatim(again)]),
    ...restNotes(step),
    ...(incident.finding.from === undefined ? [] : [FROM_RECORD[incident.finding.from]]),
  ];
}

const FROM_RECORD: Readonly<Record<NonNullable<Finding['from']>, string>> = {
  answer:
    'Values that undrift had not read are those that AWS lists in the record of the call. It has no tags of rules.',
  request:
    'Some values are only what the call asked for: its record does not list what was removed, and in a default VPC EC2 accepts values that no rule has. Make sure that the rules were there before you run this.',
};

const BATCH_UNDO =
  'A batch has no act of its own: what undrift did is in the incidents of its instances. A terminated instance does not come back.';

function nothingToUndo(incident: Incident): readonly Paragraph[] {
  if (isWhole(incident)) return [BATCH_UNDO];
  const replacement = replacementNow(incident);
  if (incident.closedBy === 'undrift' && incident.closedWith !== undefined)
    return [
      `What undrift did for it is in incident ${plain(incident.closedWith, 40)}, with the command that undoes it.`,
    ];
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
