"""Auto Scaling's own events, sent to the event bus of the local AWS.

Their shapes are those of the Amazon EC2 Auto Scaling User Guide, "Amazon EC2 Auto Scaling event reference".
"""

import json
import queue
import sys
import threading
import urllib.request

_ACCESS = "AWS4-HMAC-SHA256 Credential=test/20260101/{region}/events/aws4_request, SignedHeaders=host, Signature=0"
_bus = {"endpoint": None}
_waiting = queue.Queue()


def deliver_to(endpoint):
    """Where PutEvents goes from now on; None keeps events to ourselves."""
    first = _bus["endpoint"] is None
    _bus["endpoint"] = endpoint
    if first and endpoint:
        threading.Thread(target=_deliver, name="events", daemon=True).start()


def instance_event(kind, group, state, activity):
    """`kind` is the detail-type, for example "EC2 Instance Launch Successful"."""
    if _bus["endpoint"] is None:
        return
    instance = f"arn:aws:ec2:{group.region}:{group.account_id}:instance/{state.instance_id}"
    detail = {
        "Description": activity["Description"],
        "Details": {"Subnet ID": state.instance.subnet_id, "Availability Zone": state.availability_zone},
        "EndTime": _iso(activity["EndTime"]),
        "RequestId": activity["ActivityId"],
        "ActivityId": activity["ActivityId"],
        "Cause": activity["Cause"],
        "AutoScalingGroupName": group.name,
        "StartTime": _iso(activity["StartTime"]),
        "EC2InstanceId": state.instance_id,
        "StatusCode": "InProgress",
        "StatusMessage": "",
    }
    entry = {
        "Source": "aws.autoscaling",
        "DetailType": kind,
        "Resources": [group.arn, instance],
        "Detail": json.dumps(detail),
    }
    _waiting.put((group.region, entry))


def _deliver():
    while True:
        region, entry = _waiting.get()
        try:
            request = urllib.request.Request(
                _bus["endpoint"],
                data=json.dumps({"Entries": [entry]}).encode(),
                headers={
                    "Content-Type": "application/x-amz-json-1.1",
                    "X-Amz-Target": "AWSEvents.PutEvents",
                    "Authorization": _ACCESS.format(region=region),
                    "User-Agent": "autoscaling.amazonaws.com",
                },
            )
            with urllib.request.urlopen(request, timeout=10) as answer:
                if json.loads(answer.read()).get("FailedEntryCount"):
                    raise OSError("the bus refused the event")
        except (OSError, ValueError) as problem:
            # AWS delivers on a best-effort basis too: an event that is lost must stop nothing.
            print(f"event not delivered ({entry['DetailType']}): {problem}", file=sys.stderr, flush=True)


def _iso(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
