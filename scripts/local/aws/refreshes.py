"""Instance refreshes, which moto lacks: a started one is in progress until it is cancelled or its time is over.

"Pending … The status should then quickly change to InProgress" (Amazon EC2 Auto Scaling User Guide, "Monitor an
instance refresh"). No instance is replaced by it here.
"""

import os
import uuid
from datetime import timedelta

from moto.autoscaling.exceptions import AutoscalingClientError
from moto.autoscaling.responses import AutoScalingResponse
from moto.core.responses import ActionResult
from moto.core.utils import utcnow

LASTS = timedelta(seconds=float(os.environ.get("UNDRIFT_LOCAL_REFRESH_SECONDS", "900")))
CANCELLING = timedelta(seconds=1)


class InstanceRefreshInProgress(AutoscalingClientError):
    code = "InstanceRefreshInProgress"


class ActiveInstanceRefreshNotFound(AutoscalingClientError):
    code = "ActiveInstanceRefreshNotFound"


def _refreshes(response):
    group = response.autoscaling_backend.autoscaling_groups[response._get_param("AutoScalingGroupName")]
    if not hasattr(group, "refreshes"):
        group.refreshes = []
    for refresh in group.refreshes:
        _grow_old(refresh)
    return group, group.refreshes


def _grow_old(refresh):
    ends = {"InProgress": "Successful", "Cancelling": "Cancelled"}
    if refresh["Status"] in ends and utcnow() >= refresh["until"]:
        refresh["Status"] = ends[refresh["Status"]]
        refresh["EndTime"] = refresh["until"]


def _active(refreshes):
    return next((each for each in refreshes if each["Status"] in ("InProgress", "Cancelling")), None)


def start_instance_refresh(self):
    group, refreshes = _refreshes(self)
    # "The request failed because an active instance refresh already exists for the specified Auto Scaling group"
    # (API Reference, StartInstanceRefresh, InstanceRefreshInProgress).
    if _active(refreshes):
        raise InstanceRefreshInProgress(
            "An Instance Refresh is already in progress and blocks the execution of this Instance Refresh."
        )
    refresh = {
        "InstanceRefreshId": str(uuid.uuid4()),
        "AutoScalingGroupName": group.name,
        "Status": "InProgress",
        "StartTime": utcnow(),
        "PercentageComplete": 0,
        "InstancesToUpdate": len(group.instance_states),
        "until": utcnow() + LASTS,
    }
    refreshes.insert(0, refresh)
    return ActionResult({"InstanceRefreshId": refresh["InstanceRefreshId"]})


def cancel_instance_refresh(self):
    _, refreshes = _refreshes(self)
    refresh = _active(refreshes)
    if refresh is None:
        raise ActiveInstanceRefreshNotFound(
            "No in progress or pending Instance Refresh found for the Auto Scaling group."
        )
    # "Cancelling - An ongoing operation is being cancelled … it prevents new replacements from being started"
    # (API Reference, DescribeInstanceRefreshes).
    refresh |= {"Status": "Cancelling", "until": utcnow() + CANCELLING}
    return ActionResult({"InstanceRefreshId": refresh["InstanceRefreshId"]})


def describe_instance_refreshes(self):
    _, refreshes = _refreshes(self)
    wanted = self._get_param("InstanceRefreshIds", [])
    found = [each for each in refreshes if not wanted or each["InstanceRefreshId"] in wanted]
    return ActionResult({"InstanceRefreshes": found[: self._get_int_param("MaxRecords", 100)]})


def install():
    for action in (start_instance_refresh, cancel_instance_refresh, describe_instance_refreshes):
        setattr(AutoScalingResponse, action.__name__, action)
