/** Where an event came from: what its envelope says counts before what the event itself says. */
import { isAbsent, type Place } from './reader.ts';

export type Envelope = {
  readonly id: Place;
  readonly account: Place;
  readonly region: Place;
  readonly time: Place;
};

/**
 * The value of the envelope, which AWS itself writes, where there is one; else what the event says. Recorded events
 * with masked accounts and Regions show that the two may differ, and the envelope is the one that nobody can forge.
 */
export function vouched(read: (place: Place) => string, inner: Place, outer: Place | undefined): string {
  return read(outer === undefined || isAbsent(outer) ? inner : outer);
}
