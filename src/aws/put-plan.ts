/** What one write of an incident comes to, before anything is written: the fake ledger and DynamoDB's do the same. Pure. */
import type { Incident } from '../domain/incident.ts';
import { Unstorable } from '../roles.ts';
import { boundedIncident, RECORD_LIMIT } from './incident-bounds.ts';
import { plannedPreImage } from './pre-images.ts';
import { whyNotStorable } from './storable.ts';
import type { Item } from './table.ts';

/** `raised`: the incident as the caller has it from then on; `before`: the items of its pre-image, to be written first. */
export function planned(incident: Incident): { readonly raised: Incident; readonly before: readonly Item[] } {
  const { preImage, items } = plannedPreImage(incident) ?? { preImage: incident.preImage, items: [] };
  const bounded = boundedIncident({ ...incident, revision: incident.revision + 1 });
  return { raised: preImage === undefined ? bounded : { ...bounded, preImage }, before: items };
}

/** @throws Unstorable */
export function refuseUnstorable(item: Item, limit: number = RECORD_LIMIT): void {
  const why = whyNotStorable(item, limit);
  if (why !== null) throw new Unstorable(`the record of this incident cannot be stored: ${why}`);
}
