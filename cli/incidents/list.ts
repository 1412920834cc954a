import type { Incident } from '../../src/domain/incident.ts';
import { secondsWords, utc } from '../../src/notice/time.ts';
import { behindLines, inRows } from './lines.ts';
import { tableLines } from './table.ts';

const HEADINGS = ['ID', 'WHEN (UTC)', 'RULE', 'RESOURCE', 'STATUS', 'GUARD', 'OUTCOME', 'ROUNDS', 'SECONDS'];

const ON_LIST = 'on this list wait';

/** A table, one incident a line, or one for all that wait for a slot in one Auto Scaling group. */
export function listLines(incidents: readonly Incident[]): readonly string[] {
  if (incidents.length === 0) return ['No incidents.'];
  const { rows, behind } = inRows(incidents);
  const [headings = '', ...lines] = tableLines([HEADINGS, ...rows.map(cells)]);
  return [
    headings,
    ...rows.flatMap((head, row) => [lines[row] ?? '', ...behindLines(head, behind.get(head) ?? [], ON_LIST)]),
  ];
}

function cells(incident: Incident): readonly string[] {
  const { id, change, finding, resource, status, guard, outcome, closedBy, rounds } = incident;
  const seconds = outcome?.kind === 'done' ? secondsWords(outcome.secondsToFix).replace(' s', '') : '-';
  const when = utc(change.at).replace(' UTC', '');
  return [
    id,
    when,
    finding.rule,
    resource.id,
    status,
    guard ?? '-',
    outcome?.kind ?? (closedBy === 'operator' ? 'cleared' : '-'),
    String(rounds),
    seconds,
  ];
}
