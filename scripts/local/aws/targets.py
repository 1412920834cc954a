"""Target groups of a group: registered when in service, initial for some seconds, gone when it terminates.

moto registers what a group begins with and never again, and answers that it is healthy at once.
"""

import os
from datetime import timedelta

from moto.core.utils import utcnow
from moto.elbv2.models import FakeHealthStatus, FakeTargetGroup

INITIAL = timedelta(seconds=float(os.environ.get("UNDRIFT_LOCAL_TARGET_SECONDS", "2")))


def register(group, state):
    """ "AddToLoadBalancer: Adds instances to the attached load balancer target group … when they are launched" (User Guide,
    "Types of processes").
    """
    for target_group in _target_groups(group):
        target_group.register([{"Id": state.instance_id}])
        _since(target_group)[state.instance_id] = utcnow()


def deregister(group, state):
    for target_group in _target_groups(group):
        if state.instance_id in target_group.targets:
            target_group.deregister([{"Id": state.instance_id}])


def _target_groups(group):
    known = group.autoscaling_backend.elbv2_backend.target_groups
    return [known[arn] for arn in group.target_group_arns or [] if arn in known]


def _since(target_group):
    if not hasattr(target_group, "registered_since"):
        target_group.registered_since = {}
    return target_group.registered_since


def _health_for(plain):
    def health(self, target, ec2_backend):
        found = plain(self, target, ec2_backend)
        since = _since(self).get(found.instance_id)
        if found.status != "healthy" or since is None or utcnow() >= since + INITIAL:
            return found
        # "initial: … the load balancer is still sending the target the minimum number of health checks required to determine
        # its health status" (Elastic Load Balancing API Reference, TargetHealth).
        return FakeHealthStatus(
            found.instance_id, found.port, found.health_check_port, "initial", "Elb.InitialHealthChecking"
        )

    return health


def install():
    FakeTargetGroup.health_for = _health_for(FakeTargetGroup.health_for)
