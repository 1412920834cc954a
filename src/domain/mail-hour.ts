/** The arithmetic of the email budget: what may be an email now, and when a list of what waits is due. Pure. */
import type { Severity } from './decision.ts';
import { budgetOf, ofLastHour } from './hour.ts';
import { secondsBetween } from './time.ts';
import { SEVERITIES } from './urgency.ts';

/** What an email asks of people, the most urgent first. Each kind has a budget of its own, and none uses another's. */
export const MAIL_KINDS = ['action', 'finding', 'information'] as const;
export type MailKind = (typeof MAIL_KINDS)[number];

/**
 * An email of the last hour. `causes`: the rule, the principal and the group that it was sent for. `about`: what it was counted
 * for, where it is no list; a worker that died before it could publish it is not counted twice.
 */
export type SentEmail = {
  readonly kind: MailKind;
  readonly at: string;
  readonly list: boolean;
  readonly about?: string;
  readonly causes: readonly string[];
};

/** What waits, as far as the time of its list depends on it. */
type Waiting = { readonly since: string; readonly severity: Severity; readonly causes: readonly string[] };

const HOUR_SECONDS = 3600;
/** What is collected is sent within this. */
const WINDOW_SECONDS = 300;
/** The scheduler runs once a minute, at times some seconds late: what would be too old at its next run is sent now. */
const RUN_SECONDS = 75;
/** Between two lists lie five runs. A run that comes some seconds late must not make it four: the budget is for five. */
const LISTS_APART_SECONDS = 270;
/** One rule, one principal and one group may cause a quarter of the emails that can be thinned. */
const SHARE = 4;

/** Of 20: 13 for action, which are one every five minutes and one at once; 5 for findings, 2 for information. */
export function splitOf(perHour: number): Readonly<Record<MailKind, number>> {
  const total = budgetOf(perHour);
  const least = total < MAIL_KINDS.length ? 0 : 1;
  const finding = Math.max(least, Math.floor(total / 4));
  const information = Math.max(least, Math.floor(total / 10));
  return { action: total - finding - information, finding, information };
}

/** Seconds within which what is collected is sent. With fewer than 18 emails an hour, what asks for action waits longer. */
export function windowOf(kind: MailKind, perHour: number): number {
  const emails = splitOf(perHour)[kind];
  return kind === 'action' ? Math.max(WINDOW_SECONDS, (HOUR_SECONDS + WINDOW_SECONDS) / emails) : WINDOW_SECONDS;
}

/** The first email of a kind after an hour without one goes out by itself. */
export function goesAtOnce(sent: readonly SentEmail[], kind: MailKind, now: string, perHour: number): boolean {
  return splitOf(perHour)[kind] > 0 && ofLastHour(sent, now).every((it) => it.kind !== kind);
}

export function isCounted(sent: readonly SentEmail[], about: string, now: string): boolean {
  return ofLastHour(sent, now).some((it) => it.about === about);
}

/** Whether this has waited so long that it must not wait for the next run. */
export function isRipe(at: string, kind: MailKind, now: string, perHour: number): boolean {
  return since(at, now) > windowOf(kind, perHour) - RUN_SECONDS;
}

/**
 * What causes a list now; null where none is due. What asks for action always may. Of the other kinds, what has caused its
 * share of the hour waits for the next list.
 */
export function listCauses(
  sent: readonly SentEmail[],
  waiting: readonly Waiting[],
  { kind, now, perHour }: { readonly kind: MailKind; readonly now: string; readonly perHour: number },
): readonly string[] | null {
  const hour = ofLastHour(sent, now).filter((it) => it.kind === kind);
  const emails = splitOf(perHour)[kind];
  if (hour.length >= emails) return null;
  if (hour.some(({ list, at }) => list && since(at, now) < LISTS_APART_SECONDS)) return null;
  const share = kind === 'action' ? emails : Math.ceil(emails / SHARE);
  const caused = (cause: string) => hour.filter(({ causes }) => causes.includes(cause)).length;
  const may = waiting.filter(
    (it) => isRipe(it.since, kind, now, perHour) && it.causes.every((cause) => caused(cause) < share),
  );
  const [first] = may.toSorted((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
  return first?.causes ?? null;
}

function since(at: string, now: string): number {
  return secondsBetween(at, new Date(now));
}
