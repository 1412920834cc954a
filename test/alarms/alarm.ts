/**
 * When an alarm of the template rings, by the rules that CloudWatch documents: the newest `EvaluationPeriods` data points, of which
 * `DatapointsToAlarm` must breach; what is missing counts as `TreatMissingData` says. An alarm sends a message when it enters ALARM,
 * and none while it stays there (Amazon CloudWatch User Guide, "Alarm evaluation", "Configuring how CloudWatch alarms treat missing
 * data").
 */
import type { JsonObject } from '../package/template.ts';
import { calculate, type Series } from './expression.ts';

/** What was measured: a metric, the minute (any origin), the value. */
export type Datum = {
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly minute: number;
  readonly value: number;
};
type Metric = {
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly period: number;
  readonly stat: string;
};

/** The minutes at which the alarm enters ALARM. `lag`: minutes until a data point can be seen. */
export function rings(
  alarm: JsonObject,
  data: readonly Datum[],
  { from, to, lag = 0 }: { readonly from: number; readonly to: number; readonly lag?: number },
): readonly number[] {
  const entered: number[] = [];
  let ringing = false;
  for (let now = from; now <= to; now += 1) {
    const known = data.filter(({ minute }) => minute + lag < now);
    const breaching = isBreaching(alarm, known, now);
    if (breaching && !ringing) entered.push(now);
    ringing = breaching;
  }
  return entered;
}

function isBreaching(alarm: JsonObject, data: readonly Datum[], now: number): boolean {
  const count = Number(alarm.EvaluationPeriods);
  // More are retrieved than are judged (CloudWatch User Guide: 5 for 3 in its example).
  const series = seriesOf(alarm, data, now, count + 2).slice(-count);
  const missing = alarm.TreatMissingData === 'breaching';
  const breaching = series.filter((value) => (value === null ? missing : isBeyond(alarm, value)));
  return breaching.length >= Number(alarm.DatapointsToAlarm ?? count);
}

function seriesOf(alarm: JsonObject, data: readonly Datum[], now: number, count: number): Series {
  if (!Array.isArray(alarm.Metrics)) return valuesOf(simple(alarm), data, now, count);
  const queries = alarm.Metrics as readonly JsonObject[];
  const metrics = queries.flatMap(({ Id, MetricStat }) =>
    MetricStat === undefined
      ? []
      : [[String(Id), valuesOf(queried(MetricStat as JsonObject), data, now, count)] as const],
  );
  const expression = queries.find(({ Expression }) => Expression !== undefined)?.Expression;
  return calculate(String(expression), new Map(metrics));
}

function valuesOf({ name, dimensions, period, stat }: Metric, data: readonly Datum[], now: number, count: number) {
  const minutes = period / 60;
  const end = Math.floor(now / minutes);
  return Array.from({ length: count }, (_value, n) => {
    const bucket = end - count + n;
    const values = data
      .filter((it) => it.metric === name && Math.floor(it.minute / minutes) === bucket && isOf(it, dimensions))
      .map(({ value }) => value);
    return statistic(stat, values);
  });
}

/** A metric is its name and all of its dimensions: one more or less is another metric. */
function isOf(datum: Datum, dimensions: Metric['dimensions']): boolean {
  const [left, right] = [Object.entries(datum.dimensions), Object.entries(dimensions)];
  return left.length === right.length && left.every(([name, value]) => dimensions[name] === value);
}

function statistic(stat: string, values: readonly number[]): number | null {
  if (values.length === 0) return null;
  if (stat === 'Sum') return values.reduce((sum, value) => sum + value, 0);
  if (stat === 'Maximum') return Math.max(...values);
  throw new Error(`No alarm has needed ${stat} yet`);
}

function isBeyond({ ComparisonOperator, Threshold }: JsonObject, value: number): boolean {
  const threshold = Number(Threshold);
  switch (ComparisonOperator) {
    case 'GreaterThanThreshold':
      return value > threshold;
    case 'GreaterThanOrEqualToThreshold':
      return value >= threshold;
    case 'LessThanThreshold':
      return value < threshold;
    default:
      throw new Error(`No alarm has needed ${String(ComparisonOperator)} yet`);
  }
}

const simple = (alarm: JsonObject): Metric => ({
  name: String(alarm.MetricName),
  dimensions: dimensionsOf(alarm),
  period: Number(alarm.Period),
  stat: String(alarm.Statistic),
});

function queried({ Metric: metric, Period, Stat }: JsonObject): Metric {
  const { MetricName } = metric as JsonObject;
  const dimensions = dimensionsOf(metric as JsonObject);
  return { name: String(MetricName), dimensions, period: Number(Period), stat: String(Stat) };
}

function dimensionsOf({ Dimensions }: JsonObject): Metric['dimensions'] {
  const given = (Dimensions ?? []) as readonly JsonObject[];
  return Object.fromEntries(given.map(({ Name, Value }) => [String(Name), String(Value)]));
}
