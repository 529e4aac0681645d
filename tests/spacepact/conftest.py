"""A small house to run the real service in: one outlet and real receivers, all on loopback."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Thread
from typing import Any
from xml.sax.saxutils import escape

import pytest
import yaml

from spacepact.demo.receivers import Receivers, free_port
from spacepact.demo.server import QuietServer
from spacepact.settings import default_config_dir
from storage import Store, open_database

SECRET = "whsec_c3BhY2VwYWN0LXRlc3Qtc2VjcmV0LTAx"
FILLER = "The agencies have worked side by side for a decade, and both sides called the step a natural one. Engineers meet again in spring."


class Outlet:
    """A web server with an RSS feed of articles that a test can add."""

    def __init__(self) -> None:
        self.pages: dict[str, tuple[str, str]] = {}
        self.requests: Counter[str] = Counter()
        self.server = QuietServer(("127.0.0.1", 0), self._handler())
        self.base = f"http://127.0.0.1:{self.server.server_port}"

    def publish(self, slug: str, title: str, *paragraphs: str) -> None:
        self.pages[f"/{slug}"] = (title, "".join(f"<p>{escape(p)}</p>" for p in (*paragraphs, FILLER)))

    def answer(self, path: str) -> tuple[int, str, str]:
        at = datetime.now(UTC) - timedelta(hours=1)
        if path == "/feed":
            items = "".join(
                f"<item><title>{escape(t)}</title><link>{self.base}{p}</link><pubDate>{format_datetime(at)}</pubDate></item>"
                for p, (t, _) in self.pages.items()
            )
            return 200, "application/rss+xml", f'<rss version="2.0"><channel><title>Test</title>{items}</channel></rss>'
        if path in self.pages:
            title, body = self.pages[path]
            head = f'<title>{escape(title)}</title><meta property="article:published_time" content="{at.isoformat()}">'
            return (
                200,
                "text/html",
                f"<!doctype html><html lang=en><head>{head}</head><body><article><h1>{escape(title)}</h1>{body}</article></body></html>",
            )
        return 404, "text/plain", "nothing here"

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        outlet = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                outlet.requests[self.path] += 1
                status, kind, text = outlet.answer(self.path)
                self.send_response(status)
                self.send_header("Content-Type", kind + "; charset=utf-8")
                self.send_header("Content-Length", str(len(text.encode())))
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_: object) -> None:
                pass

        return Handler


@dataclass
class House:
    """A config directory with its outlet and receivers; `spacepact` runs the real program over it."""

    home: Path
    outlet: Outlet
    receivers: Receivers
    port: int = field(default_factory=free_port)
    env: dict[str, str] = field(default_factory=dict)
    services: list[Service] = field(default_factory=list)
    server: str = ""
    """The URL of a PostgreSQL database in the place of the SQLite file."""

    @property
    def config(self) -> Path:
        return self.home / "config"

    @property
    def database(self) -> str:
        return self.server or f"sqlite:///{self.home / 'data' / 'test.sqlite'}"

    @property
    def store(self) -> Store:
        return Store(open_database(self.database))

    def write(self, name: str, data: dict[str, Any]) -> Path:
        path = self.config / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump(data, sort_keys=False), "utf-8")
        return path

    def build(self, *, every: str = "1d", to: tuple[str, ...] = ("analyst@desk.example",)) -> None:
        self.write("sources/outlet.yaml", self.source(every))
        settings = {
            "crawl": {"delay": 0},
            "outbound": {"private_hosts": ["127.0.0.1"]},
            "alerts": {"tick": 0.1},
            "web": {"port": self.port},
            "mail": {"host": "127.0.0.1", "port": self.receivers.mail_port},
        }
        self.write("settings.yaml", {"database": self.database, **settings})
        hook = {"kind": "webhook", "url": f"{self.receivers.base}/hook/hook", "secret": SECRET}
        self.write("channels.yaml", {"channels": {"mail": {"kind": "mail", "to": list(to)}, "hook": hook}})
        self.write("watchlists/all.yaml", {"name": "All", "deliver": [{"channel": "mail"}, {"channel": "hook"}]})
        if not (self.config / "gazetteer").exists():
            (self.config / "gazetteer").symlink_to(default_config_dir() / "gazetteer")

    def source(self, every: str = "1d") -> dict[str, Any]:
        about = {"name": "Outlet", "language": "en", "country": "FR", "tier": "trade", "every": every}
        return {"kind": "feed", "urls": [f"{self.outlet.base}/feed"], "health": {"min_text": 1}, **about}

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "spacepact.cli", "--config", str(self.config), *words]

    def spacepact(self, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*words), input=stdin, capture_output=True, text=True, timeout=240, check=False, env=os.environ | self.env
        )

    def run(self) -> Service:
        log = self.home / f"run-{time.monotonic_ns()}.log"
        with log.open("w") as out:
            process = subprocess.Popen(self.command("run"), stdout=out, stderr=out, env=os.environ | self.env, start_new_session=True)
        self.services.append(Service(process, log))
        return self.services[-1]

    def arrived(self, kind: str = "mail") -> Counter[str]:
        """How often each (recipient, delivery) was accepted."""
        return Counter(f"{m.recipient} {m.key}" for m in self.receivers.received if m.kind == kind)


@dataclass
class Service:
    """A running `spacepact run`."""

    process: subprocess.Popen[bytes]
    log: Path

    def wait_for(self, true: Callable[[], object], seconds: float = 240) -> None:
        end = time.monotonic() + seconds
        while not true():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < end, self.log.read_text()
            time.sleep(0.05)

    def stop(self) -> float:
        """Send SIGTERM; returns the seconds until the end, which must be a clean one."""
        started = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(35) == 0, self.log.read_text()
        return time.monotonic() - started

    def kill(self) -> None:
        """End it and its crawler as a power cut would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    outlet, receivers = Outlet(), Receivers(SECRET, tmp_path / "accepted.jsonl")
    Thread(target=outlet.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    receivers.start()
    outlet.publish(
        "lupex",
        "JAXA and ISRO sign memorandum of understanding on lunar rover",
        "TOKYO - The Japan Aerospace Exploration Agency (JAXA) and the Indian Space Research Organisation (ISRO) signed a memorandum of "
        "understanding on Monday for the joint lunar polar mission LUPEX.",
        "Under the agreement, JAXA provides the rover and ISRO provides the lander.",
    )
    built = House(tmp_path, outlet, receivers)
    built.build()
    yield built
    for service in built.services:
        if service.process.poll() is None:
            service.kill()
    outlet.server.shutdown()
    outlet.server.server_close()
    receivers.stop()


@pytest.fixture
def draft_config(tmp_path: Path) -> Path:
    """A config with the shipped gazetteer, one channel, a fresh database and two lists: japan and all."""
    home = tmp_path / "config"
    (home / "watchlists").mkdir(parents=True)
    (home / "sources").mkdir()
    (home / "gazetteer").symlink_to(default_config_dir() / "gazetteer")
    (home / "channels.yaml").write_text("channels:\n  desk-mail: {kind: mail, to: [desk@desk.example]}\n")
    settings = {"database": f"sqlite:///{tmp_path / 'x.sqlite'}"}
    (home / "settings.yaml").write_text(yaml.safe_dump(settings))
    (home / "watchlists" / "japan.yaml").write_text("name: Japan\nmatch: {agencies: [jaxa]}\ndeliver: [{channel: desk-mail}]\n")
    (home / "watchlists" / "all.yaml").write_text("name: All\n")
    return home
