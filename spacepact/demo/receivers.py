"""Real receivers on loopback: a mail server, and a web server that takes Slack posts and signed webhooks."""

from __future__ import annotations

import email.policy
import json
import os
import socket
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, Literal

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from standardwebhooks import Webhook, WebhookVerificationError

from spacepact.demo.server import QuietServer

Kind = Literal["mail", "slack", "webhook"]


@dataclass(frozen=True)
class Received:
    """One message that a receiver accepted. `key` tells a repetition: Message-ID, webhook-id, or the text."""

    kind: Kind
    recipient: str
    key: str
    title: str
    at: datetime
    mail: EmailMessage | None = None
    body: dict[str, Any] = field(default_factory=dict)

    @property
    def html(self) -> str:
        """The HTML part of a mail."""
        part = self.mail and self.mail.get_body(("html",))
        return str(part.get_content()) if part else ""

    @property
    def text(self) -> str:
        """The plain part of a mail."""
        part = self.mail and self.mail.get_body(("plain",))
        return str(part.get_content()) if part else ""


def free_port() -> int:
    """Return a port of loopback that nobody listens on, and that the system gives to nobody else for the next minute.

    A connection that the server closed first keeps its port out of the lottery; who names the port may still listen on it.
    """
    with socket.create_server(("127.0.0.1", 0)) as probe, socket.create_connection(probe.getsockname()) as client:
        probe.accept()[0].close()
        client.recv(1)
        return int(probe.getsockname()[1])


class Receivers:
    """Both servers; everything accepted is in `received`, and a line of `log` that is on disk before the answer."""

    def __init__(self, secret: str, log: Path | None = None) -> None:
        self.received: list[Received] = []
        self.refused: list[str] = []
        self.secret, self._log, self._lock = secret, log, threading.Lock()
        self._mail = Controller(_MailHandler(self), hostname="127.0.0.1", port=free_port(), ready_timeout=20)
        self._web = QuietServer(("127.0.0.1", 0), _handler(self))

    @property
    def mail_port(self) -> int:
        """The port of the mail server."""
        return int(self._mail.port)

    @property
    def base(self) -> str:
        """The address under which /slack/<name> and /hook/<name> take posts."""
        return f"http://127.0.0.1:{self._web.server_port}"

    def start(self) -> None:
        """Begin to listen."""
        self._mail.start()
        threading.Thread(target=self._web.serve_forever, name="receivers", daemon=True).start()

    def stop(self) -> None:
        """Stop listening."""
        self._mail.stop()
        self._web.shutdown()
        self._web.server_close()

    def accept(self, message: Received) -> None:
        """Keep a message for good, before its sender hears that it arrived."""
        with self._lock:
            self.received.append(message)
            if self._log:
                with self._log.open("a") as file:
                    file.write(json.dumps([message.kind, message.recipient, message.key, message.title]) + "\n")
                    file.flush()
                    os.fsync(file.fileno())


class _MailHandler:
    def __init__(self, receivers: Receivers) -> None:
        self._receivers = receivers

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        mail = BytesParser(policy=email.policy.default).parsebytes(envelope.original_content or b"")
        for recipient in envelope.rcpt_tos:
            title = " ".join(str(mail["Subject"]).split())
            self._receivers.accept(Received("mail", recipient, str(mail["Message-ID"]), title, datetime.now(UTC), mail=mail))
        return "250 kept"


def _handler(receivers: Receivers) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            _, kind, name = self.path.split("/", 2)
            status, answer = (_take_slack if kind == "slack" else _take_hook)(receivers, name, body, dict(self.headers.items()))
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer.encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler


def _take_slack(receivers: Receivers, name: str, body: bytes, _headers: dict[str, str]) -> tuple[int, str]:
    try:
        post = json.loads(body)
        title = post["text"]
    except (ValueError, KeyError, TypeError):
        return 400, "invalid_payload"
    blocks = post.get("blocks") or [{}]
    receivers.accept(Received("slack", name, blocks[0].get("block_id", title), title, datetime.now(UTC), body=post))
    return 200, "ok"


def _take_hook(receivers: Receivers, name: str, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
    lower = {key.lower(): value for key, value in headers.items()}
    try:
        payload = Webhook(receivers.secret).verify(body, lower)
    except WebhookVerificationError as error:
        receivers.refused.append(f"{name}: {error}")
        return 401, "bad signature"
    receivers.accept(Received("webhook", name, lower["webhook-id"], str(payload.get("type", "")), datetime.now(UTC), body=payload))
    return 200, "ok"
