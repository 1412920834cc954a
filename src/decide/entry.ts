import type { Change } from '../domain/change.ts';
import type { InstanceEstate } from '../domain/estate.ts';
import type { Entry } from '../domain/taint.ts';

/** How the instance of this finding was entered. A prolongation counts for the machine, on whichever incident it stands. */
export function entryOf(key: string, { fact, at }: Change, { taints = [], sessions }: InstanceEstate): Entry {
  const since = taints.find((taint) => taint.key === key)?.since ?? at;
  const prolonged =
    taints
      .map(({ until }) => until ?? '')
      .sort()
      .at(-1) ?? '';
  return {
    at,
    since: since < at ? since : at,
    sessionId: fact.kind === 'session-started' ? fact.sessionId : null,
    prolonged: prolonged === '' ? null : prolonged,
    sessions: sessions ?? null,
  };
}
