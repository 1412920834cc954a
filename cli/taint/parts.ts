/** The machines of an expression that have incidents of their own. */
import type { Incident } from '../../src/domain/incident.ts';
import { wholeOf } from '../../src/domain/part.ts';
import type { TaintEntry } from '../../src/domain/taint.ts';
import { clear, whyNotByHand } from '../../src/domain/taint-by-hand.ts';
import { type Ledger, Superseded } from '../../src/roles.ts';
import { releaseSlot } from '../../src/works/slots.ts';
import { openIncidents } from '../incidents/held.ts';

/** `left`: those that are being replaced, which cannot be called back. */
type Cleared = { readonly cleared: number; readonly left: number };

/** Those that are held. What undrift is at clears itself at its next look. */
export async function clearParts(ledger: Ledger, whole: Incident, entry: TaintEntry, now: Date): Promise<Cleared> {
  const open = (await openIncidents(ledger)).filter((it) => wholeOf(it) === whole.key);
  const parts = open.filter(({ status }) => status === 'held');
  let cleared = 0;
  for (const part of parts) {
    const current = await ledger.get(part.key);
    if (current === null || whyNotByHand(current, now) !== null) continue;
    try {
      await ledger.put(clear(current, entry, now));
      await releaseSlot(current, null, ledger);
      cleared += 1;
    } catch (error) {
      if (!(error instanceof Superseded)) throw error;
    }
  }
  return { cleared, left: open.length - parts.length };
}
