/** A call that names many machines at once is one incident, the whole; its machines are parts of it, with incidents of their own. */
import type { Change, ResourceRef } from './change.ts';
import type { Incident } from './incident.ts';
import { keyOf } from './key.ts';

/**
 * The identity of the whole; null where nobody can look its machines up. Each call is one of its own: it reached its own
 * machines, and a further one must not take the place of those.
 */
export function wholeKey({ id, lookUp }: ResourceRef, { fact, eventId }: Change): string | null {
  if (lookUp === undefined || fact.kind !== 'signal') return null;
  return keyOf(['targets', id, fact.signal, eventId], fact.drift);
}

/** The whole that this incident is part of, by its key; null where it stands by itself. The change of a part names its whole alone. */
export function wholeOf({ resource, change }: Pick<Incident, 'resource' | 'change'>): string | null {
  const [named] = change.resources;
  return resource.type !== 'instance' || named === undefined ? null : wholeKey(named, change);
}

/** The change as it concerns the machines of one expression. */
export function changeOfPart(change: Change, whole: ResourceRef): Change {
  return { ...change, resources: [whole] };
}

/** More machines than these are not looked through at once: it would take longer than a function has. */
export const MOST_MACHINES = 5_000;

/** An incident on an expression that names many machines. */
export function isWhole({ resource }: Pick<Incident, 'resource'>): boolean {
  return resource.type === 'targets';
}

/** What became of one instance of a batch; `ended`: it is over without a replacement by undrift. */
type MemberResult = 'replaced' | 'open' | 'cleared' | 'ended';

export type Member = {
  readonly id: string;
  /** The id of the incident that says so; null where none does. */
  readonly incident: string | null;
  readonly result: MemberResult;
  readonly successor: string | null;
};

/** How many of a batch came to what; `named` has the first of them, replaced ones first. */
export type Members = {
  readonly counts: Readonly<Record<MemberResult, number>>;
  readonly named: readonly Member[];
};

/** So many members are named in the record of the batch; the counts are of all. */
const MEMBERS_NAMED = 50;

/** @param of the incident of each instance that the call named; null where none is about it */
export function membersOf(of: ReadonlyMap<string, Incident | null>): Members {
  const all = [...of].map(([id, incident]) => memberOf(id, incident));
  const count = (wanted: MemberResult) => all.filter(({ result }) => result === wanted).length;
  const counts = {
    ...{ replaced: count('replaced'), open: count('open') },
    ...{ cleared: count('cleared'), ended: count('ended') },
  };
  const named = MEMBER_ORDER.flatMap((wanted) => all.filter(({ result }) => result === wanted));
  return { counts, named: named.slice(0, MEMBERS_NAMED) };
}

const MEMBER_ORDER: readonly MemberResult[] = ['replaced', 'open', 'cleared', 'ended'];

function memberOf(id: string, incident: Incident | null): Member {
  if (incident === null) return { id, incident: null, result: 'ended', successor: null };
  return { id, incident: incident.id, result: resultOf(incident), successor: incident.replacement?.successor ?? null };
}

function resultOf({ status, closedBy, outcome }: Incident): MemberResult {
  if (status !== 'closed') return 'open';
  if (closedBy === 'operator') return 'cleared';
  return closedBy === 'undrift' && outcome?.kind === 'done' ? 'replaced' : 'ended';
}

/** In words: `2 replaced, 1 cleared by a person`. */
export function membersWords({ counts }: Members): string {
  const { replaced, open, cleared, ended } = counts;
  const parts = [
    replaced > 0 ? `${replaced} replaced` : null,
    open > 0 ? `${open} with an open incident` : null,
    cleared > 0 ? `${cleared} cleared by a person` : null,
    ended > 0 ? `${ended} not replaced by undrift` : null,
  ];
  return parts.filter((part) => part !== null).join(', ');
}
