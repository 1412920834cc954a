"""EC2, Auto Scaling and target groups on this computer: moto's server with what it lacks.

    python moto_aws.py --port-file FILE

It listens on a free port of 127.0.0.1, and writes the number to FILE at once; calls wait until it is ready.
Environment: UNDRIFT_LOCAL_CALLS (file that every call is appended to), UNDRIFT_LOCAL_EVENTS_ENDPOINT (where PutEvents
goes; also POST /_undrift/events?endpoint=URL), UNDRIFT_LOCAL_LAUNCH_SECONDS, UNDRIFT_LOCAL_TERMINATE_SECONDS, UNDRIFT_LOCAL_TARGET_SECONDS,
UNDRIFT_LOCAL_REFRESH_SECONDS, UNDRIFT_LOCAL_SEED (launches then vary in time, the same way for the same seed).
"""

import argparse
import io
import logging
import os
import re
import threading
import time
from urllib.parse import parse_qs

from aws.ports import announce, end_with_parent, listen
from aws.wire import Calls, describe, fresh_request_id, is_control
from aws.world import LOCK

REQUEST_ID = re.compile(rb"(<(?:Amz)?[Rr]equest(?:Id|ID)>)[^<]*(</)")


class Gateway:
    """In front of moto: one call at a time, a request id of its own for each, and a line in the list of calls."""

    def __init__(self, app, calls):
        self.app = app
        self.calls = calls

    def __call__(self, environ, start_response):
        path = environ.get("PATH_INFO", "/")
        if path.startswith("/_undrift/"):
            return control(path, parse_qs(environ.get("QUERY_STRING", "")), start_response)
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(length) if length else b""
        environ["wsgi.input"] = io.BytesIO(body)
        with LOCK:
            status, headers, answer = self.ask(environ)
        request_id = fresh_request_id()
        answer = REQUEST_ID.sub(rb"\g<1>" + request_id.encode() + rb"\g<2>", answer)
        start_response(status, with_request_id(headers, request_id, len(answer)))
        if not is_control(path):
            call = describe(environ["REQUEST_METHOD"], path, header_of(environ), body)
            self.calls.add(call | {"requestId": request_id, "status": int(status.split()[0])})
        return [answer]

    def ask(self, environ):
        got = {}

        def start(status, headers, exc_info=None):
            got.update(status=status, headers=headers)

        parts = self.app(environ, start)
        try:
            return got.setdefault("status", "500"), got.setdefault("headers", []), b"".join(parts)
        finally:
            getattr(parts, "close", lambda: None)()


def with_request_id(headers, request_id, length):
    dropped = ("x-amzn-requestid", "x-amz-request-id", "x-amz-crc32", "content-length")
    kept = [(name, value) for name, value in headers if name.lower() not in dropped]
    return [*kept, ("x-amzn-requestid", request_id), ("content-length", str(length))]


def header_of(environ):
    def header(name):
        key = name.upper().replace("-", "_")
        return environ.get(key if key == "CONTENT_TYPE" else f"HTTP_{key}", "")

    return header


def control(path, query, start_response):
    """What a test may do that AWS has no call for."""
    from aws import events, interfaces, stale

    known = True
    with LOCK:
        if path == "/_undrift/stale":
            stale.freeze(float(query["seconds"][0]))
        elif path == "/_undrift/events":
            events.deliver_to(query["endpoint"][0])
        elif path == "/_undrift/managed":
            interfaces.manage(query["interface"][0], query["requester"][0])
        else:
            known = path == "/_undrift/health"
    start_response("200 OK" if known else "404 Not Found", [("content-type", "application/json")])
    return [b'{"ok":true}' if known else b'{"ok":false}']


def keep_groups_moving(advance):
    while True:
        time.sleep(0.1)
        try:
            with LOCK:
                advance()
        except Exception:  # a fault of one turn must not stop the clock
            logging.exception("groups")


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--port-file", required=True)
    listener = listen()
    port = listener.getsockname()[1]
    announce(options.parse_args().port_file, port)
    end_with_parent()
    os.environ["MOTO_PORT"] = str(port)
    serve(listener)


def serve(listener):
    # Imported late: whoever calls meanwhile waits in the listener's queue, and ministack starts beside us.
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
    from werkzeug.serving import make_server

    from aws import events, groups, instances, interfaces, lifecycle, prefix_lists, refreshes, security_groups, stale

    for addition in (groups, instances, interfaces, prefix_lists, refreshes, security_groups, stale):
        addition.install()
    events.deliver_to(os.environ.get("UNDRIFT_LOCAL_EVENTS_ENDPOINT") or None)
    threading.Thread(target=keep_groups_moving, args=[lifecycle.advance], name="groups", daemon=True).start()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    app = Gateway(DomainDispatcherApplication(create_backend_app), Calls(os.environ.get("UNDRIFT_LOCAL_CALLS")))
    host, port = listener.getsockname()
    server = make_server(host, port, app, threaded=True, request_handler=MotoRequestHandler, fd=listener.detach())
    server.serve_forever()


if __name__ == "__main__":
    main()
