"""What time does to a group: it is brought one step nearer to its desired capacity, several times a second."""

import os
import random
from datetime import timedelta

from moto.autoscaling.models import autoscaling_backends
from moto.core.utils import utcnow

from . import activities, hooks, launching, maintenance, targets

LAUNCH = timedelta(seconds=float(os.environ.get("UNDRIFT_LOCAL_LAUNCH_SECONDS", "3")))
SHUT_DOWN = timedelta(seconds=float(os.environ.get("UNDRIFT_LOCAL_TERMINATE_SECONDS", "1")))
AFTER_A_FAILED_LAUNCH = timedelta(seconds=5)
COUNTED = ("Pending", "Pending:Wait", "Pending:Proceed", "InService")


# With a seed launches take between half and one and a half times as long as they are to, in the same order each time.
_seed = os.environ.get("UNDRIFT_LOCAL_SEED")
_chance = random.Random(_seed) if _seed else None


def _launch_time():
    return LAUNCH * (_chance.uniform(0.5, 1.5) if _chance else 1)


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
    """What was begun and whose time has come: Pending becomes InService, Terminating is gone; hooks in between."""
    for state in list(group.instance_states):
        if state.lifecycle_state.endswith(":Wait"):
            _end_wait(group, state)
        elif getattr(state, "due", None) is not None and state.due <= utcnow():
            state.due = None
            _finish_step(group, state)


def _finish_step(group, state):
    if state.lifecycle_state == "Pending" and hooks.hold(group, state, hooks.LAUNCHING):
        state.lifecycle_state = "Pending:Wait"
    elif state.lifecycle_state in ("Pending", "Pending:Proceed"):
        state.lifecycle_state, state.in_service_since = "InService", utcnow()
        # "Amazon EC2 Auto Scaling launches the instances but does not add them to the load balancer target group …" while
        # AddToLoadBalancer is suspended, nor afterwards (User Guide, "How suspended processes affect other processes").
        if not suspended(group, "AddToLoadBalancer"):
            targets.register(group, state)
        activities.close(state, "EC2 Instance Launch Successful")
    elif state.lifecycle_state in ("Terminating", "Terminating:Proceed"):
        # The instance is asked, not TerminateInstances: EC2's termination protection does not hold Auto Scaling back.
        if state.instance.state != "terminated":
            state.instance.terminate()
        group.instance_states.remove(state)
        activities.close(state, "EC2 Instance Terminate Successful")


def _end_wait(group, state):
    result = hooks.answered(state)
    if result is None:
        return
    if state.lifecycle_state == "Terminating:Wait":
        # "If the instance is terminating, both abandon and continue allow the instance to terminate" (User Guide, the
        # page on hooks), unless the group's lifecycle policy retains it.
        if result == "ABANDON" and hooks.retains(group):
            state.lifecycle_state = "Terminating:Retained"
        else:
            _shut_down(state, "Terminating:Proceed")
    elif result == "ABANDON":
        # "If the instance is launching, … ABANDON indicates that your custom actions were unsuccessful, and that Amazon
        # EC2 Auto Scaling can terminate the instance" (the same).
        _shut_down(state, "Terminating")
    else:
        state.lifecycle_state, state.due = "Pending:Proceed", utcnow()


def _meet_desired_capacity(group):
    # "If you suspend Launch, this disrupts other processes": nothing is started, and "When you resume the Launch
    # process, Amazon EC2 Auto Scaling immediately replaces any instances that it terminated during the time that
    # Launch was suspended" (User Guide, "How suspended processes affect other processes").
    wanted = (group.desired_capacity or 0) + min(len(_ill(group)), maintenance.room(group))
    missing = wanted - len(counted(group))
    not_before = getattr(group, "not_before", None)
    if missing > 0 and not suspended(group, "Launch") and (not_before is None or utcnow() >= not_before):
        _launch(group, missing)
    # "Terminate is suspended: … your Auto Scaling group can't initiate scale in activities" (same page).
    if missing < 0 and not suspended(group, "Terminate"):
        free = [state for state in counted(group) if not state.protected_from_scale_in and state not in _ill(group)]
        for state in free[:-missing]:
            begin_termination(state, "a difference between desired and actual capacity")


def _ill(group):
    """In service, declared unhealthy, and to be replaced."""
    if suspended(group, "ReplaceUnhealthy") or suspended(group, "Terminate"):
        return []
    return [state for state in counted(group) if state.health_status == "Unhealthy"]


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
        state.lifecycle_state, state.due = "Pending", utcnow() + _launch_time()
        activities.open(group, state, f"Launching a new EC2 instance: {state.instance_id}", cause)
        group.instance_states.append(state)


def begin_termination(state, reason):
    """ "This call simply makes a termination request. The instance is not terminated immediately."

    (API Reference, TerminateInstanceInAutoScalingGroup.)
    """
    group = state.auto_scaling_group
    held = state.lifecycle_state == "InService" and hooks.hold(group, state, hooks.TERMINATING)
    if held and state.instance.state == "running":
        # It runs on while its hooks wait.
        state.lifecycle_state, state.due = "Terminating:Wait", None
    else:
        _shut_down(state, "Terminating")
    return activities.open(
        group,
        state,
        f"Terminating EC2 instance: {state.instance_id}",
        f"instance {state.instance_id} was taken out of service in response to {reason}.",
    )


def _shut_down(state, lifecycle_state):
    targets.deregister(state.auto_scaling_group, state)
    state.lifecycle_state, state.due = lifecycle_state, utcnow() + SHUT_DOWN
    if state.instance.state != "terminated":
        state.instance._state.name, state.instance._state.code = "shutting-down", 32


def _replace_unhealthy(group):
    # "ReplaceUnhealthy … Terminates instances that are marked as unhealthy and later creates new instances to replace
    # them"; "Terminate is suspended: … ReplaceUnhealthy is inactive" (User Guide, the two pages on suspending
    # processes).
    serving = [state for state in group.instance_states if state.lifecycle_state == "InService"]
    spare = len(serving) - (group.desired_capacity or 0)
    for state in _ill(group):
        # Where it launches first, an unhealthy one stays until others are enough. One that is gone is waited for by
        # nobody; and with Launch suspended none will come.
        first = maintenance.launches_first(group) and not suspended(group, "Launch")
        if first and spare <= 0 and state.instance.state == "running":
            continue
        spare -= 1
        begin_termination(state, "an EC2 health check indicating it has been terminated or stopped")
