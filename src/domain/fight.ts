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

/** What the ledger knows of a group: the instances that hold a slot now, and what was replaced lately, newest first. */
export type GroupRecords = { readonly holders: readonly string[]; readonly past: readonly PastReplacement[] };

/** After so many rounds of the same drift it is a fight, for so long. */
export const FIGHT_ROUNDS = 2;
export const FIGHT_SECONDS = 86_400;

/** One round for people: what, by whom, when, and in which incident. */
export function roundWords({ instanceId, actor, changedAt, incidentId }: PastReplacement): string {
  const who = actor ?? 'somebody unknown';
  return `${instanceId} was replaced for the same drift: altered by ${who} at ${changedAt} (incident ${incidentId})`;
}

type Again = Pick<SlotCause, 'rule' | 'drift' | 'actor' | 'changedAt'> & { readonly instanceId: string };

/**
 * The rounds that this drift has had already, newest first: on the instances that this one succeeded, or by the same actor in
 * the same group, each time after the one before had been put right. Fifty machines that are altered in one go are one round.
 */
export function roundsBefore(again: Again, past: readonly PastReplacement[], now: Date): readonly PastReplacement[] {
  const since = now.getTime() - FIGHT_SECONDS * 1000;
  const done = past.filter(({ doneAt }) => doneAt !== null && Date.parse(doneAt) > since);
  const inherited = onPredecessors(again, done);
  const repeated = bySameActor(again, done);
  return inherited.length >= repeated.length ? inherited : repeated;
}

function onPredecessors({ instanceId, drift }: Again, done: readonly PastReplacement[]): readonly PastReplacement[] {
  const rounds: PastReplacement[] = [];
  let heir = instanceId;
  for (;;) {
    const before = done.find((it) => it.successor === heir && it.drift === drift && !rounds.includes(it));
    if (before === undefined) return rounds;
    rounds.push(before);
    heir = before.instanceId;
  }
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
