"""The wire: what was called (one JSON line a call) and the request id of each answer."""

import json
import os
import re
import time
import uuid
from urllib.parse import parse_qsl

SIGNED = re.compile(r"Credential=[^/]+/\d+/([a-z0-9-]+)/([a-z0-9-]+)/aws4_request")
# Artefacts and policies do not belong in a list of calls.
LONGEST_BODY = 64 * 1024


class Calls:
    """Appends calls to a file. Both emulators may write to the same one: a line is one append."""

    def __init__(self, path):
        self.file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600) if path else None

    def add(self, call):
        if self.file is not None:
            os.write(self.file, (json.dumps(call, ensure_ascii=False, default=str) + "\n").encode())


def fresh_request_id():
    return str(uuid.uuid4())


def describe(method, path, header, body):
    """The call as it arrived: service, action, parameters. `header` maps a lower-case name to a value."""
    scope = SIGNED.search(header("authorization"))
    action, params = f"{method} {path}", None
    if len(body) > LONGEST_BODY:
        params = {"bytes": len(body)}
    elif header("x-amz-target"):
        params = _json(body)
    elif body and header("content-type").startswith("application/x-www-form-urlencoded"):
        params = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
        action = params.pop("Action", action)
        params.pop("Version", None)
    elif body:
        params = _json(body)
    if header("x-amz-target"):
        action = header("x-amz-target").split(".")[-1]
    return {
        "at": _iso(time.time()),
        "service": scope.group(2) if scope else "",
        "action": action,
        "params": params,
        "userAgent": header("user-agent"),
    }


def is_control(path):
    """Health checks and the controls of the emulators are not calls to AWS."""
    return path.startswith(("/_", "/moto-api"))


def _json(body):
    try:
        return json.loads(body)
    except ValueError:
        return {"bytes": len(body)}


def _iso(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + f".{int(seconds * 1000) % 1000:03d}Z"
