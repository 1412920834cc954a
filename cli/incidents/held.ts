import type { Incident } from '../../src/domain/incident.ts';
import { byUrgency, openSince } from '../../src/domain/urgency.ts';
import { plain } from '../../src/notice/plain.ts';
import { utc } from '../../src/notice/time.ts';
import { wrap } from '../../src/notice/wrap.ts';
import type { Ledger } from '../../src/roles.ts';
import { tableLines } from './table.ts';

/** Whatever is open is due at some time: it is looked at again until it is done, exempted or gone. */
const WHENEVER = '9999-12-31T23:59:59.999Z';
const MOST = 10_000;

/** All that are open, however old: the ledger lists them by when they are due. */
export async function openIncidents(ledger: Ledger): Promise<readonly Incident[]> {
  const due = await ledger.due(WHENEVER, MOST);
  // A closed one of which people are still to be told is due as well.
  return due.filter(({ status }) => status !== 'closed');
}

/** All that a guard or a failure holds: the worst first, and of these what stands open longest. */
export async function heldIncidents(ledger: Ledger, resource: string | null): Promise<readonly Incident[]> {
  const held = (await openIncidents(ledger)).filter(({ status }) => status === 'held');
  return held.filter((incident) => resource === null || incident.resource.id === resource).toSorted(byUrgency);
}

const HEADINGS = ['ID', 'SINCE (UTC)', 'RULE', 'RESOURCE', 'GUARD', 'NEXT LOOK (UTC)'];

/** A table, one incident a line, and below each why it is held. */
export function heldLines(incidents: readonly Incident[]): readonly string[] {
  if (incidents.length === 0) return ['Nothing is held.'];
  const [headings = '', ...rows] = tableLines([HEADINGS, ...incidents.map(cells)]);
  return [headings, ...incidents.flatMap((incident, row) => [rows[row] ?? '', ...why(incident)])];
}

function cells(incident: Incident): readonly string[] {
  const { id, finding, resource, guard, outcome, dueAt } = incident;
  const next = dueAt === null ? 'never' : at(dueAt);
  return [id, at(openSince(incident)), finding.rule, resource.id, guard ?? outcome?.kind ?? '-', next];
}

const at = (instant: string) => utc(instant).replace(' UTC', '');

function why({ finding, guard, outcome, decision }: Incident): readonly string[] {
  const failure = guard === null && outcome !== null && 'why' in outcome ? outcome.why : null;
  return wrap(`${finding.severity}: ${plain(failure ?? decision.reason, 300)}`, '  ');
}
