/**
 * What every version of every record, and everything that is printed of it, has to keep to. The world of the simulations checks
 * each write: so each life that any of them leads is a case.
 */
import { heldLines } from '../../cli/incidents/held.ts';
import { listLines } from '../../cli/incidents/list.ts';
import { incidentPage, incidentView } from '../../cli/incidents/show.ts';
import type { Incident } from '../../src/domain/incident.ts';
import { isWhole } from '../../src/domain/part.ts';
import type { OwedNotice } from '../../src/roles.ts';

/** One write of a record. `first`: what the first write of the present occurrence found. */
export type Written = {
  readonly incident: Incident;
  readonly before: Incident | null;
  readonly first: readonly string[];
  readonly owed: OwedNotice | null;
  readonly now: string;
};

type Sentences = { readonly page: string; readonly notice: string; readonly subject: string };

/** What is untrue, in words; nothing when all is as it should be. */
export function untruthsOf(written: Written): readonly string[] {
  const { incident, owed, now } = written;
  const flat = (text: string) => text.replace(/\s+/g, ' ');
  const said: Sentences = {
    page: flat(incidentPage(incident, [], now)),
    notice: flat(owed?.notice.text ?? ''),
    subject: owed?.notice.subject ?? '',
  };
  const broken = LAWS.filter(({ holds }) => !holds(written, said)).map(({ law }) => law);
  return broken.map(
    (law) =>
      `${law}: ${incident.key} (${incident.status}, ${incident.closedBy})\n${said.page}\n${said.subject}\n${said.notice}`,
  );
}

const sentNow = ({ attempts, round }: Incident) => attempts.filter((it) => it.round === round && it.error === null);
const isClosed = ({ status }: Incident) => status === 'closed';
const isDone = ({ outcome }: Incident) => outcome?.kind === 'done';
const says = ({ page, notice }: Sentences, words: string | RegExp) =>
  [page, notice].some((text) => (typeof words === 'string' ? text.includes(words) : words.test(text)));
const ordered = (...instants: readonly (string | null | undefined)[]) => {
  const known = instants.filter((it): it is string => typeof it === 'string').map((it) => Date.parse(it));
  return known.every((it, n) => n === 0 || it >= (known[n - 1] ?? 0));
};

type Law = { readonly law: string; readonly holds: (written: Written, said: Sentences) => boolean };

