import { isExposure } from './domain/exposure.ts';
import type { Incident } from './domain/incident.ts';
import { minimalRecord, withoutInverse } from './domain/minimal.ts';
import { isBlind } from './domain/unrecorded.ts';
import { type Ledger, type OwedNotice, Unstorable } from './roles.ts';

type Writes = { readonly ledger: Pick<Ledger, 'put'> };
/** What goes into the same transaction: a request id, and the notice of what is written. */
type Also = { readonly requestId?: string | null; readonly owing?: (written: Incident) => OwedNotice };

/**
 * Writes an incident. What the ledger cannot store is written as the least that it can say, under the same version, and says
 * what it lacks. A ledger that cannot be reached is another matter, and throws.
 * @throws Superseded, Retryable, Refused
 */
export async function store(incident: Incident, { ledger }: Writes, also: Also = {}): Promise<Incident> {
  try {
    return await write(incident, ledger, also);
  } catch (error) {
    if (!(error instanceof Unstorable)) throw error;
    return storeMinimal(incident, error.message, { ledger }, also);
  }
}

/**
 * Writes the claim that comes before an act. An exposure is closed on the least that can be recorded. Anything else needs its
 * record: `why` says why it is held instead.
 * @throws Superseded, Retryable, Refused
 */
export async function writeClaim(incident: Incident, previous: Incident | null, deps: Writes): Promise<Claimed> {
  if (isExposure(incident)) return store(incident, deps);
  if (previous !== null && isBlind(previous)) return { why: WHAT_PEOPLE_SAID };
  try {
    return await deps.ledger.put(incident);
  } catch (error) {
    if (!(error instanceof Unstorable)) throw error;
    return { why: error.message };
  }
}

type Claimed = Incident | { readonly why: string };

const WHAT_PEOPLE_SAID = 'the record of before cannot be read, and it may say that a person wants the instance to stay';

async function storeMinimal(incident: Incident, why: string, { ledger }: Writes, also: Also): Promise<Incident> {
  const minimal = minimalRecord(incident, why);
  try {
    return await write(minimal, ledger, also);
  } catch (error) {
    if (!(error instanceof Unstorable)) throw error;
    return write(withoutInverse(minimal, error.message), ledger, also);
  }
}

function write(incident: Incident, ledger: Writes['ledger'], { requestId, owing }: Also): Promise<Incident> {
  return ledger.put(incident, requestId ?? null, owing?.(incident) ?? null);
}
