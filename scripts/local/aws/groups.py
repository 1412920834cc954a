"""Auto Scaling groups that take time, keep their desired capacity, and obey suspended processes.

moto replaces an instance at once, in service, whatever is suspended. Here a group is brought one step nearer to its
desired capacity every time that `advance` is called, several times a second.
"""

import os
from datetime import timedelta

from moto.autoscaling.exceptions import AutoscalingClientError, ValidationError
from moto.autoscaling.models import AutoScalingBackend, FakeAutoScalingGroup, autoscaling_backends
from moto.core.utils import utcnow

from . import activities, launching

LAUNCH = timedelta(seconds=float(os.environ.get("UNDRIFT_LOCAL_LAUNCH_SECONDS", "3")))
SHUT_DOWN = timedelta(seconds=float(os.environ.get("UNDRIFT_LOCAL_TERMINATE_SECONDS", "1")))
AFTER_A_FAILED_LAUNCH = timedelta(seconds=5)
COUNTED = ("Pending", "InService")


class ScalingActivityInProgress(AutoscalingClientError):
    code = "ScalingActivityInProgress"


class Groups(dict):
    def __missing__(self, name):
        raise ValidationError("AutoScalingGroup name not found - null")


def advance():
    for regions in list(autoscaling_backends.values()):
        for backend in list(regions.values()):
            for group in list(backend.autoscaling_groups.values()):
                _finish(group)
                _replace_unhealthy(group)
                _meet_desired_capacity(group)


def suspended(group, process):
    return any(entry["ProcessName"] == process for entry in group.suspended_processes)


def _counted(group):
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
            # The instance is asked, not TerminateInstances: EC2's termination protection does not hold Auto Scaling back.
            if state.instance.state != "terminated":
                state.instance.terminate()
            group.instance_states.remove(state)
            activities.close(state, "EC2 Instance Terminate Successful")


def _meet_desired_capacity(group):
    # "If you suspend Launch, this disrupts other processes": nothing is started, and "When you resume the Launch process,
    # Amazon EC2 Auto Scaling immediately replaces any instances that it terminated during the time that Launch was
    # suspended" (User Guide, "How suspended processes affect other processes").
    missing = (group.desired_capacity or 0) - len(_counted(group))
    not_before = getattr(group, "not_before", None)
    if missing > 0 and not suspended(group, "Launch") and (not_before is None or utcnow() >= not_before):
        _launch(group, missing)
    # "Terminate is suspended: … your Auto Scaling group can't initiate scale in activities" (same page).
    if missing < 0 and not suspended(group, "Terminate"):
        free = [state for state in _counted(group) if not state.protected_from_scale_in]
        for state in free[:-missing]:
            begin_termination(state, "a difference between desired and actual capacity")


def _launch(group, count):
    cause = f"an instance was started in response to a difference between desired and actual capacity, increasing the capacity to {group.desired_capacity}."
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
    """"This call simply makes a termination request. The instance is not terminated immediately."

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
    # "ReplaceUnhealthy … Terminates instances that are marked as unhealthy and later creates new instances to replace them";
    # "Terminate is suspended: … ReplaceUnhealthy is inactive" (User Guide, the two pages on suspending processes).
    if suspended(group, "ReplaceUnhealthy") or suspended(group, "Terminate"):
        return
    for state in group.instance_states:
        if state.health_status == "Unhealthy" and state.lifecycle_state in COUNTED:
            begin_termination(state, "an EC2 health check indicating it has been terminated or stopped")


def _terminate_instance(self, instance_id, should_decrement):
    state = next((each for each in self.describe_auto_scaling_instances([instance_id])), None)
    if state is None or not instance_id:
        raise ValidationError(f"Instance Id not found - No managed instance found for instance ID: {instance_id}")
    # "ScalingActivityInProgress: The operation can't be performed because there are scaling activities in progress."
    if state.lifecycle_state.startswith("Terminating"):
        raise ScalingActivityInProgress(f"Instance {instance_id} is already terminating")
    if should_decrement:
        # "If you do not specify the option to decrement the desired capacity, Amazon EC2 Auto Scaling launches
        # instances to replace the ones that are terminated" (same page).
        state.auto_scaling_group.desired_capacity -= 1
    # The pages on suspending Terminate name what a group starts by itself; a person's own request is not among them.
    return begin_termination(state, "a user request")


def _notify_terminated(self, instance_ids):
    """TerminateInstances past the group: found by the health check."""
    for state in self.describe_auto_scaling_instances([]):
        if state.instance_id in instance_ids:
            state.health_status = "Unhealthy"


def _set_desired_capacity(self, wanted):
    self.desired_capacity = self.min_size if wanted is None else wanted
    if self.autoscaling_backend.autoscaling_groups.get(self.name) is not self:
        # A group is created with its instances in service, so that whoever sets a scene need not wait.
        self.instance_states.extend(launching.launch(self, self.desired_capacity or 0) if self.desired_capacity else [])


def _delete(self, group_name):
    group = self.autoscaling_groups[group_name]
    for state in group.instance_states:
        if state.instance.state != "terminated":
            state.instance.terminate()
    del self.autoscaling_groups[group_name]


def install():
    launching.install()
    begin = AutoScalingBackend.__init__

    def init(self, *args, **kwargs):
        begin(self, *args, **kwargs)
        self.autoscaling_groups = Groups()

    AutoScalingBackend.__init__ = init
    AutoScalingBackend.terminate_instance = _terminate_instance
    AutoScalingBackend.notify_terminate_instances = _notify_terminated
    AutoScalingBackend.delete_auto_scaling_group = _delete
    FakeAutoScalingGroup.set_desired_capacity = _set_desired_capacity
    FakeAutoScalingGroup.active_instances = _counted
    activities.install()
