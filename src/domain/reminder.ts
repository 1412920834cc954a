/** What lasts, and of which people are reminded every day: an alarm rings once, and one email is soon forgotten. Pure. */
import type { Unit } from './incident.ts';
import { isInstant } from './time.ts';

export type DeadLetterQueue = Unit | 'scheduler';
export type Trouble =
  | { readonly kind: 'dead-letters'; readonly queue: DeadLetterQueue; readonly count: number }
  | { readonly kind: 'stopped'; readonly why: string }
  | { readonly kind: 'pause-unreadable' }
  | { readonly kind: 'alarms-unheard' }
  /** Calls no longer come back to the unit. */
  | { readonly kind: 'silent'; readonly unit: Unit; readonly since: string };
export type TroubleKind = Trouble['kind'];

/** By trouble: since when it lasts, and when people were last notified of it. */
export type Reminded = Readonly<Record<string, { readonly since: string; readonly told: string | null }>>;

/** What the ledger holds of reminders. An entry that cannot be read counts as none: its trouble begins now. */
export function readReminded(told: unknown): Reminded {
  const isRead = ([, entry]: readonly [string, unknown]) => {
    const { since, told: at } = (entry ?? {}) as { readonly since?: unknown; readonly told?: unknown };
    return isInstant(since) && (at === null || isInstant(at));
  };
  return Object.fromEntries(Object.entries(told ?? {}).filter(isRead));
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Milliseconds until the first reminder: what rings, or is reported, when it begins, is reminded of a day later. */
const FIRST: Readonly<Record<TroubleKind, number>> = {
  'dead-letters': DAY,
  stopped: DAY,
  'pause-unreadable': DAY,
  // Its alarm reaches nobody. Whoever deploys has an hour to confirm.
  'alarms-unheard': HOUR,
  silent: 0,
};

/**
 * @param unread what could not be asked now: it stays as it was
 * @returns what people are notified of now, and what is over of which they were
 */
export function remind(troubles: readonly Trouble[], unread: ReadonlySet<TroubleKind>, before: Reminded, now: string) {
  const entries = troubles.map((trouble) => {
    const known = before[keyOf(trouble)] ?? { since: now, told: null };
    const wait = known.told === null ? FIRST[trouble.kind] : DAY;
    const isDue = Date.parse(now) - Date.parse(known.told ?? known.since) >= wait;
    return { trouble, key: keyOf(trouble), isDue, entry: isDue ? { ...known, told: now } : known };
  });
  const lasting = new Set(entries.map(({ key }) => key));
  const gone = Object.keys(before).filter((key) => !lasting.has(key));
  const kept = gone.filter((key) => unread.has(kindOf(key))).map((key) => [key, before[key]] as const);
  const next = Object.fromEntries([...kept, ...entries.map(({ key, entry }) => [key, entry] as const)]) as Reminded;
  return {
    due: entries.filter(({ isDue }) => isDue).map(({ trouble }) => trouble),
    over: gone.filter((key) => !unread.has(kindOf(key)) && before[key]?.told !== null),
    next,
  };
}

function keyOf(trouble: Trouble): string {
  if (trouble.kind === 'dead-letters') return `${trouble.kind} ${trouble.queue}`;
  return trouble.kind === 'silent' ? `${trouble.kind} ${trouble.unit}` : trouble.kind;
}

const kindOf = (key: string) => key.split(' ')[0] as TroubleKind;
