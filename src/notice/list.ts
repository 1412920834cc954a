/** The lines of an email about many things: everything urgent is named, and nobody's many hide somebody else's one. */
import { chunksOf } from '../domain/chunks.ts';
import type { GuardName, Severity } from '../domain/decision.ts';
import { SEVERITIES } from '../domain/urgency.ts';
import type { EmailFacts } from './email-facts.ts';
import { plain } from './plain.ts';

/** What a list needs to know of an email. */
export type Listed = EmailFacts & {
  readonly severity: Severity;
  readonly rule: string;
  readonly subject: string;
  readonly since: string;
};

export type Lines = {
  readonly lines: readonly string[];
  /** How many are in none of the lines. */
  readonly omitted: number;
};

const MOST_LINES = 50;
/** Beyond fifty, so many have a line of their own, of which one rule, principal or group takes a quarter. */
const MOST_SINGLE = 28;
const SHARE = 4;
const NAMES_A_LINE = 20;

/** @param all names everything, by longer lines where it must be; otherwise the least severe are left out, and counted */
export function linesOf(waiting: readonly Listed[], all: boolean): Lines {
  const rows = together(mostUrgent(waiting));
  if (rows.length <= MOST_LINES) return { lines: rows.map(rowWords), omitted: 0 };
  const single = singles(rows);
  const rest = rows.filter((row) => !single.has(row)).flat();
  const groups = alike(rest, MOST_LINES - single.size);
  const shared = chunked(groups, MOST_LINES - single.size, all);
  const lines = [...[...single].map(rowWords), ...shared.map(sharedWords)].slice(0, MOST_LINES);
  const omitted = shared.slice(MOST_LINES - single.size).flat().length;
  return { lines, omitted };
}

type Row = readonly Listed[];

/** What is not over first, and the most severe; of these the first of each principal, then the second of each; the longest waiting first. */
export function mostUrgent<L extends Listed>(waiting: readonly L[]): readonly L[] {
  const seen = new Map<string, number>();
  const bySince = waiting.toSorted((a, b) => Date.parse(a.since) - Date.parse(b.since));
  const ranked = bySince.map((it) => {
    const key = `${it.over} ${it.severity} ${it.principal}`;
    const rank = seen.get(key) ?? 0;
    seen.set(key, rank + 1);
    return { it, rank };
  });
  return ranked.toSorted((a, b) => urgencyRank(a.it) - urgencyRank(b.it) || a.rank - b.rank).map(({ it }) => it);
}

const urgencyRank = ({ over, severity }: Listed) => SEVERITIES.indexOf(severity) + (over ? SEVERITIES.length : 0);

/** Instances of one Auto Scaling group that wait for the same are one row. */
function together(waiting: readonly Listed[]): readonly Row[] {
  return grouped(waiting, (it, index) => (it.waitsFor === null ? String(index) : `${it.waitsFor} ${it.group}`));
}

function grouped(waiting: readonly Listed[], keyOf: (it: Listed, index: number) => string): readonly Row[] {
  const rows = new Map<string, Listed[]>();
  for (const [index, it] of waiting.entries()) {
    const key = keyOf(it, index);
    rows.set(key, [...(rows.get(key) ?? []), it]);
  }
  return [...rows.values()];
}

function singles(rows: readonly Row[]): ReadonlySet<Row> {
  const chosen = new Set<Row>();
  const taken = new Map<string, number>();
  for (const row of rows) {
    const [first] = row;
    if (chosen.size === MOST_SINGLE || first === undefined) break;
    const causes = [`rule ${first.rule}`, `principal ${first.principal}`, `group ${first.group}`];
    if (causes.some((cause) => (taken.get(cause) ?? 0) >= MOST_SINGLE / SHARE)) continue;
    for (const cause of causes) taken.set(cause, (taken.get(cause) ?? 0) + 1);
    chosen.add(row);
  }
  return chosen;
}

/** Findings alike; where there are more sorts than lines, the last line has the rest. */
function alike(rest: readonly Listed[], room: number): readonly Row[] {
  const groups = grouped(rest, ({ over, severity, verdict, rule }) => `${over} ${severity} ${verdict} ${rule}`);
  return groups.length <= room ? groups : [...groups.slice(0, room - 1), groups.slice(room - 1).flat()];
}

function chunked(groups: readonly Row[], room: number, all: boolean): readonly Row[] {
  let size = NAMES_A_LINE;
  const split = () => groups.flatMap((group) => chunksOf(group, size));
  while (all && split().length > room) size *= 2;
  return split();
}

/** `critical: Held (observe): SSH (tcp 22) open to the internet on sg-… (incident 4f2a9c)` */
function rowWords(row: Row): string {
  const [first] = row;
  if (first === undefined) return '';
  const { severity, subject, incidentId, group, waitsFor } = first;
  if (row.length > 1 && waitsFor !== null)
    return `${severity}: ${row.length} instances of ${plain(group ?? '', 100)} wait for ${WAITS[waitsFor]}: ${namesOf(row)}`;
  const incident = incidentId === null ? '' : ` (incident ${plain(incidentId, 40)})`;
  return `${severity}: ${plain(subject.replace('[undrift] ', ''), 120)}${incident}`;
}

const WAITS: Readonly<Partial<Record<GuardName, string>>> = {
  budget: 'the budget of their group',
  'blast-radius': 'the hourly limit',
  'launch-suspended': 'their group to launch instances again',
  'unhealthy-peers': 'the others of their group to be healthy',
  tainted: 'the end of their sessions or grace periods',
};

function sharedWords(row: Row): string {
  const [first] = row;
  if (first === undefined) return '';
  const one = row.every((it) => it.verdict === first.verdict && it.rule === first.rule);
  const rule = first.incidentId === null ? '' : `, rule ${plain(first.rule, 60)}`;
  const what = one ? `${plain(first.verdict, 60)}${rule}` : 'of several kinds';
  return `${first.severity}: ${row.length} more, ${what}: ${namesOf(row)}`;
}

function namesOf(row: Row): string {
  return row.map(({ resource, subject }) => plain(resource ?? subject.replace('[undrift] ', ''), 100)).join(', ');
}
