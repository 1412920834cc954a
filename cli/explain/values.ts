/** Single values of an estate file. */
import { isAbsent, malformed, type Place } from '../../src/inbound/reader.ts';

/** Undefined when absent. @throws MalformedEvent */
export function number(place: Place): number | undefined {
  if (isAbsent(place)) return undefined;
  if (typeof place.value !== 'number' || !Number.isInteger(place.value)) throw malformed(place, 'a whole number');
  return place.value;
}

/** @throws MalformedEvent */
export function whole(place: Place, otherwise: number): number {
  return number(place) ?? otherwise;
}

/** Undefined when absent. @throws MalformedEvent */
export function flag(place: Place): boolean | undefined {
  if (isAbsent(place)) return undefined;
  if (typeof place.value !== 'boolean') throw malformed(place, 'true or false');
  return place.value;
}
