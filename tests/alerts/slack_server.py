"""Slack as its documents describe it: incoming webhooks and chat.postMessage, with limits, threads and rate."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any

from spacepact.demo.server import QuietServer

TOKEN = "xoxb-canary-token"


class Slack(QuietServer):
    """`script` holds answers (status, body, headers) that come before the honest ones; `posts` is what was shown to people."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.base = f"http://127.0.0.1:{self.server_port}"
        self.asked: list[dict[str, Any]] = []
        self.posts: list[dict[str, Any]] = []
        self.times: list[float] = []
        self.script: list[tuple[int, str, dict[str, str]]] = []

    def answers(self, status: int, body: str, **headers: str) -> None:
        self.script.append((status, body, {k.replace("_", "-"): v for k, v in headers.items()}))

    def says(self, error: str) -> None:
        self.answers(200, json.dumps({"ok": False, "error": error}))


def wrong(body: dict[str, Any]) -> str | None:
    """The word for what Slack would not take (docs.slack.dev, Block Kit and chat.postMessage)."""
    blocks = body.get("blocks", [])
    texts = [t["text"] for b in blocks for t in b.get("elements", [b.get("text")])]
    long = any(
        len(b["text"]["text"]) > (150 if b["type"] == "header" else 3_000) for b in blocks if b["type"] in ("header", "section")
    ) or any(len(b["elements"]) > 10 for b in blocks if b["type"] == "context")
    ids = [b["block_id"] for b in blocks if "block_id" in b]
    if len(blocks) > 50 or long or len(ids) != len(set(ids)) or not all(texts):
        return "invalid_blocks"
    if sum(map(len, texts)) > 13_200:
        return "msg_blocks_too_long"
    return None if body.get("text") else "no_text"


class _Handler(BaseHTTPRequestHandler):
    server: Slack

    def do_POST(self) -> None:
        slack = self.server
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        slack.asked.append(body)
        slack.times.append(time.monotonic())
        self._say(
            *(slack.script.pop(0) if slack.script else self._method(body) if self.path == "/api/chat.postMessage" else self._hook(body))
        )

    def _hook(self, body: dict[str, Any]) -> tuple[int, str, dict[str, str]]:
        error = wrong(body)
        if error:
            return 400, error, {}
        self.server.posts.append(body)
        return 200, "ok", {}

    def _method(self, body: dict[str, Any]) -> tuple[int, str, dict[str, str]]:
        error = wrong(body)
        known = [p["ts"] for p in self.server.posts]
        if self.headers["authorization"] != f"Bearer {TOKEN}":
            error = "invalid_auth"
        elif body.get("channel") != "C012345":
            error = "channel_not_found"
        elif body.get("thread_ts") not in (None, *known):
            error = "thread_not_found"
        if error:
            return 200, json.dumps({"ok": False, "error": error}), {}
        ts = f"1779000000.{len(known):06}"
        self.server.posts.append({**body, "ts": ts})
        return 200, json.dumps({"ok": True, "channel": body["channel"], "ts": ts}), {}

    def _say(self, status: int, body: str, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def running() -> Iterator[Slack]:
    server = Slack()
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.01))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()
