import type { Incident } from '../../src/domain/incident.ts';
import { slotLineOf } from '../../src/domain/line.ts';
import { byUrgency, openSince } from '../../src/domain/urgency.ts';
import { shown } from '../../src/notice/plain.ts';
import { utc } from '../../src/notice/time.ts';
import { wrap } from '../../src/notice/wrap.ts';
import type { Ledger } from '../../src/roles.ts';
import { apart, behindLines, inRows } from './lines.ts';
import { tableLines } from './table.ts';

/** Whatever is open is due at some time: it is looked at again until it is done, exempted or gone. */
const WHENEVER = '9999-12-31T23:59:59.999Z';
const MOST = 10_000;

/** All that are open, however old: the ledger lists them by when they are due. */
export async function openIncidents(ledger: Ledger): Promise<readonly Incident[]> {
  const { incidents: due } = await ledger.due(WHENEVER, MOST);
  // A closed one of which people are still to be told is due as well.
  return due.filter(({ status }) => status !== 'closed');
}

/**
 * All that a guard or a failure holds: the worst first, and of these what stands open longest. With an Auto Scaling group as the
 * resource, what waits for a slot in it.
 */
export async function heldIncidents(ledger: Ledger, resource: string | null): Promise<readonly Incident[]> {
  const held = (await openIncidents(ledger)).filter(({ status }) => status === 'held');
  const isOf = (incident: Incident) => incident.resource.id === resource || slotLineOf(incident) === resource;
  return held.filter((incident) => resource === null || isOf(incident)).toSorted(byUrgency);
}

const HEADINGS = ['ID', 'SINCE (UTC)', 'RULE', 'RESOURCE', 'GUARD', 'NEXT LOOK (UTC)'];

/** How many of one rule, on one resource, that one guard holds are listed: a scanner may find hundreds on a machine. */
const MOST_ALIKE = 3;

/**
 * A table, one incident a line, and below each why it is held; and how many are left out because others stand for them, which
 * happens to none where one resource was asked for.
 */
export function heldLines(incidents: readonly Incident[], resource: string | null): readonly string[] {
  if (incidents.length === 0) return ['Nothing is held.'];
  const { rows: firsts, behind } = resource === null ? inRows(incidents) : apart(incidents);
  const kinds = resource === null ? ofOneKind(firsts) : [];
  const left = new Set(kinds.flatMap((them) => them.slice(MOST_ALIKE)));
  const listed = firsts.filter((incident) => !left.has(incident));
  const [headings = '', ...rows] = tableLines([HEADINGS, ...listed.map(cells)]);
  return [
    headings,
    ...listed.flatMap((incident, row) => [
      rows[row] ?? '',
      ...why(incident),
      ...behindLines(incident, behind.get(incident) ?? []),
    ]),
    ...kinds.flatMap(leftOut),
  ];
}

/** Those that one guard holds under one rule on one resource, together; their order stays. */
function ofOneKind(incidents: readonly Incident[]): readonly (readonly Incident[])[] {
  const kinds = new Map<string, Incident[]>();
  for (const incident of incidents) {
    const kind = [incident.finding.rule, incident.resource.id, incident.guard].join('\n');
    kinds.set(kind, [...(kinds.get(kind) ?? []), incident]);
  }
  return [...kinds.values()];
}

function leftOut(alike: readonly Incident[]): readonly string[] {
  const [first] = alike;
  if (first === undefined || alike.length <= MOST_ALIKE) return [];
  const on = shown(first.resource.id);
  return [
    `And ${alike.length - MOST_ALIKE} more under ${first.finding.rule} on ${on}: undrift incidents --held --resource ${on}`,
  ];
}

function cells(incident: Incident): readonly string[] {
  const { id, finding, resource, guard, outcome, dueAt } = incident;
  const next = dueAt === null ? 'never' : at(dueAt);
  return [id, at(openSince(incident)), finding.rule, resource.id, guard ?? outcome?.kind ?? '-', next];
}

const at = (instant: string) => utc(instant).replace(' UTC', '');

function why({ finding, guard, outcome, decision }: Incident): readonly string[] {
  const failure = guard === null && outcome !== null && 'why' in outcome ? outcome.why : null;
  return wrap(`${finding.severity}: ${shown(failure ?? decision.reason, 300)}`, '  ');
}
