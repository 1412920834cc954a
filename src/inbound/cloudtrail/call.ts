import type { Fact, Irrelevant, ResourceRef } from '../../domain/change.ts';
import type { Place } from '../reader.ts';

/** What a parser of one kind of call is given: `requestParameters` and `responseElements`, either of which may be absent. */
export type Call = { readonly request: Place; readonly response: Place };

/** What it makes of it; the rest of the change (who, when, where) is the same for every call. */
export type Parsed = { readonly fact: Fact; readonly resources: readonly ResourceRef[] } | Irrelevant;

export type CallParser = (call: Call) => Parsed;

export function onInstance(id: string, fact: Fact): Parsed {
  return { fact, resources: [{ type: 'instance', id }] };
}
