"""A server that breaks HTTP on purpose: it writes the bytes that a test says, perhaps without end."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterable


class RawServer:
    """Answers robots.txt with 404 and everything else with the pieces given, then closes."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = pieces
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=self._answer, args=[self._listener.accept()[0]], daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            if b"/robots.txt" in connection.recv(65_536):
                connection.sendall(b"HTTP/1.1 404 none\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                return
            for piece in self._pieces:
                connection.sendall(piece)
