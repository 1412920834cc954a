/**
 * Reads untrusted JSON field by field; each value knows its place, so that a fault can name it. What names the resource that was
 * acted on is read strictly. What is only compared, counted or shown is read by `attempt`, `soft` and `softText`: one odd value
 * beside it must not hide what was done.
 */
import { describe, MalformedEvent } from './malformed.ts';

/** A value somewhere in an event. `path` is empty for the event itself. */
export type Place = { readonly value: unknown; readonly path: string };

/** Longer than any id, name or ARN that AWS allows. */
const LONGEST_TEXT = 2048;

export function root(value: unknown): Place {
  return { value, path: '' };
}

export function malformed(place: Place, expected: string): MalformedEvent {
  return new MalformedEvent(`${place.path || 'event'}: expected ${expected}, found ${describe(place.value)}`);
}

/** CloudTrail writes an absent object as a missing key, `null` or an empty string. */
export function isAbsent(place: Place): boolean {
  return place.value === undefined || place.value === null || place.value === '';
}

/**
 * The value at a dotted path, own properties only; absent when a step of it is.
 * @throws MalformedEvent when a step is neither an object nor absent
 */
export function field(place: Place, path: string): Place {
  return path.split('.').reduce(step, place);
}

function step(place: Place, key: string): Place {
  const path = place.path === '' ? key : `${place.path}.${key}`;
  if (isAbsent(place)) return { value: undefined, path };
  const fields = objectAt(place);
  return { value: Object.hasOwn(fields, key) ? fields[key] : undefined, path };
}

/** As `field`, and absent as well when a step is something else than an object. */
export function soft(place: Place, path: string): Place {
  return attempt(() => field(place, path)) ?? { value: undefined, path: `${place.path}.${path}` };
}

/** What is read, or null when it is malformed. */
export function attempt<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof MalformedEvent) return null;
    throw error;
  }
}

/** What can be read of several, and the faults of the rest. */
export function readEach<T>(places: readonly Place[], read: (place: Place) => T) {
  const found: T[] = [];
  const faults: string[] = [];
  for (const place of places) {
    try {
      found.push(read(place));
    } catch (error) {
      if (!(error instanceof MalformedEvent)) throw error;
      faults.push(error.message);
    }
  }
  return { found, faults };
}

/** What the first place says that can be read; of none, the fault of the first that is not absent. @throws MalformedEvent */
export function firstReadable<T>(read: (place: Place) => T, ...places: readonly [Place, ...Place[]]): T {
  const { found } = readEach(
    places.filter((place) => !isAbsent(place)),
    read,
  );
  return found[0] ?? read(places.find((place) => !isAbsent(place)) ?? places[0]);
}

/** The first of these fields that is not absent, else the first: services spell one thing in several ways. @throws MalformedEvent */
export function oneOf(place: Place, ...paths: readonly [string, ...string[]]): Place {
  const found = paths.map((path) => field(place, path)).find((inner) => !isAbsent(inner));
  return found ?? field(place, paths[0]);
}

/** @throws MalformedEvent */
export function objectAt(place: Place): Readonly<Record<string, unknown>> {
  if (!isObject(place.value)) throw malformed(place, 'an object');
  return place.value;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @throws MalformedEvent when it is not a string of 1 to 2,048 characters without control characters */
export function text(place: Place): string {
  if (place.value === '') throw malformed(place, 'a string');
  const value = rawText(place);
  if (value.length > LONGEST_TEXT) throw malformed(place, `at most ${LONGEST_TEXT} characters`);
  if (/\p{Cc}/u.test(value)) throw malformed(place, 'no control characters');
  return value;
}

/** Any string, an empty one too, as it was written: the event bounds its length. @throws MalformedEvent */
export function rawText(place: Place): string {
  if (typeof place.value !== 'string') throw malformed(place, 'a string');
  return place.value;
}

/** Null when absent. @throws MalformedEvent as `text` */
export function optionalText(place: Place): string | null {
  return isAbsent(place) ? null : text(place);
}

/** Null when absent, and when `text` would be malformed. */
export function softText(place: Place): string | null {
  return attempt(() => optionalText(place));
}

/** CloudTrail and its senders put these words in the place of what they take for a secret. */
export function isMasked({ value }: Place): boolean {
  return value === '<sensitiveDataRemoved>' || value === 'HIDDEN_DUE_TO_SECURITY_REASONS';
}

/** Booleans come as `true` and as `"true"`. */
export function isTrue(place: Place): boolean {
  return place.value === true || place.value === 'true';
}

/**
 * The members of a list, in each form that AWS writes one: `{"items":[…]}`, `{}`, a plain array, one bare object, nothing. However
 * many: each of them was acted on.
 * @throws MalformedEvent
 */
export function items(place: Place): readonly Place[] {
  if (isAbsent(place)) return [];
  if (Array.isArray(place.value)) return listed(place, place.value);
  const fields = objectAt(place);
  if (Object.hasOwn(fields, 'items')) {
    const inner = field(place, 'items');
    if (isAbsent(inner)) return [];
    if (!Array.isArray(inner.value)) throw malformed(inner, 'a list');
    return listed(inner, inner.value);
  }
  return Object.keys(fields).length === 0 ? [] : [place];
}

function listed(place: Place, values: readonly unknown[]): readonly Place[] {
  return values.map((value, index) => ({ value, path: `${place.path}[${index}]` }));
}
