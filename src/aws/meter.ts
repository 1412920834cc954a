import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Meter, MetricName } from '../roles.ts';

const NAMESPACE = 'Undrift';
const IN_SECONDS: ReadonlySet<MetricName> = new Set(['SecondsToFix', 'MessageAge']);

/**
 * Counters as lines of CloudWatch's embedded metric format: written to standard output, no call, no right needed. Each
 * line counts twice: by `service` alone, for alarms, and by its own dimensions, for dashboards.
 */
export function powertoolsMeter(service: string): Meter {
  const metrics = new Metrics({ namespace: NAMESPACE, serviceName: service });
  return {
    count: (name, dimensions, value = 1) => {
      const single = metrics.singleMetric();
      single.addDimensions({});
      if (Object.keys(dimensions).length > 0) single.addDimensions({ ...dimensions });
      single.addMetric(name, IN_SECONDS.has(name) ? MetricUnit.Seconds : MetricUnit.Count, value);
    },
  };
}
