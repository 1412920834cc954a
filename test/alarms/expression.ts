/**
 * The part of CloudWatch's metric math that the alarms of the stack use (CloudWatch User Guide, "Using math expressions with CloudWatch
 * metrics"). Where the guide is silent, what would silence an alarm is assumed.
 */

/** One value a period, oldest first; null where there is no data. */
export type Series = readonly (number | null)[];

/**
 * `FILL(x, 0)` replaces what is missing, `FILL(x, REPEAT)` by the value before it. `DIFF(x)` is "the difference between each value … and
 * the preceding value". `SUM(METRICS())` adds up the metrics that have data.
 * @throws Error for anything else
 */
export function calculate(expression: string, metrics: ReadonlyMap<string, Series>): Series {
  const text = expression.trim();
  if (text === 'SUM(METRICS())') return sumOfPresent([...metrics.values()]);
  const [, name, inner = ''] = /^(FILL|DIFF)\((.*)\)$/.exec(text) ?? [];
  if (name === 'DIFF') return difference(calculate(inner, metrics));
  if (name !== 'FILL') throw new Error(`No alarm has needed ${text} yet`);
  const comma = inner.lastIndexOf(',');
  return fill(calculate(inner.slice(0, comma), metrics), inner.slice(comma + 1).trim());
}

/** The guide does not say what becomes of a metric without any data: it may stay empty. */
function fill(series: Series, filler: string): Series {
  if (series.every((value) => value === null)) return series;
  let before: number | null = null;
  return series.map((value) => {
    if (filler !== 'REPEAT') return value ?? Number(filler);
    before = value ?? before;
    return before;
  });
}

function sumOfPresent(all: readonly Series[]): Series {
  const [first = []] = all;
  return first.map((_value, n) => {
    const present = all.map((series) => series[n] ?? null).filter((value) => value !== null);
    return present.length === 0 ? null : present.reduce((sum, value) => sum + value, 0);
  });
}

/** The first value has none before it, and so no difference. */
function difference(series: Series): Series {
  let before: number | null = null;
  return series.map((value) => {
    const change = value === null || before === null ? null : value - before;
    before = value ?? before;
    return change;
  });
}
