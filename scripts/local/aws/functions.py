"""What the functions that ministack runs take for AWS."""

import copy
import os

from ministack.core import lambda_runtime


def _by_way_of(begin, direct, proxy):
    """An SDK sends a call about a queue to the address that the queue's URL holds, whatever its endpoint is. The URL is
    in the function's environment: there it names the proxy, so that these calls meet faults as well."""

    def init(self, func_name, config, *args, **kwargs):
        config = copy.deepcopy(config)
        variables = config.get("Environment", {}).get("Variables", {})
        for name, value in variables.items():
            variables[name] = value.replace(direct, proxy) if isinstance(value, str) else value
        begin(self, func_name, config, *args, **kwargs)

    return init


def install():
    proxy = os.environ.get("UNDRIFT_LOCAL_FAULTS")
    if proxy:
        direct = f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}/"
        worker = lambda_runtime.Worker
        worker.__init__ = _by_way_of(worker.__init__, direct, f"{proxy}/")
