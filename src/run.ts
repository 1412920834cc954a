/** One change, several resources: which are judged, some at a time, within the time that the function has. */
import { type Cause, ComeBack } from './deps.ts';
import type { ResourceRef } from './domain/change.ts';
import { chunksOf } from './domain/chunks.ts';
import { ENOUGH_TO_BEGIN } from './domain/time-budget.ts';

/** Why and for how long. `only`: the resource of the incident that is looked at again. */
export type Run = {
  readonly cause: Cause;
  readonly only?: ResourceRef;
  /** It is judged whatever else the change names: the record does not have all of that. */
  readonly alone?: true;
  /** Milliseconds until the function is stopped. */
  readonly remaining: () => number;
  /** How often the message was taken, this time included. */
  readonly turn?: number;
};

const GOLDEN_SECTION = (Math.sqrt(5) - 1) / 2;

/**
 * Of more than fits into one turn, each turn begins at another place, so that what is slow or refused keeps nothing else waiting.
 * By the golden section, turns that each get to one part in n have been everywhere after 2n of them.
 */
export function takingTurns<T>(all: readonly T[], { turn = 1 }: Pick<Run, 'turn'>): readonly T[] {
  const first = Math.floor((((turn - 1) * GOLDEN_SECTION) % 1) * all.length);
  return [...all.slice(first), ...all.slice(0, first)];
}

/**
 * All targets, or the one that is asked about, where it is among them. An instance that was looked up by what it had (an
 * address, a volume, an interface) may have it no more, and one of many is never listed: then it is still the one that is
 * asked about, and not whoever has it now.
 */
export function narrowed(targets: readonly ResourceRef[], { only, alone }: Run): readonly ResourceRef[] {
  if (alone && only !== undefined) return [only];
  const asked = targets.filter(({ id }) => id === only?.id);
  if (asked.length > 0) return asked;
  const ofGroups = targets.some(({ type }) => type === 'security-group');
  return only?.type === 'instance' && !ofGroups ? [only] : targets;
}

const AT_ONCE = 5;

/** For one more target, or one more look. */
export function hasTime({ remaining }: Pick<Run, 'remaining'>): boolean {
  return remaining() >= ENOUGH_TO_BEGIN;
}

/** Some at a time. One that fails keeps none of the others waiting; its error is thrown when all have been tried. */
export async function eachOf<T>(targets: readonly ResourceRef[], run: Run, deal: (target: ResourceRef) => Promise<T>) {
  const done: T[] = [];
  const failures: unknown[] = [];
  for (const [turn, some] of chunksOf(targets, AT_ONCE).entries()) {
    if (turn > 0 && !hasTime(run)) {
      const left = targets.length - turn * AT_ONCE;
      failures.push(new ComeBack(1, `${left} of ${targets.length} resources are still to be judged`));
      break;
    }
    for (const result of await Promise.allSettled(some.map(deal))) {
      if (result.status === 'fulfilled') done.push(result.value);
      else failures.push(result.reason);
    }
  }
  raise(failures);
  return done;
}

/** So many are looked at within one turn, whatever comes. */
export const ONE_TURN = 50;

/** Of more than one turn, those that are not known already, so that the next have their turn. */
export async function leftOver<T>(all: readonly T[], isKnown: (one: T) => Promise<boolean>): Promise<readonly T[]> {
  if (all.length <= ONE_TURN) return all;
  const left: T[] = [];
  for (const some of chunksOf(all, ONE_TURN)) {
    const known = await Promise.all(some.map(isKnown));
    left.push(...some.filter((_one, at) => !known[at]));
  }
  return left;
}

/** Takes each step, in order. One that fails keeps none of the others from being taken. */
export async function tryEach<T>(steps: readonly (() => Promise<T>)[]) {
  const done: T[] = [];
  const failures: unknown[] = [];
  for (const step of steps) {
    try {
      done.push(await step());
    } catch (error) {
      failures.push(error);
    }
  }
  return { done, failures };
}

/** Throws what failed, if anything did: a fault says more than "not now". */
export function raise(failures: readonly unknown[]): void {
  if (failures.length > 0) throw failures.find((failure) => !(failure instanceof ComeBack)) ?? failures[0];
}
