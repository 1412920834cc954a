"""Run Command on the managed nodes. Nothing runs: every invocation is a success as soon as it exists.

POST /_undrift/commands {"id": "<command id>", "first": 2} leaves a command in progress with its first two invocations,
as rate control does; with "first": null the others follow, and it is over.
"""

import json
import time
import uuid

from aws import managed
from aws.pages import page

SENT = {}


def control(body):
    asked = json.loads(body)
    SENT[asked["id"]]["first"] = asked["first"]


def _send(data, _caller):
    ids, targets = data.get("InstanceIds") or [], data.get("Targets") or []
    if not ids and not targets:
        return 400, "ValidationException", "InstanceIds or Targets is required"
    missing = [node for node in ids if node not in managed.NODES]
    if missing:
        # InvalidInstanceId: "You don't have permission to access the managed node. SSM Agent isn't running. …"
        return 400, "InvalidInstanceId", f"Instances {missing} not in a valid state for account"
    try:
        nodes = list(ids) or managed.targeted(targets)
    except managed.Unknown as key:
        return 400, "InvalidTarget", f"The target {key} is not valid."
    command = {
        "id": str(uuid.uuid4()),
        "document": data.get("DocumentName"),
        "ids": list(ids),
        "targets": targets,
        "nodes": nodes,
        "first": None,
        "at": time.time(),
    }
    SENT[command["id"]] = command
    # It is answered before anything runs.
    return 200, {"Command": _told(command) | {"Status": "Pending", "StatusDetails": "Pending", "CompletedCount": 0}}


def _reached(command):
    return command["nodes"] if command["first"] is None else command["nodes"][: command["first"]]


def _told(command):
    over = command["first"] is None
    # "No Instances In Tag: The tag key-pair value or resource group targeted by the command doesn't match any managed
    # nodes." (User Guide, Understanding command statuses)
    details = "Success" if command["nodes"] else "NoInstancesInTag"
    return {
        "CommandId": command["id"],
        "DocumentName": command["document"],
        "InstanceIds": command["ids"],
        "Targets": command["targets"],
        "RequestedDateTime": command["at"],
        "Status": "Success" if over else "InProgress",
        "StatusDetails": details if over else "InProgress",
        "TargetCount": len(command["nodes"]),
        "CompletedCount": len(_reached(command)),
        "ErrorCount": 0,
    }


def _asked(data):
    """The commands that are asked for; None for an id that is none."""
    wanted = data.get("CommandId")
    if wanted and wanted not in SENT:
        return None
    newest_first = sorted(SENT.values(), key=lambda command: -command["at"])
    return [command for command in newest_first if wanted in (None, "", command["id"])]


def _list(data, _caller):
    commands, node = _asked(data), data.get("InstanceId")
    if commands is None:
        return 400, "InvalidCommandId", "The specified command ID isn't valid."
    found = [_told(command) for command in commands if not node or node in command["nodes"]]
    shown, token = page(found, data, most=50)
    return 200, {"Commands": shown, **token}


def _list_invocations(data, _caller):
    commands, node = _asked(data), data.get("InstanceId")
    if commands is None:
        return 400, "InvalidCommandId", "The specified command ID isn't valid."
    found = [_invocation(command, each) for command in commands for each in _reached(command) if node in (None, each)]
    shown, token = page(found, data, most=50)
    return 200, {"CommandInvocations": shown, **token}


def _invocation(command, node):
    return {
        "CommandId": command["id"],
        "InstanceId": node,
        "DocumentName": command["document"],
        "RequestedDateTime": command["at"],
        "Status": "Success",
        "StatusDetails": "Success",
    }


CALLS = {"SendCommand": _send, "ListCommands": _list, "ListCommandInvocations": _list_invocations}
