"""Fictional articles, cooperations, lists and channels; every maker takes what a test wants to be different."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from typing import Any, NamedTuple

import pytest
from aiosmtpd.controller import Controller

from alerts.decide import decide
from alerts.matching import Watchlists
from alerts.message import Message, render
from alerts.watchlist import Watchlist
from spacepact.article import Article
from spacepact.cooperation import Classification, Cooperation, Evidence, Named, Party, Tagged
from spacepact.demo.receivers import free_port
from spacepact.demo.server import QuietServer
from spacepact.settings import Alerting
from spacepact.story import Alert, Decision, Story

NOW = datetime(2026, 5, 12, 9, 0, tzinfo=UTC)
COUNTRY = {"jaxa": "JP", "isro": "IN", "esa": "ESA", "nasa": "US", "cnes": "FR", "cnsa": "CN", "uksa": "GB", "csa": "CA"}
NAME = {"nimbus": "Nimbus Launch", "unspecified": "unspecified"}
SENTENCE = "The two agencies put their names to the paper on Tuesday."


@dataclass
class Route:
    """A channel as a decision sees it."""

    to: tuple[str, ...] = ("desk@example.org",)
    enabled: bool = True

    def recipients(self, to: Sequence[str] = ()) -> tuple[str, ...]:
        return tuple(to) or self.to


def cooperation(*parties: str, evidence: Sequence[str] = (SENTENCE,), **other: Any) -> Cooperation:
    ids = parties or ("jaxa", "isro")
    values: dict[str, Any] = {
        "parties": [
            Party(id=p, name=NAME.get(p, p.removeprefix("state:").upper() if p.startswith("state:") else p.upper()), role="partner")
            for p in ids
        ],
        "countries": [c for p in ids if (c := p.removeprefix("state:").upper() if p.startswith("state:") else COUNTRY.get(p))],
        "activity": "joint-mission",
        "stage": "signed",
        "missions": ["lupex"],
        "evidence": [Evidence(text=t, start=0, end=len(t)) for t in evidence],
        "confidence": 0.9,
    }
    return Cooperation(**(values | other))


def article(number: int = 1, **other: Any) -> Article:
    values: dict[str, Any] = {
        "url": f"https://news.example/{number}",
        "source": f"outlet-{number}",
        "title": "JAXA and ISRO sign up for LUPEX",
        "text": SENTENCE,
        "published": NOW - timedelta(hours=1),
        "language": "en",
        "site_name": f"Outlet {number}",
        "fetched": NOW,
    }
    return Article(**(values | other))


def classification(*cooperations: Cooperation, score: float = 0.8) -> Classification:
    ids = dict.fromkeys(p.id for c in cooperations for p in c.parties if not p.id.startswith("state:"))
    return Classification(
        cooperation=bool(cooperations),
        score=score,
        scope="intergovernmental" if cooperations else "none",
        agencies=tuple(Named(id=i, name=i.upper(), alias=i.upper(), confidence=0.9) for i in ids),
        cooperations=cooperations,
    )


def watchlist(*channels: str, to: Sequence[str] = (), **match: Any) -> Watchlist:
    return Watchlist.model_validate(
        {"name": "A list", "match": match, "deliver": [{"channel": c, "to": tuple(to)} for c in channels or ["mail"]]}
    )


@dataclass
class Desk:
    """A small service in memory: what it decides it also remembers, as storage would."""

    lists: dict[str, Watchlist]
    channels: dict[str, Any]
    stories: dict[str, Story]
    now: datetime = NOW
    sends: bool = True

    def takes(self, page: Article, *found: Cooperation, before: Classification | None = None, gone: bool = False, **other: Any) -> Decision:
        tagged = Tagged(article=page, classification=classification(*found, **other), gone=gone)
        decision = decide(
            tagged,
            before,
            list(self.stories.values()),
            watchlists=Watchlists(self.lists),
            channels=self.channels,
            policy=Alerting(),
            now=self.now,
        )
        self.stories |= {s.id: self.remembered(s) for s in decision.stories}
        return decision

    def remembered(self, story: Story) -> Story:
        """A story as storage would hand it out; what was decided was also sent, unless the desk does not send."""
        if not self.sends:
            return story
        return story.model_copy(update={"told": tuple(t.model_copy(update={"owed": None}) for t in story.told)})


class Make:
    """All makers under one name."""

    now = NOW
    sentence = SENTENCE
    Route = Route
    cooperation = staticmethod(cooperation)
    article = staticmethod(article)
    classification = staticmethod(classification)
    watchlist = staticmethod(watchlist)
    run = staticmethod(asyncio.run)

    def desk(self, lists: dict[str, Watchlist] | None = None, **channels: Any) -> Desk:
        return Desk({"all": watchlist()} if lists is None else lists, channels or {"mail": Route()}, {})

    def message(self, page: Article | None = None, found: Cooperation | None = None, *, to: str = "desk@example.org") -> Message:
        """What one recipient gets about one new article."""
        desk = self.desk({"japan": watchlist()}, mail=Route((to,)))
        return self.rendered(desk.takes(page or article(), found or cooperation()).alerts[0])

    def rendered(self, alert: Alert) -> Message:
        """What the first recipient of an alert gets."""
        return render(alert, alert.deliveries[0], watchlists={"japan": "Japan's partners"})


@pytest.fixture(scope="session")
def make() -> Make:
    return Make()


class Request(NamedTuple):
    """What a receiver of HTTP got."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Hook:
    """A real HTTP receiver on this machine; answers with `script` one after the other, then 200."""

    url: str = ""
    got: list[Request] = field(default_factory=list)
    script: list[tuple[int, dict[str, str], bytes]] = field(default_factory=list)
    hold: threading.Event | None = None

    def answers(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.script.append((status, {k.replace("_", "-"): v for k, v in headers.items()}, body))


class _Server(QuietServer):
    daemon_threads = True
    hook: Hook


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        hook = self.server.hook
        body = self.rfile.read(int(self.headers["content-length"]))
        hook.got.append(Request(self.path, {k.lower(): v for k, v in self.headers.items()}, body))
        if hook.hold:
            hook.hold.wait(20)
        status, headers, answer = hook.script.pop(0) if hook.script else (200, {}, b"ok")
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        try:
            self.wfile.write(answer)
        except OSError:
            self.close_connection = True

    do_GET = do_POST  # noqa: N815 - the name that http.server looks for

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def hook() -> Iterator[Hook]:
    server = _Server(("127.0.0.1", 0), _Handler)
    server.hook = Hook(f"http://127.0.0.1:{server.server_port}/services/T0/B0/canary")
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.01))
    thread.start()
    yield server.hook
    if server.hook.hold:
        server.hook.hold.set()
    server.shutdown()
    thread.join()
    server.server_close()


