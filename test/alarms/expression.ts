/** The part of CloudWatch's metric math that the alarms of the stack use (Amazon CloudWatch User Guide, "Using metric math"). */

/** One value a period, oldest first; null where there is no data. */
export type Series = readonly (number | null)[];

/**
 * `FILL(x, 0)` replaces what is missing, `DIFF(x)` is "the difference between each value … and the preceding value", `SUM(METRICS())`
 * adds up all metrics, `+` adds two series.
 * @throws Error for anything else
 */
export function calculate(expression: string, metrics: ReadonlyMap<string, Series>): Series {
  const text = expression.trim();
  const plus = topLevelPlus(text);
  if (plus >= 0) return zip([calculate(text.slice(0, plus), metrics), calculate(text.slice(plus + 1), metrics)]);
  if (text === 'SUM(METRICS())') return sumOfPresent([...metrics.values()]);
  const [, name, inner = ''] = /^(FILL|DIFF)\((.*)\)$/.exec(text) ?? [];
  if (name === 'DIFF') return difference(calculate(inner, metrics));
  if (name === 'FILL') {
    const comma = inner.lastIndexOf(',');
    const filler = Number(inner.slice(comma + 1));
    return calculate(inner.slice(0, comma), metrics).map((value) => value ?? filler);
  }
  const metric = metrics.get(text);
  if (metric === undefined) throw new Error(`No alarm has needed ${text} yet`);
  return metric;
}

function topLevelPlus(text: string): number {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '(') depth += 1;
    if (text[at] === ')') depth -= 1;
    if (text[at] === '+' && depth === 0) return at;
  }
  return -1;
}

/** Of two series, a period counts only where both have data. */
function zip([left = [], right = []]: readonly Series[]): Series {
  return left.map((value, n) => {
    const other = right[n] ?? null;
    return value === null || other === null ? null : value + other;
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
