/**
 * Who waits for a slot is woken when one may be free, and not before: the ledger's record of the hour is asked first, then the
 * line of each group. What a woken incident may do is decided, and its slot taken, by the worker that looks at it.
 */
import { chunksOf } from './domain/chunks.ts';
import { budgetOf, roomIn } from './domain/hour.ts';
import type { Incident } from './domain/incident.ts';
import { secondsBetween } from './domain/time.ts';
import { byUrgency } from './domain/urgency.ts';
import type { Ledger } from './roles.ts';
import { takingTurns } from './run.ts';

/** Of one group, so many are read: the first of each rule among them stands for its rule, as budgets may differ by rule. */
const MOST_OF_LINE = 5;
/** What a group's budget refused may have become possible without a call of undrift: a window that ends, peers that recover. */
const REST_SECONDS = 120;
/** So many of these a minute, those first that were looked at longest ago: each is a full look that may be in vain. */
const MOST_RESTED = 20;
/** Due so soon that it is woken for that, or was woken a moment ago. */
const SOON_SECONDS = 120;
const LINES_AT_ONCE = 10;

type Tools = { readonly ledger: Pick<Ledger, 'begunLately' | 'line' | 'nextLine'>; hasTime(): boolean };

/** Those to be woken now. @param perHour how many replacements may begin in an hour */
export async function nextInLines(
  perHour: number,
  now: Date,
  { ledger, hasTime }: Tools,
): Promise<readonly Incident[]> {
  const hour = await ledger.begunLately();
  const room = budgetOf(perHour) - hour.length;
  if (room <= 0) return [];
  const groups: string[] = [];
  for (let at = await ledger.nextLine(''); at !== null && hasTime(); at = await ledger.nextLine(at)) groups.push(at);
  const heads: Incident[] = [];
  const turn = Math.floor(now.getTime() / 60_000);
  const open = groups.filter((group) => roomIn(group, hour, perHour) > 0);
  // Where the time is too short for all, each minute begins with another group.
  for (const some of chunksOf(takingTurns(open, { turn }), LINES_AT_ONCE)) {
    if (!hasTime()) break;
    const lines = await Promise.all(some.map((group) => ledger.line(group, MOST_OF_LINE)));
    heads.push(...lines.flatMap((line) => headOf(line, now)));
  }
  return chosen(heads, room);
}

/**
 * The first that may have its turn. Whoever has it sees to the next in its line (`next-in-line.ts`). One that was woken does not
 * keep the others waiting: its look may fail again and again.
 */
function headOf(line: readonly Incident[], now: Date): readonly Incident[] {
  const rules = new Set<string>();
  const waiting = line.filter((it) => !isSoon(it, now));
  const firsts = waiting.filter(({ finding: { rule } }) => !rules.has(rule) && rules.add(rule));
  return firsts.filter((it) => isRested(it, now)).slice(0, 1);
}

const isSoon = ({ dueAt }: Incident, now: Date) =>
  dueAt === null || secondsBetween(now.toISOString(), new Date(dueAt)) <= SOON_SECONDS;

const isRested = ({ guard, updatedAt }: Incident, now: Date) =>
  guard === 'blast-radius' || secondsBetween(updatedAt, now) >= REST_SECONDS;

/**
 * As many as the hour has room for, the most severe first, then those open longest. What a group's own budget refused before
 * takes no place among them: a group that cannot replace must not keep the others from the hour.
 */
function chosen(heads: readonly Incident[], room: number): readonly Incident[] {
  const forHour = heads.filter(({ guard }) => guard === 'blast-radius');
  const rested = heads.filter(({ guard }) => guard !== 'blast-radius');
  const longest = rested.toSorted((a, b) => Date.parse(a.updatedAt) - Date.parse(b.updatedAt));
  return [...forHour.toSorted(byUrgency).slice(0, room), ...longest.slice(0, MOST_RESTED)];
}
