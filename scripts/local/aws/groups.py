"""Auto Scaling groups that take time, keep their desired capacity, and obey suspended processes.

moto replaces an instance at once, in service, whatever is suspended.
"""

from moto.autoscaling.exceptions import AutoscalingClientError, ValidationError
from moto.autoscaling.models import AutoScalingBackend, FakeAutoScalingGroup

from . import activities, hooks, launching, maintenance, targets
from .lifecycle import begin_termination, counted


class ScalingActivityInProgress(AutoscalingClientError):
    code = "ScalingActivityInProgress"


class Groups(dict):
    def __missing__(self, name):
        raise ValidationError("AutoScalingGroup name not found - null")


def _terminate_instance(self, instance_id, should_decrement):
    state = next((each for each in self.describe_auto_scaling_instances([instance_id])), None)
    if state is None or not instance_id:
        raise ValidationError(f"Instance Id not found - No managed instance found for instance ID: {instance_id}")
    # "ScalingActivityInProgress: The operation can't be performed because there are scaling activities in progress."
    # "Retained instances don't count toward desired capacity and remain until you call
    # TerminateInstanceInAutoScalingGroup" (API Reference, RetentionTriggers).
    if state.lifecycle_state.startswith("Terminating") and state.lifecycle_state != "Terminating:Retained":
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
    FakeAutoScalingGroup.active_instances = counted
    activities.install()
    hooks.install()
    maintenance.install()
    targets.install()
