"""Session Manager: sessions that are open until somebody ends them. No shell is behind them.

POST /_undrift/sessions?ending=2: a session that is ended goes on being listed as active for two seconds, Terminating.
"""

import calendar
import re
import time
import uuid

from aws import managed
from aws.pages import page

SESSIONS = {}
ENDING = {"seconds": 0.0}
# "For example, specify 2024-08-29T00:00:00Z" (API Reference, SessionFilter).
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def control(query):
    ENDING["seconds"] = float(query.get("ending", ["0"])[0])


def _start(data, caller):
    target = str(data.get("Target", ""))
    if target not in managed.NODES and not target.startswith("ecs:"):
        return 400, "TargetNotConnected", f"{target} is not connected."
    session = {
        "SessionId": f"{caller.split('/')[-1].split(':')[-1]}-{uuid.uuid4().hex[:17]}",
        "Target": target,
        "Owner": caller,
        "StartDate": time.time(),
        "DocumentName": data.get("DocumentName", "SSM-SessionManagerRunShell"),
        **({"Reason": data["Reason"]} if data.get("Reason") else {}),
    }
    SESSIONS[session["SessionId"]] = session
    return 200, _connection(session)


def _connection(session):
    url = f"wss://ssmmessages.us-east-1.amazonaws.com/v1/data-channel/{session['SessionId']}?role=publish_subscribe"
    return {"SessionId": session["SessionId"], "TokenValue": uuid.uuid4().hex, "StreamUrl": url}


def _resume(data, _caller):
    session = SESSIONS.get(data.get("SessionId"))
    # "A terminated session can't be resumed." (API Reference, TerminateSession)
    if session is None or "EndDate" in session:
        return 400, "DoesNotExistException", "The specified session does not exist."
    return 200, _connection(session)


def _terminate(data, _caller):
    """AWS names no error for a session that is not there, or over."""
    session = SESSIONS.get(data.get("SessionId"))
    if session is not None:
        session.setdefault("EndDate", time.time())
    return 200, {"SessionId": data.get("SessionId")}


def _is_over(session):
    return "EndDate" in session and time.time() >= session["EndDate"] + ENDING["seconds"]


def _told(session):
    if _is_over(session):
        return session | {"Status": "Terminated"}
    if "EndDate" in session:
        return {key: value for key, value in session.items() if key != "EndDate"} | {"Status": "Terminating"}
    return session | {"Status": "Connected"}


def _describe(data, _caller):
    state, filters = data.get("State"), data.get("Filters") or []
    if state not in ("Active", "History"):
        return 400, "ValidationException", "State must be Active or History"
    for each in filters:
        if each["key"] not in HOLDS:
            return 400, "InvalidFilterKey", f"The filter key {each['key']} is not valid."
        if each["key"].startswith("Invoked") and not MOMENT.fullmatch(each["value"]):
            return 400, "ValidationException", f"{each['value']} is no moment such as 2024-08-29T00:00:00Z"
    newest_first = sorted(SESSIONS.values(), key=lambda session: -session["StartDate"])
    told = [_told(session) for session in newest_first if _is_over(session) == (state == "History")]
    found = [session for session in told if all(HOLDS[each["key"]](session, each["value"]) for each in filters)]
    shown, token = page(found, data, most=200)
    return 200, {"Sessions": shown, **token}


def _seconds(moment):
    return calendar.timegm(time.strptime(moment, "%Y-%m-%dT%H:%M:%SZ"))


HOLDS = {
    "InvokedAfter": lambda session, value: session["StartDate"] >= _seconds(value),
    "InvokedBefore": lambda session, value: session["StartDate"] < _seconds(value),
    "Owner": lambda session, value: session["Owner"] == value,
    "SessionId": lambda session, value: session["SessionId"] == value,
    "Status": lambda session, value: session["Status"] == value,
    "Target": lambda session, value: session["Target"] == value,
}

CALLS = {
    "DescribeSessions": _describe,
    "ResumeSession": _resume,
    "StartSession": _start,
    "TerminateSession": _terminate,
}
