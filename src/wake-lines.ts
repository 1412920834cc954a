/**
 * Who waits for a slot is woken when one may be free, and not before: the ledger's record of the hour is asked first, then the
 * line of each group. What a woken incident may do is decided, and its slot taken, by the worker that looks at it.
 */
import { budgetOf, roomIn } from './domain/hour.ts';
import type { Incident } from './domain/incident.ts';
import { secondsBetween } from './domain/time.ts';
import { byUrgency } from './domain/urgency.ts';
import type { Ledger } from './roles.ts';

/** Of one group, so many are read: the first of each rule among them stands for its rule, as budgets may differ by rule. */
const MOST_OF_LINE = 5;
/** What a group's budget refused may have become possible without a call of undrift: a window that ends, peers that recover. */
const REST_SECONDS = 120;
/** So many of these a minute, those first that were looked at longest ago: each is a full look that may be in vain. */
const MOST_RESTED = 20;
/** Due so soon that it is woken for that, or was woken a moment ago. */
const SOON_SECONDS = 120;

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
  const heads: Incident[] = [];
  let group = await ledger.nextLine('');
  while (group !== null && hasTime()) {
    if (roomIn(group, hour, perHour) > 0) heads.push(...headOf(await ledger.line(group, MOST_OF_LINE), now));
    group = await ledger.nextLine(group);
  }
  return chosen(heads, room);
}

/** The first that may have its turn. Whoever has it sees to the next in its line (`next-in-line.ts`). */
function headOf(line: readonly Incident[], now: Date): readonly Incident[] {
  const rules = new Set<string>();
  const firsts = line.filter(({ finding: { rule } }) => !rules.has(rule) && rules.add(rule));
  return firsts.filter((it) => isReady(it, now)).slice(0, 1);
}

function isReady({ guard, dueAt, updatedAt }: Incident, now: Date): boolean {
  if (dueAt === null || secondsBetween(now.toISOString(), new Date(dueAt)) <= SOON_SECONDS) return false;
  return guard === 'blast-radius' || secondsBetween(updatedAt, now) >= REST_SECONDS;
}

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
