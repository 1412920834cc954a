/** How often fast-check draws, and from which seed. */
type Runs = { readonly numRuns: number; readonly seed?: number; readonly endOnFailure?: true };
type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Ten thousand random draws for each property. The mutation test runs the properties once for each mutant: it sets
 * `UNDRIFT_PROPERTY_RUNS` to far fewer, and has then always the same draws, and no search for the smallest that fails.
 * @throws when the variable is no whole number above zero
 */
export function runsIn({ UNDRIFT_PROPERTY_RUNS: text }: Environment): Runs {
  if (text === undefined) return { numRuns: 10_000 };
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`UNDRIFT_PROPERTY_RUNS: a whole number above zero, not "${text}"`);
  return { numRuns: Number(text), seed: 1, endOnFailure: true };
}

export const RUNS = runsIn(process.env);
