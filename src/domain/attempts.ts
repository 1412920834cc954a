import type { Attempt } from './incident.ts';

const KEPT = 20;
const isFew = ({ length }: readonly Attempt[]) => length <= KEPT;

/** Refused ones changed nothing: they are forgotten first, so that the record never loses that a call was sent. Never the last one. */
export function keptAttempts(
  all: readonly Attempt[],
  fits: (some: readonly Attempt[]) => boolean = isFew,
): readonly Attempt[] {
  let kept = all;
  while (kept.length > 1 && !fits(kept)) {
    const refused = kept.slice(0, -1).findIndex(({ error }) => error !== null);
    kept = kept.toSpliced(Math.max(0, refused), 1);
  }
  return kept;
}
