/** What became of the instances of a batch: for people, and for programs. */
import type { Incident } from '../domain/incident.ts';
import { incidentIdOf } from '../domain/key.ts';
import { type Member, membersWords, wholeOf } from '../domain/part.ts';
import { commandLine } from './command-line.ts';
import { plain } from './plain.ts';
import type { Paragraph } from './sections.ts';

const LISTED = 20;

/** Nothing where it is no batch, or what became of its instances is not on record. */
export function memberLines({ members, change }: Incident, stage: string | undefined): readonly Paragraph[] {
  if (members === undefined || members.named.length === 0) return [];
  const lines = members.named.slice(0, LISTED).map(memberLine);
  const rest = Object.values(members.counts).reduce((sum, count) => sum + count, 0) - lines.length;
  const first = members.named.find(({ incident }) => incident !== null)?.incident ?? null;
  return [
    `${membersWords(members)}.`,
    ...lines,
    ...(rest > 0 ? [`and ${rest} more`] : []),
    ...(first === null
      ? []
      : ['To see one of them:', ...commandLine(`incidents show ${plain(first, 40)}`, change.region, stage)]),
  ];
}

/** The batch that this instance was named in. */
export function batchLines(incident: Incident, stage: string | undefined): readonly Paragraph[] {
  const key = wholeOf(incident);
  if (key === null) return [];
  const id = incidentIdOf(key);
  return [
    `incident ${id}: all instances named by ${plain(incident.change.resources[0]?.id ?? '')}`,
    ...commandLine(`incidents show ${id}`, incident.change.region, stage),
  ];
}

function memberLine({ id, incident, result, successor }: Member): string {
  const by = successor === null || result !== 'replaced' ? '' : ` by ${plain(successor)}`;
  return `${plain(id)}: ${RESULT[result]}${by}${incident === null ? '' : ` (incident ${plain(incident, 40)})`}`;
}

const RESULT: Readonly<Record<Member['result'], string>> = {
  replaced: 'replaced',
  open: 'its incident is open',
  cleared: 'cleared by a person',
  ended: 'not replaced by undrift',
};

/** A batch has no act of its own. */
export function batchDone({ members }: Pick<Incident, 'members'>): string {
  return members === undefined
    ? 'Instances that were replaced have incidents of their own.'
    : `Of the instances that the call named: ${membersWords(members)}. Each replacement is an incident of its own.`;
}