const LAWS: readonly Law[] = [
  {
    law: '"changed nothing" is said only where no call was sent for the occurrence, and never of a batch',
    holds: ({ incident }, said) =>
      !says(said, 'undrift changed nothing') ||
      (sentNow(incident).length === 0 && !isDone(incident) && !isWhole(incident)),
  },
  {
    law: '"nothing was done" is said only where no call was sent for the occurrence',
    holds: ({ incident }, said) => !/[^e] Nothing was done:/.test(said.notice) || sentNow(incident).length === 0,
  },
  {
    law: 'an undo command is offered only where something may have been taken away, and never beside "changed nothing"',
    holds: ({ incident }, said) => {
      const { undo } = incidentView(incident);
      if (undo === null) return true;
      return (sentNow(incident).length > 0 || isDone(incident)) && !says(said, 'undrift changed nothing');
    },
  },
  {
    law: 'what was taken away, and is on record, can be undone by a command',
    holds: ({ incident }) => {
      const taken = incident.unit !== 'instances' && sentNow(incident).some(({ requestId }) => requestId !== null);
      return !taken || incident.inverse === null || incidentView(incident).undo !== null;
    },
  },
  {
    law: 'seconds are told only of what undrift did and verified',
    holds: ({ incident }, said) => {
      const [, line = ''] = listLines([incident]);
      const told = [/done in [\d.]+ s/.test(said.page), / s$/.test(said.subject), !line.trimEnd().endsWith('-')];
      return isDone(incident) ? incident.closedBy === 'undrift' && isClosed(incident) : !told.includes(true);
    },
  },
  {
    law: 'closed by undrift means that undrift sent a call, replaced an instance of the batch, or names the incident that did it',
    holds: ({ incident }) => {
      const { closedBy, closedWith, members, change } = incident;
      if (closedBy !== 'undrift' || closedWith !== undefined) return true;
      if (change.fact.kind === 'unnamed') return incident.outcome?.kind === 'already-done';
      return isWhole(incident) ? (members?.counts.replaced ?? 0) > 0 : sentNow(incident).length > 0;
    },
  },
  {
    law: 'a batch that is over has no instance whose incident is open',
    holds: ({ incident }) => !isWhole(incident) || !isClosed(incident) || (incident.members?.counts.open ?? 0) === 0,
  },
  {
    law: 'what is over says by whom it was closed, and nothing that is still to come',
    holds: ({ incident }, { page }) => {
      const { closedBy } = incident;
      if (!isClosed(incident)) return !/closed by \w+: /.test(page);
      return page.includes(`closed by ${closedBy}: `) && !/nothing yet|nothing so far|to be tried again/.test(page);
    },
  },
  {
    law: 'a subject says what the record says',
    holds: ({ incident }, { subject }) => {
      const [, verdict = ''] = /^\[undrift\] ([^:]+): /.exec(subject) ?? [];
      if (verdict.startsWith('Held')) return incident.status === 'held';
      return !/^(Closed|Revoked|Replaced)$/.test(verdict) || (isDone(incident) && incident.closedBy === 'undrift');
    },
  },
  {
    law: 'replaced is said only with the replacement in service, or where the group needs none',
    holds: ({ incident }, said) => {
      const claims = /took (its place|over)|^\[undrift\] Replaced/.test(`${said.notice} ${said.subject}`);
      return !claims || isDone(incident);
    },
  },
  {
    law: 'what was found first stays on the page',
    holds: ({ incident, first }, { page }) =>
      incident.unrecorded !== undefined ||
      first.slice(0, 12).every((line) => page.includes(line.replace(/\s+/g, ' ').slice(0, 20))),
  },
  {
    law: 'times are in their order',
    holds: ({ incident, now }) => {
      const { openedAt, foundAt, decidedAt, updatedAt, closedAt, attempts } = incident;
      return (
        ordered(openedAt, foundAt, decidedAt, updatedAt, now) &&
        ordered(foundAt ?? openedAt, closedAt, now) &&
        ordered(...attempts.map(({ at }) => at), updatedAt)
      );
    },
  },
  {
    law: 'whoever caused an occurrence stays on record when a further one comes',
    holds: ({ incident, before }) =>
      before === null ||
      before.rounds === incident.rounds ||
      incident.unrecorded !== undefined ||
      (incident.earlier ?? []).some(({ eventId }) => eventId === before.change.eventId),
  },
  {
    law: 'an attempt that was sent is never forgotten while a refused one is kept, nor is its answer',
    holds: ({ incident, before }) =>
      incident.unrecorded !== undefined ||
      (before?.attempts ?? []).every(({ at, requestId, error }) => {
        const kept = incident.attempts.find((it) => it.at === at);
        if (kept !== undefined) return requestId === null || kept.requestId === requestId;
        const isFull = incident.attempts.length > 1;
        return isFull && (error !== null || incident.attempts.slice(0, -1).every((it) => it.error === null));
      }),
  },
  {
    law: 'a person’s word is never forgotten',
    holds: ({ incident, before }) =>
      (before?.taint ?? []).every((said) => incident.taint?.some(({ at }) => at === said.at)),
  },
  {
    law: 'observed means that nothing was sent',
    holds: ({ incident }, said) => !says(said, 'observed, nothing was changed') || sentNow(incident).length === 0,
  },
  {
    law: 'no field is printed that is not there',
    holds: ({ incident }, said) => {
      const lines = [...listLines([incident]), ...(incident.status === 'held' ? heldLines([incident], null) : [])];
      return !/\bundefined\b|\[object|\bNaN\b/.test([said.page, said.notice, said.subject, ...lines].join(' '));
    },
  },
];
