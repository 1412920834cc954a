"""Stale reads on demand: POST /_undrift/stale?seconds=5.

"The Amazon EC2 API follows an eventual consistency model … This means that the result of an API command you run that
affects your Amazon EC2 resources might not be immediately visible to all subsequent commands you run"
(Amazon EC2 Developer Guide, "Eventual consistency in the Amazon EC2 API").
Until the time is over, every Describe of EC2, and GetManagedPrefixListEntries, answers from a copy taken at the moment
of the call.
"""

import copy
import time

from moto.ec2.models import ec2_backends
from moto.ec2.responses._base_response import EC2BaseResponse

READS = ("Describe", "GetManagedPrefixListEntries")
_view = {"until": 0.0, "backends": {}}


def freeze(seconds):
    memo = {}
    _view["backends"] = {
        (account, region): copy.deepcopy(backend, memo)
        for account, regions in ec2_backends.items()
        for region, backend in regions.items()
    }
    _view["until"] = time.monotonic() + seconds


def _backend(response):
    here = (response.current_account, response.region)
    if time.monotonic() < _view["until"] and str(response._get_action()).startswith(READS):
        return _view["backends"].get(here) or ec2_backends[here[0]][here[1]]
    return ec2_backends[here[0]][here[1]]


def install():
    EC2BaseResponse.ec2_backend = property(_backend)