@dataclass
class Mailbox:
    """A real SMTP receiver on this machine; `replies` maps a command to what it is answered."""

    port: int = 0
    got: list[Any] = field(default_factory=list)
    replies: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    commands: list[str] = field(default_factory=list)

    async def handle_MAIL(  # noqa: N802 - the name that aiosmtpd looks for
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        self.commands.append("MAIL")
        envelope.mail_from = address
        return self.replies.get("MAIL", "250 OK")

    async def handle_RCPT(  # noqa: N802 - the name that aiosmtpd looks for
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        self.commands.append("RCPT")
        reply = self.replies.get(address, self.replies.get("RCPT", "250 OK"))
        if reply.startswith("2"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(  # noqa: N802 - the name that aiosmtpd looks for
        self, server: Any, session: Any, envelope: Any
    ) -> str:
        await asyncio.sleep(self.delay)
        reply = self.replies.get("DATA", "250 2.0.0 queued as 4711")
        if reply.startswith("2"):
            self.got.append(envelope)
        return reply


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    box = Mailbox(free_port())
    controller = Controller(box, hostname="127.0.0.1", port=box.port)
    controller.start()
    yield box
    controller.stop()


@pytest.fixture
def nowhere() -> int:
    """A port on which nobody listens."""
    return free_port()
