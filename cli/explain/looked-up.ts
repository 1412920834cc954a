/** Expressions that mean one instance, which undrift looks up. The event does not name it. */
import { type Change, type ResourceRef, SESSION } from '../../src/domain/change.ts';

/** As `findInstances` in `src/aws/fleet-find.ts` and `targetsOfSession` in `src/works/session-news.ts`. */
const LOOKED_UP = ['address=', 'attachment=', 'volume=', SESSION];

export function isLookedUp({ type, id, lookUp }: ResourceRef, { fact }: Pick<Change, 'fact'>): boolean {
  const isOne = type === 'targets' && lookUp === undefined && LOOKED_UP.some((kind) => id.startsWith(kind));
  return isOne && fact.kind !== 'session-ended';
}
