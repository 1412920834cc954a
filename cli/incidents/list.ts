import type { Incident } from '../../src/domain/incident.ts';
import { plain } from '../../src/notice/plain.ts';
import { secondsWords, utc } from '../../src/notice/time.ts';

const HEADINGS = ['ID', 'WHEN (UTC)', 'RULE', 'RESOURCE', 'STATUS', 'GUARD', 'OUTCOME', 'ROUNDS', 'SECONDS'];

/** A table, one incident a line. */
export function listLines(incidents: readonly Incident[]): readonly string[] {
  if (incidents.length === 0) return ['No incidents.'];
  const rows = [HEADINGS, ...incidents.map(cells)];
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function cells(incident: Incident): readonly string[] {
  const { id, change, finding, resource, status, guard, outcome, rounds } = incident;
  const seconds = outcome?.kind === 'done' ? secondsWords(outcome.secondsToFix).replace(' s', '') : '-';
  const when = utc(change.at).replace(' UTC', '');
  const words = [
    id,
    when,
    finding.rule,
    resource.id,
    status,
    guard ?? '-',
    outcome?.kind ?? '-',
    String(rounds),
    seconds,
  ];
  return words.map((word) => plain(word, 60));
}
