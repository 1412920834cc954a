/** One event → what the policy makes of it. Pure: the policy, the estate and the time come in. */
import type { Change } from '../../src/domain/change.ts';
import type { Decision, GuardName } from '../../src/domain/decision.ts';
import type { Estate } from '../../src/domain/estate.ts';
import { MalformedEvent } from '../../src/inbound/malformed.ts';
import type { Policy } from '../../src/policy/policy.ts';
import type { Trusted } from '../../src/policy/trust.ts';
import type { OptInTag } from './assumed-fleet.ts';
import type { Assumption, Undecided } from './assumption.ts';
import type { PlaceOf } from './drift-words.ts';
import type { EstateFile } from './estate-file.ts';
import type { Input } from './input.ts';
import { judge } from './judge.ts';
import type { MeantMachine } from './meant.ts';
import { readEvent } from './read.ts';

export type Setting = {
  readonly policy: Policy;
  /** Where a value stands in the policy; without it entries are named by their numbers alone. */
  readonly placeOf?: PlaceOf;
  readonly estate: EstateFile | null;
  readonly now: Date;
  readonly optInTag: OptInTag;
};

/** What is printed for people; `toJson` of it is what is printed for machines. */
export type Answer = {
  readonly input: string;
  readonly index: number;
  readonly change: Change | null;
  readonly trusted: Trusted | null;
  readonly irrelevant: string | null;
  /** Why the event could not be read, or not all of it: then there are decisions about the rest. */
  readonly error: { readonly message: string } | null;
  /** The decisions rest on a state that was assumed, for want of an inventory. */
  readonly assumedEstate: boolean;
  /** What they take for granted. */
  readonly assumed: readonly Assumption[];
  /** What was judged, one after the other. */
  readonly estates: readonly Estate[];
  readonly decisions: readonly Decision[];
  /** What would be decided instead, if the assumption did not hold. */
  readonly otherwise: readonly { readonly given: 'not-opted-in'; readonly decisions: readonly Decision[] }[];
  readonly undecided: readonly Undecided[];
  /** Guards that go by what is not known here: each may still hold what is decided. */
  readonly guardsNotAsked: readonly GuardName[];
  /** Those behind an expression, where they could be looked up. */
  readonly machines: readonly MeantMachine[];
  /** Lines for people: what becomes of many machines, who gets through which rules, how instances differ from their templates. */
  readonly words: readonly string[];
};

export async function answer(input: Input, setting: Setting): Promise<Answer> {
  const empty: Answer = {
    input: input.file,
    index: input.index,
    change: null,
    trusted: null,
    irrelevant: null,
    error: null,
    assumedEstate: false,
    assumed: [],
    estates: [],
    decisions: [],
    otherwise: [],
    undecided: [],
    guardsNotAsked: [],
    machines: [],
    words: [],
  };
  if ('fault' in input.event) return { ...empty, error: { message: input.event.fault } };
  try {
    const read = readEvent(input.event.raw);
    if ('irrelevant' in read) return { ...empty, ...read };
    const { unread } = read.change;
    const error = unread === undefined ? null : { message: unread.join('; ') };
    return { ...empty, ...(await judge(read, setting)), error };
  } catch (error) {
    if (error instanceof MalformedEvent) return { ...empty, error: { message: error.message } };
    throw error;
  }
}
