"""One lock for the whole of moto: its server has a thread per request and ours moves instances on beside it."""

import threading

LOCK = threading.RLock()
