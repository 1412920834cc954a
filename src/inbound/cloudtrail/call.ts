import { createHash } from 'node:crypto';
import type { CallContent, Change, Fact, Irrelevant, LookUp, ResourceRef } from '../../domain/change.ts';
import type { SignalId } from '../../domain/signal.ts';
import { clean } from '../../notice/plain.ts';
import { describe, MalformedEvent } from '../malformed.ts';
import { field, isMasked, isObject, type Place } from '../reader.ts';
import { instanceId } from '../values.ts';

/** What a parser of one kind of call is given: `requestParameters` and `responseElements`, either of which may be absent. */
export type Call = { readonly request: Place; readonly response: Place };

/** What it makes of it; the rest of the change (who, when, where) is the same for every call. */
export type Parsed =
  | {
      readonly fact: Fact;
      readonly resources: readonly ResourceRef[];
      readonly content?: CallContent;
      readonly recorded?: Change['recorded'];
      readonly unread?: readonly string[];
    }
  | Irrelevant;

export type CallParser = (call: Call) => Parsed;

/** The calls of one service that are watched, by their names. */
export type CallTable = Readonly<Record<string, CallParser>>;

export function onInstance(id: string, fact: Fact): Parsed {
  return { fact, resources: [{ type: 'instance', id }] };
}

/** Instances that a call lists by their ids, each once. @throws MalformedEvent when none is one */
export function onInstances(ids: readonly Place[], fact: Fact): Parsed {
  const parts = ids.map(
    (id): Part => ({
      read: () => [{ type: 'instance', id: instanceId(id) }],
      odd: () => `instance-id=${oddWords(id)}`,
    }),
  );
  return { fact, resources: unique(eachOf(parts)) };
}

export function unique(resources: readonly ResourceRef[]): readonly ResourceRef[] {
  return [...new Map(resources.map((one) => [one.id, one])).values()];
}

/** What stands where an id should: as it is, or what kind of thing it is. */
export function oddWords({ value }: Place): string {
  return typeof value === 'string' && value !== '' ? value : describe(value);
}

/** With the faults of what else it names, where there are any. */
export function withUnread<T extends object>(parsed: T, faults: readonly string[]): T & { unread?: readonly string[] } {
  return faults.length === 0 ? parsed : { ...parsed, unread: faults.slice(0, MOST_FAULTS) };
}

/** The first few say what is wrong. */
const MOST_FAULTS = 3;

export function onInterface(id: string, fact: Fact): Parsed {
  return { fact, resources: [{ type: 'network-interface', id }] };
}

/** @param expression how the call names the machines: `address=10.0.1.1`, say */
export function onTargets(expression: string, fact: Fact): Parsed {
  return { fact, resources: [targetsRef(expression)] };
}

/** It ends up in the keys of the ledger, which are bounded. */
const LONGEST_EXPRESSION = 200;

/** What is long is cut, and what people could not see is cleaned, with a digest of the whole, so that two of them stay two. */
export function targetsRef(expression: string, lookUp?: LookUp): ResourceRef {
  const digest = createHash('sha256').update(expression).digest('hex').slice(0, 12);
  const shown = clean(expression, expression.length);
  const whole = shown === expression && expression.length <= LONGEST_EXPRESSION;
  const id = whole ? expression : `${shown.slice(0, LONGEST_EXPRESSION - 13)}~${digest}`;
  return { type: 'targets', id, ...(lookUp !== undefined && { lookUp }) };
}

/** One thing of several that a call names, and the words for it where it cannot be read. */
export type Part = { readonly read: () => readonly ResourceRef[]; readonly odd: () => string };

/**
 * Whom the parts name. What cannot be read is told as an expression of its own: an event that is parked for it would hide the
 * others, which were acted on all the same.
 * @throws MalformedEvent when none can be read
 */
export function eachOf(parts: readonly Part[]): readonly ResourceRef[] {
  const faults: MalformedEvent[] = [];
  const found = parts.flatMap(({ read, odd }) => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof MalformedEvent)) throw error;
      faults.push(error);
      return [targetsRef(odd())];
    }
  });
  if (faults[0] !== undefined && faults.length === parts.length) throw faults[0];
  return found;
}

export function signal(id: SignalId, detail: string | null = null, drift = ''): Fact {
  return { kind: 'signal', signal: id, detail, drift };
}

/** With the document that the call runs: the first of these places that says so. One that is masked or odd is unknown. */
export function running(parsed: Parsed, ...documents: readonly Place[]): Parsed {
  if ('irrelevant' in parsed) return parsed;
  const place = documents.find(({ value }) => value !== undefined && value !== null && value !== '');
  return { ...parsed, content: { document: place === undefined ? null : documentAt(place) } };
}

/** The longest is an ARN: AWS allows 128 characters for the name. */
const LONGEST_DOCUMENT = 256;

function documentAt(place: Place): string | null {
  const { value } = place;
  if (typeof value !== 'string' || value.length > LONGEST_DOCUMENT || isMasked(place)) return null;
  return /^[\w.:/-]+$/.test(value) ? value : null;
}

const LONGEST_DETAIL = 100;

/** A value that is only shown to people: null where it is long, masked or none. It never makes an event malformed. */
export function told(place: Place): string | null {
  const value = isObject(place.value) ? field(place, 'value').value : place.value;
  if (typeof value === 'boolean' || typeof value === 'number') return String(value);
  if (typeof value !== 'string' || value === '' || isMasked({ value, path: place.path })) return null;
  return value.length > LONGEST_DETAIL || /\p{Cc}/u.test(value) ? null : value;
}
