"""Alarms on a calculation over metrics, which ministack's CloudFormation refuses: the template is accepted as it is.

Metrics is "An array of MetricDataQuery structures, used in an alarm based on a metric math expression" (CloudWatch API
Reference, MetricAlarm). The alarm is kept as one on the
first metric of the calculation: it can be listed, and its actions read, but what it would ring for is not worked out
here.
"""

from ministack.services.cloudformation import provisioners


def _on_its_first_metric(record):
    def accepted(name, props):
        stats = [query["MetricStat"] for query in props.get("Metrics") or [] if "MetricStat" in query]
        if not stats:
            return record(name, props)
        plain = {key: value for key, value in props.items() if key != "Metrics"}
        return record(name, plain | stats[0]["Metric"] | {"Period": stats[0]["Period"], "Statistic": stats[0]["Stat"]})

    return accepted


def install():
    provisioners._cw_metric_alarm_record = _on_its_first_metric(provisioners._cw_metric_alarm_record)
