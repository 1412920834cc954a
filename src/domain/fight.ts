/** A replacement that was begun in a group, as the ledger keeps it for a day or more. */
export type PastReplacement = SlotCause & {
  readonly instanceId: string;
  readonly begunAt: string;
  /** Both null until the successor is in service. */
  readonly successor: string | null;
  readonly doneAt: string | null;
};

/** What a slot is taken for. Instants are ISO 8601, UTC. */
export type SlotCause = {
  readonly incidentId: string;
  readonly rule: string;
  /** Rule and digest of the drift, without the instance: the same on a successor that has the same drift. */
  readonly drift: string;
  /** The role behind a session, or the caller; null when nobody is known. */
  readonly actor: string | null;
  /** When the change at fault was made. */
  readonly changedAt: string;
};

/** What the ledger knows of a group. */
export type GroupRecords = {
  /** Instances that hold a slot now: they are being replaced. */
  readonly holders: readonly string[];
  /** Replacements that warm up, and keep the slot of what they replaced. */
  readonly warming: readonly string[];
  /** What was replaced lately, newest first. */
  readonly past: readonly PastReplacement[];
};

/** After so many rounds of the same drift it is a fight, for so long. */
export const FIGHT_ROUNDS = 2;
export const FIGHT_SECONDS = 86_400;
/** And after so many replacements of one machine and its successors, whatever each was for. */
export const FIGHT_LINE = 4;

/** Findings of other services: each successor runs the same image, and has what was found there under whatever name. */
const FINDINGS = ['guardduty-finding', 'security-hub-finding'];

/** A replacement for people: what, why, by whom, when, and in which incident. `drift` is the one that it is told beside. */
export function roundWords(past: PastReplacement, drift: string): string {
  const { instanceId, rule, actor, changedAt, incidentId } = past;
  const why = past.drift === drift ? 'for the same drift' : `under the rule ${rule}`;
  const how = FINDINGS.includes(rule) ? 'found' : `altered by ${actor ?? 'somebody unknown'}`;
  return `${instanceId} was replaced ${why}: ${how} at ${changedAt} (incident ${incidentId})`;
}

type Again = Pick<SlotCause, 'rule' | 'drift' | 'actor' | 'changedAt'> & { readonly instanceId: string };

/**
 * The rounds that this drift has had already, newest first: on the instances that this one succeeded, or by the same actor in
 * the same group, each time after the one before had been put right. Fifty machines that are altered in one go are one round.
 */
export function roundsBefore(again: Again, past: readonly PastReplacement[], now: Date): readonly PastReplacement[] {
  const inherited = lineBefore(again.instanceId, past, now).filter((it) => isSame(again, it));
  const repeated = bySameActor(again, doneLately(past, now));
  return inherited.length >= repeated.length ? inherited : repeated;
}

/** The replacements that led to this instance, newest first, whatever each was for: whoever has two drifts at hand takes turns. */
export function lineBefore(
  instanceId: string,
  past: readonly PastReplacement[],
  now: Date,
): readonly PastReplacement[] {
  const done = doneLately(past, now);
  const line: PastReplacement[] = [];
  let heir = instanceId;
  for (;;) {
    const before = done.find((it) => it.successor === heir && !line.includes(it));
    if (before === undefined) return line;
    line.push(before);
    heir = before.instanceId;
  }
}

function doneLately(past: readonly PastReplacement[], now: Date): readonly PastReplacement[] {
  const since = now.getTime() - FIGHT_SECONDS * 1000;
  return past.filter(({ doneAt }) => doneAt !== null && Date.parse(doneAt) > since);
}

function isSame({ rule, drift }: Again, it: PastReplacement): boolean {
  return it.drift === drift || (it.rule === rule && FINDINGS.includes(rule));
}

function bySameActor({ actor, rule, changedAt }: Again, done: readonly PastReplacement[]): readonly PastReplacement[] {
  const theirs = done.filter((it) => actor !== null && it.actor === actor && it.rule === rule);
  const rounds: PastReplacement[] = [];
  let at = Date.parse(changedAt);
  for (const it of theirs.toSorted((a, b) => Date.parse(b.doneAt ?? '') - Date.parse(a.doneAt ?? ''))) {
    if (Date.parse(it.doneAt ?? '') >= at) continue;
    rounds.push(it);
    at = Date.parse(it.changedAt);
  }
  return rounds;
}
