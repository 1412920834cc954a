import { isExposure } from './domain/exposure.ts';
import type { Incident } from './domain/incident.ts';
import { isBlind, minimalRecord, withoutInverse } from './domain/minimal.ts';
import { type Ledger, Unstorable } from './roles.ts';

type Writes = { readonly ledger: Pick<Ledger, 'put'> };

/**
 * Writes an incident. What the ledger cannot store is written as the least that it can say, under the same version, and says
 * what it lacks. A ledger that cannot be reached is another matter, and throws.
 * @throws Superseded, Retryable, Refused
 */
export async function store(incident: Incident, { ledger }: Writes, requestId: string | null = null) {
  try {
    return await ledger.put(incident, requestId);
  } catch (error) {
    if (!(error instanceof Unstorable)) throw error;
    return storeMinimal(incident, error.message, { ledger }, requestId);
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

async function storeMinimal(incident: Incident, why: string, { ledger }: Writes, requestId: string | null) {
  const minimal = minimalRecord(incident, why);
  try {
    return await ledger.put(minimal, requestId);
  } catch (error) {
    if (!(error instanceof Unstorable)) throw error;
    return ledger.put(withoutInverse(minimal, error.message), requestId);
  }
}
