"""Managed nodes: what Systems Manager can reach. ministack looks for them among its own instances, and EC2 is moto's here.

A test registers them: POST /_undrift/managed {"instances": [{"id": "i-…", "tags": {"Env": "prod"}}]}. A node that is
registered again has its new tags; the others stay. DELETE forgets them all.
"""

import json
import time

from aws.pages import page

NODES = {}


def control(method, body):
    if method == "DELETE":
        NODES.clear()
        return
    for node in json.loads(body)["instances"]:
        NODES[node["id"]] = dict(node.get("tags") or {})


def targeted(targets):
    """The nodes that all these targets mean; `*` as an id is every node."""
    return [node for node in sorted(NODES) if all(_is_meant(node, each) for each in targets)]


def _is_meant(node, target):
    key, values = target.get("Key", ""), target.get("Values") or []
    if key.lower() == "instanceids":
        return "*" in values or node in values
    return _has(node, key, values)


def _has(node, key, values):
    """A node and one filter; the values are alternatives."""
    if key == "InstanceIds":
        return node in values
    if key == "ResourceType":
        return kind_of(node) in values
    if key == "PingStatus":
        return "Online" in values
    if key == "tag-key":
        return any(name in NODES[node] for name in values)
    if key.startswith("tag:"):
        return NODES[node].get(key[len("tag:") :]) in values
    raise Unknown(key)


class Unknown(Exception):
    """A filter that is not known here must not look like one that nothing matches."""


def kind_of(node):
    return "ManagedInstance" if node.startswith("mi-") else "EC2Instance"


def _describe(data, _caller):
    filters = data.get("Filters") or []
    try:
        found = [node for node in sorted(NODES) if all(_has(node, each["Key"], each["Values"]) for each in filters)]
    except Unknown as key:
        return 400, "InvalidFilterKey", f"The filter key {key} is not valid."
    shown, token = page(found, data, most=50, least=5)
    return 200, {"InstanceInformationList": [_told(node) for node in shown], **token}


def _told(node):
    return {
        "InstanceId": node,
        "PingStatus": "Online",
        "LastPingDateTime": time.time(),
        "AgentVersion": "3.3.0.0",
        "PlatformType": "Linux",
        "ResourceType": kind_of(node),
    }


CALLS = {"DescribeInstanceInformation": _describe}
