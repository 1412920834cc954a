/** Single values of an estate file. */
import { isAbsent, malformed, type Place } from '../../src/inbound/reader.ts';
import { instantOf } from '../../src/inbound/values.ts';

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

/** ISO 8601; null when absent. @throws MalformedEvent */
export function instant(place: Place): string | null {
  if (isAbsent(place)) return null;
  const found = instantOf(place.value);
  if (found === null) throw malformed(place, 'a time such as 2026-02-03T04:05:06Z');
  return found;
}
