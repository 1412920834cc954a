"""Ports that the system chooses, so that two local clouds never want the same one; and an end when the parent ends."""

import os
import signal
import socket
import threading
import time


def listen():
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.bind(("127.0.0.1", 0))
    listener.listen(128)
    return listener


def announce(path, port):
    """Tells whoever started us. The file appears whole or not at all."""
    with open(f"{path}.new", "w", encoding="ascii") as file:
        file.write(str(port))
    os.replace(f"{path}.new", path)


def end_with_parent():
    """With UNDRIFT_LOCAL_PARENT set to its number, we end when it ends: a parent that was killed cannot clean up."""
    parent = os.environ.get("UNDRIFT_LOCAL_PARENT")
    if parent:
        threading.Thread(target=_watch, args=[int(parent)], name="parent", daemon=True).start()


def _watch(parent):
    while os.getppid() == parent:
        time.sleep(0.5)
    os.killpg(os.getpgid(0), signal.SIGKILL)
