import type { Incident } from '../../src/domain/incident.ts';
import { restoreOf } from '../../src/notice/former.ts';
import { howItEnded } from '../../src/notice/how-it-ended.ts';
import { commandOf } from '../../src/notice/json.ts';
import { loopWords } from '../../src/notice/loop.ts';
import { memberLines } from '../../src/notice/members.ts';
import { shown } from '../../src/notice/plain.ts';
import { putBackOf, undoOf, undoSection } from '../../src/notice/put-back.ts';
import { whatRan } from '../../src/notice/ran.ts';
import { whatIsUnrecorded, whatWasWrong, whoAndWhen, whose } from '../../src/notice/sections.ts';
import { readableJson } from '../../src/notice/shell.ts';
import { taintTrail } from '../../src/notice/taint.ts';
import { textOf, whoTitle } from '../../src/notice/text.ts';
import { duration, secondsBetween, utc } from '../../src/notice/time.ts';
import { actWords, guardWords, machinesWords } from '../../src/notice/words.ts';
import { type Earlier, earlierLine, earlierUndo } from './earlier.ts';
import { attemptLine, outcomeLines } from './outcome.ts';
import { kinLines, wholeIdOf } from './whole.ts';

type Command = { readonly command: string } | null;
type View = Incident & {
  readonly undo: Command;
  readonly putBack: Command;
  readonly restore: Command;
  readonly partOf: string | null;
};

/**
 * For machines: the incident as the ledger has it, the commands that would undo what was done, by us or by others, and the id of
 * the incident on the call that named this machine with others.
 */
export function incidentView(incident: Incident): View {
  return {
    ...incident,
    undo: commandOf(undoOf(incident)),
    putBack: commandOf(putBackOf(incident)),
    restore: commandOf(restoreOf(incident)),
    partOf: wholeIdOf(incident),
  };
}

export function jsonText(value: unknown): string {
  return readableJson(value);
}

/** For people: its whole life. `members`: the incidents of its instances, where it is a batch. */
export function incidentPage(
  incident: Incident,
  members: readonly Incident[],
  now: string,
  earlier: readonly Earlier[] = (incident.earlier ?? []).map((one) => ({ ...one, undo: null })),
): string {
  return textOf([
    [`Incident ${shown(incident.id)}: ${incident.status}`, whatWasWrong(incident)],
    [whoTitle(incident), whoAndWhen(incident.change)],
    ['Earlier occurrences', earlier.map(earlierLine)],
    ['Opened again and again', incident.loop === undefined ? [] : loopWords(incident, incident.loop)],
    ['What ran', whatRan(incident)],
    ['Whose it is', whose(incident)],
    [members.length > 0 ? 'Incidents of its machines' : 'Part of', kinLines(incident, members)],
    ['What became of its instances', memberLines(incident, undefined)],
    [decisionTitle(incident), decision(incident)],
    ['What people did about it', taintTrail(incident)],
    ['Attempts', incident.attempts.map(attemptLine)],
    ['What came of it', outcomeLines(incident)],
    ['How it ended', howItEnded(incident)],
    undoSection(incident),
    ['To undo an earlier occurrence', earlierUndo(earlier)],
    ['What could not be recorded', whatIsUnrecorded(incident)],
    ['Times', times(incident, now)],
    ['Decided by', [stamp(incident)]],
  ]);
}

function decisionTitle({ decidedAt, status }: Incident): string {
  const what = status === 'closed' ? 'What was decided last' : 'What was decided';
  return decidedAt === undefined ? what : `${what} (${utc(decidedAt)})`;
}

function decision(incident: Incident): readonly string[] {
  const {
    decision: { kind, reason },
    guard,
    resource,
  } = incident;
  return [
    `${kind}: ${shown(reason, 300)}`,
    ...(guard === null ? [] : [`guard ${guard}: ${guardWords(guard, resource.type)} See docs/runbook.md#${guard}.`]),
    ...actLine(incident),
  ];
}

/** A batch that is over has what became of its instances instead. */
function actLine({ decision: { kind, guard, remediation }, resource, closedAt }: Incident): readonly string[] {
  if (remediation !== null) return [`${kind === 'hold' ? 'would be' : 'act'}: ${actWords(remediation)}`];
  if (resource.type !== 'targets') return ['act: none possible'];
  return closedAt === null ? [`act: ${machinesWords(guard)}`] : [];
}

function times(incident: Incident, now: string): readonly string[] {
  const { openedAt, updatedAt, closedAt, dueAt, rounds, noticesSent } = incident;
  const wait = dueAt === null ? null : secondsBetween(now, dueAt);
  return [
    `first seen ${utc(openedAt)}, ${rounds === 1 ? '1 round' : `${rounds} rounds`}`,
    `last written ${utc(updatedAt)}`,
    ...(closedAt === null ? [] : [`closed ${utc(closedAt)}`]),
    ...(dueAt === null
      ? []
      : [`looked at again ${utc(dueAt)} (${wait !== null && wait > 0 ? `in ${duration(wait)}` : 'due'})`]),
    noticesSent.length === 0
      ? 'no notification was recorded'
      : `notifications recorded: ${noticesSent.map((key) => shown(key)).join(', ')}`,
  ];
}

function stamp({ policyDigest, version, commit }: Incident): string {
  return `policy ${shown(policyDigest)}, undrift ${shown(version)}, commit ${shown(commit)}`;
}
