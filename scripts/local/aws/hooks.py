"""Lifecycle hooks: an instance waits on its way into or out of a group until somebody answers, or the time is over.

"Instances can remain in a wait state for a finite period of time. The default is one hour (heartbeat timeout)" (Amazon
EC2 Auto Scaling User Guide, "Amazon EC2 Auto Scaling lifecycle hooks"). moto keeps hooks and never waits for one.
"""

from datetime import timedelta

from moto.autoscaling.exceptions import ValidationError
from moto.autoscaling.responses import AutoScalingResponse
from moto.core.responses import ActionResult
from moto.core.utils import utcnow

LAUNCHING = "autoscaling:EC2_INSTANCE_LAUNCHING"
TERMINATING = "autoscaling:EC2_INSTANCE_TERMINATING"


def hold(group, state, transition):
    """Begins the wait for every hook of this transition. False when there is none."""
    hooks = [
        hook
        for hook in group.autoscaling_backend.describe_lifecycle_hooks(group.name)
        if hook.lifecycle_transition == transition
    ]
    state.waits = {hook.name: hook for hook in hooks}
    state.wait_until = {hook.name: utcnow() + timedelta(seconds=hook.heartbeat_timeout) for hook in hooks}
    state.abandoned = False
    return bool(hooks)


def answered(state):
    """None while a hook waits; then CONTINUE or ABANDON."""
    now = utcnow()
    for name, hook in list(state.waits.items()):
        # "If the lifecycle hook times out, Amazon EC2 Auto Scaling performs the action that you specified in the
        # DefaultResult property" (API Reference, LifecycleHook).
        if state.wait_until[name] <= now:
            _answer(state, name, hook.default_result)
    if state.waits:
        return None
    return "ABANDON" if state.abandoned else "CONTINUE"


def retains(group):
    """Instances "move to a retained state when graceful shutdown procedures don't complete successfully"

    (User Guide, "Control instance retention with instance lifecycle policies"). The API Reference spells the value in
    small letters, the guide's console with a capital.
    """
    policy = getattr(group, "instance_lifecycle_policy", None) or {}
    return str(policy.get("RetentionTriggers", {}).get("TerminateHookAbandon")).lower() == "retain"


def _answer(state, name, result):
    state.waits.pop(name)
    if result == "ABANDON":
        # "ABANDON stops any remaining actions, such as other lifecycle hooks" (User Guide, the page on hooks).
        state.abandoned = True
        state.waits.clear()


def _waiting(response):
    group = response.autoscaling_backend.autoscaling_groups[response._get_param("AutoScalingGroupName")]
    name, instance = response._get_param("LifecycleHookName"), response._get_param("InstanceId")
    for state in group.instance_states:
        if state.instance_id == instance and name in getattr(state, "waits", {}):
            return state, name
    raise ValidationError(f"No active Lifecycle Action found with instance ID {instance}")


def complete_lifecycle_action(self):
    state, name = _waiting(self)
    _answer(state, name, self._get_param("LifecycleActionResult"))
    return ActionResult({})


def record_lifecycle_action_heartbeat(self):
    # "This extends the timeout by the length of time defined using the PutLifecycleHook API call" (API Reference,
    # RecordLifecycleActionHeartbeat).
    state, name = _waiting(self)
    state.wait_until[name] = utcnow() + timedelta(seconds=state.waits[name].heartbeat_timeout)
    return ActionResult({})


def install():
    for action in (complete_lifecycle_action, record_lifecycle_action_heartbeat):
        setattr(AutoScalingResponse, action.__name__, action)
