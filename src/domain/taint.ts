/** An instance that somebody was inside of, or altered under a rule with a grace: until when it is left alone. */
import type { Incident } from './incident.ts';
import { ENTERED_SIGNALS } from './signal.ts';
import { openSince } from './urgency.ts';

/** What a person did with a taint, in the incident's audit trail. `until` is ISO 8601, UTC; null where it was cleared. */
export type TaintEntry = {
  readonly until: string | null;
  readonly by: string;
  readonly reason: string;
  readonly at: string;
};

/**
 * What the ledger says of an open incident: since when it is tainted, and until when somebody prolonged that. `entered` where
 * it is about somebody having been inside.
 */
export type Taint = {
  readonly key: string;
  readonly since: string;
  readonly until: string | null;
  readonly entered: boolean;
};

/** A Session Manager session on an instance; `endedAt` is null while it is open. Times are ISO 8601, UTC. */
export type Session = { readonly id: string; readonly endedAt: string | null };
/** The same, asked for by its id: `target` is what it is on. */
export type FoundSession = Session & { readonly target: string };
export type Sessions =
  | { readonly kind: 'read'; readonly sessions: readonly Session[] }
  | { readonly kind: 'unread'; readonly why: string };

/** How an instance came to be left alone. Times are ISO 8601, UTC. */
export type Entry = {
  /** Somebody was inside; somebody altered it; or it was found to be other than it may be. */
  readonly kind: 'entered' | 'altered' | 'found';
  /** The latest entry or change that is known, and the first since the incident was opened: the maximum counts from there. */
  readonly at: string;
  readonly since: string;
  /** The session that the event names. */
  readonly sessionId: string | null;
  /** Until when a person prolonged it. */
  readonly prolonged: string | null;
  /** null while not read: nobody asks before the grace from `at` is over. */
  readonly sessions: Sessions | null;
};

export type Stay = { readonly graceMinutes: number; readonly maxHours: number };

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** How soon an open session is looked at again. */
const LOOK_AGAIN = 5 * MINUTE;

/** Why the instance is still left alone, when that is looked at next, and when it ends at the latest; milliseconds. */
export type Left = {
  readonly why: string;
  readonly next: number;
  readonly latest: number;
  /** A person prolonged it beyond its grace. */
  readonly prolonged: boolean;
};

/** Until when it can be left alone at the latest, in milliseconds: the maximum counts from the first entry or change. */
export function latestOf({ since }: Pick<Entry, 'since'>, { maxHours }: Pick<Stay, 'maxHours'>): number {
  return Date.parse(since) + maxHours * HOUR;
}

/** Null when the time is over, and the instance is to be replaced. */
export function leftAlone(entry: Entry, stay: Stay, now: Date): Left | null {
  const latest = latestOf(entry, stay);
  const grace = stay.graceMinutes * MINUTE;
  const prolonged = entry.prolonged === null ? 0 : Date.parse(entry.prolonged);
  const ends = Math.max(Date.parse(entry.at) + grace, prolonged);
  const until = (end: number, why: string, byPerson = false): Left | null => {
    const next = Math.min(end, latest);
    return next > now.getTime() ? { why, next, latest, prolonged: byPerson } : null;
  };
  if (ends > now.getTime()) {
    if (prolonged === ends) return until(ends, `a person prolonged it until ${entry.prolonged}`, true);
    return until(ends, WHY[entry.kind]);
  }
  if (entry.kind !== 'entered' || entry.sessions === null) return null;
  const doubt = doubtOf(entry.sessions, entry.sessionId);
  if (doubt !== null) return until(now.getTime() + LOOK_AGAIN, doubt);
  const ended = endOf(entry.sessions);
  return ended === null ? null : until(ended + grace, 'a session on it has ended');
}

const WHY = { entered: 'it was entered', altered: 'it was altered', found: 'that was found' } as const;

/** Somebody is inside, or may be. A session that Systems Manager does not show yet counts as open. */
function doubtOf(answer: Sessions, sessionId: string | null): string | null {
  if (answer.kind === 'unread') return `whether a session is open could not be read: ${answer.why}`;
  const open = answer.sessions.find(({ endedAt }) => endedAt === null);
  if (open !== undefined) return `the session ${open.id} is open`;
  const known = sessionId === null || answer.sessions.some(({ id }) => id === sessionId);
  return known ? null : `Systems Manager does not show the session ${sessionId}`;
}

function endOf(answer: Sessions): number | null {
  if (answer.kind === 'unread' || answer.sessions.length === 0) return null;
  return Math.max(...answer.sessions.map(({ endedAt }) => Date.parse(endedAt ?? '')));
}

/** Is a rule about somebody having entered the instance? The ids of these rules are those of the facts. */
export function isAboutEntering(rule: string): boolean {
  return rule === 'session-started' || rule === 'ssh-key-pushed' || ENTERED.has(rule);
}

const ENTERED: ReadonlySet<string> = new Set(ENTERED_SIGNALS);

/** What of an incident concerns the taint; null where it is closed. */
export function taintOf(incident: Incident): Taint | null {
  if (incident.status === 'closed') return null;
  const entered = isAboutEntering(incident.finding.rule);
  return { key: incident.key, since: openSince(incident), until: prolongedUntil(incident), entered };
}

/** What was said of an earlier taint, which is over, counts no more. */
function prolongedUntil(incident: Incident): string | null {
  const last = (incident.taint ?? []).at(-1);
  return last === undefined || last.at < openSince(incident) ? null : last.until;
}

/** Prolonged by a person after `seen` was read: what was decided on that is to be decided anew. */
export function isProlongedSince(seen: readonly Taint[], incident: Incident): boolean {
  const until = taintOf(incident)?.until ?? null;
  return until !== null && until !== seen.find(({ key }) => key === incident.key)?.until;
}
