"""What time does to a group: it is brought one step nearer to its desired capacity, several times a second."""

import os
from datetime import timedelta

from moto.autoscaling.models import autoscaling_backends
from moto.core.utils import utcnow

from . import activities, launching

LAUNCH = timedelta(seconds=float(os.environ.get("UNDRIFT_LOCAL_LAUNCH_SECONDS", "3")))
SHUT_DOWN = timedelta(seconds=float(os.environ.get("UNDRIFT_LOCAL_TERMINATE_SECONDS", "1")))
AFTER_A_FAILED_LAUNCH = timedelta(seconds=5)
COUNTED = ("Pending", "InService")


def advance():
    for regions in list(autoscaling_backends.values()):
        for backend in list(regions.values()):
            for group in list(backend.autoscaling_groups.values()):
                _finish(group)
                _replace_unhealthy(group)
                _meet_desired_capacity(group)


def suspended(group, process):
    return any(entry["ProcessName"] == process for entry in group.suspended_processes)


def counted(group):
    return [state for state in group.instance_states if state.lifecycle_state in COUNTED]


def _finish(group):
    """What was begun and whose time has come: Pending becomes InService, Terminating is gone."""
    now = utcnow()
    for state in list(group.instance_states):
        if getattr(state, "due", None) is None or state.due > now:
            continue
        state.due = None
        if state.lifecycle_state == "Pending":
            state.lifecycle_state = "InService"
            activities.close(state, "EC2 Instance Launch Successful")
        elif state.lifecycle_state == "Terminating":
            # The instance is asked, not TerminateInstances: EC2's termination protection does not hold Auto Scaling
            # back.
            if state.instance.state != "terminated":
                state.instance.terminate()
            group.instance_states.remove(state)
            activities.close(state, "EC2 Instance Terminate Successful")


def _meet_desired_capacity(group):
    # "If you suspend Launch, this disrupts other processes": nothing is started, and "When you resume the Launch
    # process, Amazon EC2 Auto Scaling immediately replaces any instances that it terminated during the time that
    # Launch was suspended" (User Guide, "How suspended processes affect other processes").
    missing = (group.desired_capacity or 0) - len(counted(group))
    not_before = getattr(group, "not_before", None)
    if missing > 0 and not suspended(group, "Launch") and (not_before is None or utcnow() >= not_before):
        _launch(group, missing)
    # "Terminate is suspended: … your Auto Scaling group can't initiate scale in activities" (same page).
    if missing < 0 and not suspended(group, "Terminate"):
        free = [state for state in counted(group) if not state.protected_from_scale_in]
        for state in free[:-missing]:
            begin_termination(state, "a difference between desired and actual capacity")


def _launch(group, count):
    cause = "an instance was started in response to a difference between desired and actual capacity, "
    cause += f"increasing the capacity to {group.desired_capacity}."
    try:
        states = launching.launch(group, count)
    except Exception as problem:  # whatever keeps an instance from starting is a failed activity, on AWS as well
        group.not_before = utcnow() + AFTER_A_FAILED_LAUNCH
        activities.fail(group, f"Launching a new EC2 instance. Status Reason: {problem}", cause)
        return
    for state in states:
        # The lifecycle states of a launch are Pending, then InService (User Guide, "Amazon EC2 Auto Scaling instance
        # lifecycle").
        state.lifecycle_state, state.due = "Pending", utcnow() + LAUNCH
        activities.open(group, state, f"Launching a new EC2 instance: {state.instance_id}", cause)
        group.instance_states.append(state)


def begin_termination(state, reason):
    """ "This call simply makes a termination request. The instance is not terminated immediately."

    (API Reference, TerminateInstanceInAutoScalingGroup.)
    """
    state.lifecycle_state, state.due = "Terminating", utcnow() + SHUT_DOWN
    if state.instance.state != "terminated":
        state.instance._state.name, state.instance._state.code = "shutting-down", 32
    return activities.open(
        state.instance.autoscaling_group,
        state,
        f"Terminating EC2 instance: {state.instance_id}",
        f"instance {state.instance_id} was taken out of service in response to {reason}.",
    )


def _replace_unhealthy(group):
    # "ReplaceUnhealthy … Terminates instances that are marked as unhealthy and later creates new instances to replace
    # them"; "Terminate is suspended: … ReplaceUnhealthy is inactive" (User Guide, the two pages on suspending
    # processes).
    if suspended(group, "ReplaceUnhealthy") or suspended(group, "Terminate"):
        return
    for state in group.instance_states:
        if state.health_status == "Unhealthy" and state.lifecycle_state in COUNTED:
            begin_termination(state, "an EC2 health check indicating it has been terminated or stopped")
