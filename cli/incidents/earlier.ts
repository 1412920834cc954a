/** Occurrences before the present one: who caused each, how it ended, and what would undo the act of it. */
import type { EarlierOccurrence } from '../../src/domain/history.ts';
import type { Incident } from '../../src/domain/incident.ts';
import { shown } from '../../src/notice/plain.ts';
import type { Paragraph } from '../../src/notice/sections.ts';
import { utc } from '../../src/notice/time.ts';
import { undoCommand } from '../../src/notice/undo.ts';
import type { Ledger } from '../../src/roles.ts';

export type Earlier = EarlierOccurrence & { readonly undo: string | null };

/** The present occurrence has its own undo command, also where it took away the same. */
export async function earlierOf(ledger: Pick<Ledger, 'inverseOf'>, incident: Incident): Promise<readonly Earlier[]> {
  return Promise.all(
    (incident.earlier ?? []).map(async (one) => {
      const { preImage } = one;
      if (preImage === undefined || preImage.digest === incident.preImage?.digest) return { ...one, undo: null };
      const inverse = await ledger.inverseOf({ ...incident, inverse: null, preImage });
      return { ...one, undo: undoCommand(inverse, incident.change.region) };
    }),
  );
}

export function earlierLine({ at, call, actor, summary, closedBy, closedAt, outcome }: EarlierOccurrence): string {
  const end =
    closedAt === null ? 'open when the next one came' : `closed by ${closedBy ?? 'unknown'} on ${utc(closedAt)}`;
  const what = `${utc(at)}: ${shown(summary, 200)}; ${shown(call)} by ${shown(actor, 300)}`;
  return `${what}; ${outcome ?? 'no outcome'}, ${end}`;
}

/** Only what was taken away then, and not put back by anybody since, has to be put back. */
export function earlierUndo(earlier: readonly Earlier[]): readonly Paragraph[] {
  return earlier.flatMap(({ at, undo }) =>
    undo === null
      ? []
      : [
          `What was taken away after ${utc(at)}. Check first whether it is back:`,
          ...undo.split('\n').map((line) => ({ verbatim: line })),
        ],
  );
}
