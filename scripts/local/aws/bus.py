"""EventBridge as AWS sees it: its own sources, rules that want read-only calls, what Parameter Store tells, and what CloudTrail keeps."""

import functools
import json
from datetime import datetime

from ministack.core.responses import get_account_id, get_region
from ministack.services import cloudtrail, eventbridge, ssm

ALL_CALLS = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
CALL = "AWS API Call via CloudTrail"
READ_ONLY = ("Describe", "Get", "List")


def _dispatch(event, view=None):
    """ministack's own loop over the rules, with the two states that a rule can be enabled in."""
    _keep(event)
    view = view or eventbridge._pattern_event_view(event)
    passed = set(event.get("_DispatchPath") or [])
    bus = event.get("EventBusName", "default")
    for key, rule in list(eventbridge._rules.items()):
        if rule.get("EventBusName", "default") != bus or key in passed or not _hears(rule, event):
            continue
        if rule.get("EventPattern") and eventbridge._matches_pattern_view(rule["EventPattern"], view, f"rule {key}"):
            for target in eventbridge._targets.get(key, []):
                eventbridge._invoke_target(target, event, rule, view)


def _keep(event):
    """A call that is delivered is in CloudTrail's event history as well, and LookupEvents finds it by its id.

    "CloudTrailEvent: A JSON string that contains a representation of the event returned." (CloudTrail API Reference, Event)
    """
    if event.get("DetailType") != CALL or event.get("_DispatchPath"):
        return
    try:
        record = json.loads(event.get("Detail") or "{}")
        happened = datetime.fromisoformat(str(record.get("eventTime")).replace("Z", "+00:00")).timestamp()
    except (ValueError, AttributeError):
        return
    cloudtrail._get_event_queue().append(
        {
            "EventId": str(record.get("eventID")),
            "EventName": str(record.get("eventName")),
            "EventSource": str(record.get("eventSource")),
            "EventTime": happened,
            "Username": "",
            "ReadOnly": "false",
            "Resources": [],
            "CloudTrailEvent": json.dumps(record),
        }
    )


def _hears(rule, event):
    # "ENABLED: … EventBridge matches events against the rule, except for Amazon Web Services management events
    # delivered through CloudTrail"; with ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS "the rule is enabled for all
    # events, including" those (EventBridge API Reference, PutRule, State). What is meant are the read-only ones:
    # Describe, Get, List.
    if rule.get("State") == ALL_CALLS:
        return True
    return rule.get("State") == "ENABLED" and not _is_read_only_call(event)


def _is_read_only_call(event):
    if event.get("DetailType") != CALL:
        return False
    try:
        return str(json.loads(event.get("Detail") or "{}").get("eventName", "")).startswith(READ_ONLY)
    except (ValueError, AttributeError):
        return False


def _tell(change, operation_of):
    """A change of a parameter, told as source aws.ssm, "Parameter Store Change" with operation, name and type.

    (AWS Systems Manager User Guide, "EventBridge event patterns and types for Systems Manager".)
    """

    def told(data):
        answer = change(data)
        if answer[0] == 200:
            name = str(data.get("Name"))
            detail = {"operation": operation_of(answer), "name": name, "type": data.get("Type", "String")}
            if data.get("Description"):
                detail["description"] = data["Description"]
            arn = f"arn:aws:ssm:{get_region()}:{get_account_id()}:parameter/{name.lstrip('/')}"
            entry = {
                "Source": "aws.ssm",
                "DetailType": "Parameter Store Change",
                "Resources": [arn],
                "Detail": json.dumps(detail),
            }
            eventbridge._put_events({"Entries": [entry]})
        return answer

    return told


def _created_or_updated(answer):
    return "Create" if json.loads(answer[2]).get("Version") == 1 else "Update"


def install():
    # Sources that begin with aws. are AWS's own, and PutEvents refuses them from anyone else. Here whoever calls
    # plays AWS, and the patterns of the deployed rules decide.
    eventbridge._put_events = functools.partial(eventbridge._put_events, allow_aws_source=True)
    eventbridge._dispatch_event = _dispatch
    ssm._put_parameter = _tell(ssm._put_parameter, _created_or_updated)
    ssm._delete_parameter = _tell(ssm._delete_parameter, lambda answer: "Delete")
