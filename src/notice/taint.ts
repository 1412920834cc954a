import type { Incident } from '../domain/incident.ts';
import { commandLine } from './command-line.ts';
import { plain } from './plain.ts';
import type { Paragraph } from './sections.ts';
import { utc } from './time.ts';

/** How a person keeps an instance that is tainted for longer, or for good; nothing where no taint holds it. */
export function taintCommands(incident: Incident, stage: string | undefined): readonly Paragraph[] {
  if (incident.guard !== 'tainted' || incident.status !== 'held') return [];
  const id = plain(incident.id, 40);
  const { region } = incident.change;
  return [
    'To work there for longer:',
    ...commandLine(`taint prolong ${id} --for 2h --reason "why"`, region, stage),
    'To have it left as it is:',
    ...commandLine(`taint clear ${id} --reason "why"`, region, stage),
  ];
}

/** What people on call did about it, oldest first. */
export function taintTrail({ taint = [] }: Incident): readonly Paragraph[] {
  return taint.map(({ until, by, reason, at }) => {
    const what = until === null ? 'cleared' : `prolonged until ${utc(until)}`;
    return `${utc(at)}: ${what} by ${plain(by)}: ${plain(reason, 300)}`;
  });
}
