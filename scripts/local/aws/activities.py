"""Scaling activities: what a group does and why. moto's DescribeScalingActivities is always empty."""

import uuid

from moto.autoscaling.responses import AutoScalingResponse
from moto.core.responses import ActionResult
from moto.core.utils import utcnow

from . import events


def open(group, state, description, cause):
    activity = _activity(group, description, cause, "InProgress")
    state.activity = activity
    return activity


def close(state, kind):
    """The activity is over: written down, and told to the bus."""
    activity = state.activity
    activity |= {"EndTime": utcnow(), "StatusCode": "Successful", "Progress": 100}
    events.instance_event(kind, state.instance.autoscaling_group, state, activity)


def fail(group, description, cause):
    activity = _activity(group, description, cause, "Failed")
    activity |= {"EndTime": utcnow(), "StatusMessage": description}


def _activity(group, description, cause, status):
    now = utcnow()
    activity = {
        "ActivityId": str(uuid.uuid4()),
        "AutoScalingGroupName": group.name,
        "AutoScalingGroupARN": group.arn,
        "Description": description,
        "Cause": f"At {now:%Y-%m-%dT%H:%M:%SZ} {cause}",
        "StartTime": now,
        "StatusCode": status,
        "Progress": 0,
        "Details": "{}",
    }
    if not hasattr(group, "activities"):
        group.activities = []
    # "Activities are sorted by start time", the newest first (API Reference, DescribeScalingActivities).
    group.activities.insert(0, activity)
    return activity


def _describe(self):
    groups = self.autoscaling_backend.autoscaling_groups
    name = self._get_param("AutoScalingGroupName")
    chosen = [groups[name]] if name else list(groups.values())
    found = [activity for group in chosen for activity in getattr(group, "activities", [])]
    wanted = self._get_param("ActivityIds", [])
    found = [activity for activity in found if not wanted or activity["ActivityId"] in wanted]
    return ActionResult({"Activities": found[: self._get_int_param("MaxRecords", 100)]})


def install():
    AutoScalingResponse.describe_scaling_activities = _describe
