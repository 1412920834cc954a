"""The rest of AWS on this machine: ministack, speaking as AWS itself where AWS would.

    python ministack_aws.py --port-file FILE

It listens on a free port of 127.0.0.1, and writes the number to FILE at once; calls wait until it is ready. The
environment that it is started with is inherited by the functions that it runs: AWS_ENDPOINT_URL_EC2 and
AWS_ENDPOINT_URL_AUTO_SCALING send their calls to moto; with a fault proxy (UNDRIFT_LOCAL_FAULTS is its address) these and
AWS_ENDPOINT_URL name the proxy. UNDRIFT_LOCAL_CALLS is the file that every call is appended to.
"""

import argparse
import asyncio
import os
import signal
import sys

from aws.ports import announce, end_with_parent, listen
from aws.wire import Calls, describe, is_control


class Recorder:
    """In front of ministack: a line in the list of calls for each."""

    def __init__(self, app, calls):
        self.app = app
        self.calls = calls

    async def __call__(self, scope, receive, send):
        if scope["type"] == "http" and scope["path"].startswith("/_undrift/"):
            await control(scope, receive, send)
            return
        if scope["type"] != "http" or is_control(scope["path"]):
            await self.app(scope, receive, send)
            return
        body, answer = bytearray(), {}

        async def hear():
            message = await receive()
            body.extend(message.get("body", b""))
            return message

        async def say(message):
            if message["type"] == "http.response.start":
                answer.update(status=message["status"], headers=dict(message.get("headers", [])))
            await send(message)

        try:
            await self.app(scope, hear, say)
        finally:
            headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
            call = describe(scope["method"], scope["path"], lambda name: headers.get(name, ""), bytes(body))
            ids = {name.lower(): value for name, value in answer.get("headers", {}).items()}
            request_id = (ids.get(b"x-amzn-requestid") or ids.get(b"x-amz-request-id") or b"").decode()
            self.calls.add(call | {"requestId": request_id, "status": answer.get("status")})


async def control(scope, receive, send):
    """What a test may do that AWS has no call for."""
    from aws import systems_manager

    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    known = systems_manager.control(scope["method"], scope["path"], scope["query_string"].decode(), body)
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 200 if known else 404, "headers": headers})
    await send({"type": "http.response.body", "body": b'{"ok":true}' if known else b'{"ok":false}'})


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--port-file", required=True)
    listener = listen()
    port = listener.getsockname()[1]
    announce(options.parse_args().port_file, port)
    end_with_parent()
    # Read when ministack is imported. One account for both emulators: else the owners of resources differ.
    os.environ |= {
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_HOST": "127.0.0.1",
        "MINISTACK_ACCOUNT_ID": "123456789012",
        "IOT_MTLS_ENABLED": "0",
        "PERSIST_STATE": "0",
        "S3_PERSIST": "0",
    }
    from hypercorn.asyncio import serve
    from hypercorn.config import Config
    from ministack.app import app

    from aws import alarms, bus, functions, mail, systems_manager, trail

    for addition in (alarms, bus, functions, mail, systems_manager, trail):
        addition.install()
    config = Config()
    config.bind = [f"fd://{listener.detach()}"]
    config.keep_alive_timeout = 75
    config.loglevel = os.environ.get("LOG_LEVEL", "WARNING").upper()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    asyncio.run(serve(Recorder(app, Calls(os.environ.get("UNDRIFT_LOCAL_CALLS"))), config))


if __name__ == "__main__":
    main()
