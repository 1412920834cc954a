"""Systems Manager beyond its parameters: managed nodes, commands, sessions, in the place of ministack's own."""

import json
from urllib.parse import parse_qs

from ministack.core.iam_evaluator import request_caller_arn
from ministack.core.responses import error_response_json, json_response
from ministack.services import ssm

from aws import commands, managed, sessions, trail

CALLS = managed.CALLS | commands.CALLS | sessions.CALLS


def _with_ours(theirs):
    async def answer(method, path, headers, body, query_params):
        call = CALLS.get(headers.get("x-amz-target", "").split(".")[-1])
        if call is None:
            return await theirs(method, path, headers, body, query_params)
        status, *told = call(json.loads(body or b"{}"), request_caller_arn(headers, query_params))
        return json_response(*told) if status == 200 else error_response_json(*told, status)

    return answer


def control(method, path, query, body):
    """What a test may do that AWS has no call for. Tells whether the path is one of ours."""
    if path == "/_undrift/managed":
        managed.control(method, body)
    elif path == "/_undrift/commands":
        commands.control(body)
    elif path == "/_undrift/trail":
        trail.control(parse_qs(query))
    elif path == "/_undrift/sessions":
        sessions.control(parse_qs(query))
    else:
        return False
    return True


def install():
    ssm.handle_request = _with_ours(ssm.handle_request)
