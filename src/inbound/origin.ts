/** Where an event came from, as its envelope says, and its agreement with what the event itself says. */
import { isAbsent, malformed, type Place } from './reader.ts';

export type Envelope = {
  readonly id: Place;
  readonly account: Place;
  readonly region: Place;
  readonly time: Place;
};

/**
 * The value that the event names, which must be the one of its envelope where both are there.
 * @throws MalformedEvent
 */
export function agreed(read: (place: Place) => string, inner: Place, outer: Place | undefined): string {
  if (outer === undefined || isAbsent(outer)) return read(inner);
  const vouched = read(outer);
  if (!isAbsent(inner) && read(inner) !== vouched) throw malformed(inner, `${vouched} as the envelope says`);
  return vouched;
}
