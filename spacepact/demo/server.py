"""An HTTP server that says nothing when a client goes away in the middle of an answer."""

from __future__ import annotations

import sys
from http.server import ThreadingHTTPServer
from typing import Any


class QuietServer(ThreadingHTTPServer):
    """`http.server`'s, for loopback; faults of our own are still printed."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Print a fault, unless it is only that the connection broke."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)
