"""Maintenance policies, warm-up, and instances that are declared unhealthy. moto keeps neither policy nor grace period."""

import math
from datetime import timedelta

from moto.autoscaling.exceptions import ValidationError
from moto.autoscaling.responses import AutoScalingResponse
from moto.core.responses import EmptyResult
from moto.core.utils import utcnow

KEPT = {
    "InstanceMaintenancePolicy": "instance_maintenance_policy",
    "InstanceLifecyclePolicy": "instance_lifecycle_policy",
}


def launches_first(group):
    """ "Launch before terminating: A new instance must be provisioned first before an existing instance can be
    terminated" (User Guide, "Instance maintenance policy for Auto Scaling group"): a minimum of 100 per cent, and room
    above it.
    """
    least, most = _percentages(group)
    return least >= 100 and most > 100


def room(group):
    """How many instances may be there beyond the desired capacity while some are replaced; always one.

    "Specifies the upper threshold as a percentage of the desired capacity … that can be in service and healthy, or
    pending, to support your workload when replacing instances" (API Reference, InstanceMaintenancePolicy). How AWS rounds
    is not documented; one is taken for the least, as less would let nothing be replaced.
    """
    desired = group.desired_capacity or 0
    return max(1, math.floor(desired * _percentages(group)[1] / 100) - desired) if launches_first(group) else 0


def _percentages(group):
    policy = getattr(group, "instance_maintenance_policy", None) or {}
    return policy.get("MinHealthyPercentage", -1), policy.get("MaxHealthyPercentage", -1)


def set_instance_health(self):
    instance_id = self._get_param("InstanceId")
    found = self.autoscaling_backend.describe_auto_scaling_instances([instance_id]) if instance_id else []
    if not found:
        raise ValidationError(f"Instance Id not found - No managed instance found for instance ID: {instance_id}")
    state, health = found[0], self._get_param("HealthStatus")
    if health not in ("Healthy", "Unhealthy"):
        raise ValidationError("Valid instance health states are: [Healthy, Unhealthy].")
    # "If the Auto Scaling group of the specified instance has a HealthCheckGracePeriod specified for the group, by
    # default, this call respects the grace period" (API Reference, SetInstanceHealth).
    if not (self._get_bool_param("ShouldRespectGracePeriod", True) and _is_young(state)):
        state.health_status = health
    return EmptyResult()


def _is_young(state):
    grace = timedelta(seconds=state.auto_scaling_group.health_check_grace_period or 0)
    return utcnow() < state.in_service_since + grace


def _keeping(plain):
    """Create and update, with the policies that moto leaves out."""

    def action(self):
        answer = plain(self)
        group = self.autoscaling_backend.autoscaling_groups[self._get_param("AutoScalingGroupName")]
        for parameter, attribute in KEPT.items():
            given = self._get_param(parameter, None)
            if given:
                setattr(group, attribute, _cleared(given))
        warm_up = self._get_int_param("DefaultInstanceWarmup")
        if warm_up is not None:
            # "To remove a value that you previously set, include the property but specify -1 for the value" (API Reference,
            # CreateAutoScalingGroup, DefaultInstanceWarmup); 0 is a value.
            group.default_instance_warmup = None if warm_up < 0 else warm_up
        return answer

    return action


def _cleared(policy):
    # "To clear a previously set value, specify a value of -1" (API Reference, InstanceMaintenancePolicy).
    return None if -1 in policy.values() else policy


def _without_grace(plain):
    def action(self):
        answer = plain(self)
        if self._get_param("HealthCheckGracePeriod") is None:
            # "Default: 0 seconds" (API Reference, CreateAutoScalingGroup); moto takes 300.
            group = self.autoscaling_backend.autoscaling_groups[self._get_param("AutoScalingGroupName")]
            group.health_check_grace_period = 0
        return answer

    return action


def install():
    AutoScalingResponse.set_instance_health = set_instance_health
    AutoScalingResponse.create_auto_scaling_group = _without_grace(AutoScalingResponse.create_auto_scaling_group)
    for name in ("create_auto_scaling_group", "update_auto_scaling_group"):
        setattr(AutoScalingResponse, name, _keeping(getattr(AutoScalingResponse, name)))
