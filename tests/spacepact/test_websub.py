"""WebSub: hubs that ask back, push, forge and fall silent; the last tests against a real hub and the real service."""

from __future__ import annotations

import hmac
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlencode

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import Engine
from starlette.applications import Starlette
from starlette.testclient import TestClient

from spacepact.demo.server import QuietServer
from spacepact.heard import Hub
from spacepact.web.websub import MOST_BYTES, websub_routes
from spacepact.websub import LONGEST, Lease, Signature, granted, is_due, reachable, subscription
from storage import Store
from tests.spacepact.conftest import House

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LEASE = Lease(id="x", source="orbit", hub="https://hub.example/", topic="https://orbit.example/feed", secret=SecretStr("s3cret"))
HUB = Hub(hub=LEASE.hub, topic=LEASE.topic)


def lease(**more: Any) -> Lease:
    return LEASE.model_copy(update=more)


@pytest.mark.parametrize(
    ("known", "due"),
    [
        (lease(), True),
        (lease(state="asked", asked_at=NOW - MINUTE), False),
        (lease(state="asked", asked_at=NOW - HOUR), True),
        (lease(state="active", asked_at=NOW - 7 * DAY, lease_until=NOW + 3 * DAY), False),
        (lease(state="active", asked_at=NOW - 8 * DAY, lease_until=NOW + 2 * DAY), True),
        (lease(state="active", asked_at=NOW - DAY, lease_until=NOW - HOUR), True),
        (lease(state="active", asked_at=NOW - MINUTE, lease_until=NOW + MINUTE), False),
        (lease(state="failed", asked_at=NOW - HOUR), False),
        (lease(state="denied", asked_at=NOW - DAY), True),
    ],
)
def test_when_a_hub_is_asked(known: Lease, due: bool) -> None:  # noqa: FBT001
    assert is_due(known, NOW) is due


def test_a_private_address_of_ours_is_told_to_private_hubs_only() -> None:
    assert reachable("https://alerts.example/", "https://hub.example/")
    assert not reachable("http://127.0.0.1:8080", "https://hub.example/")
    assert reachable("http://127.0.0.1:8080", "http://127.0.0.1:9000/hub")


def test_what_a_hub_may_grant() -> None:
    said = {"hub.mode": "subscribe", "hub.topic": LEASE.topic, "hub.lease_seconds": "3600"}
    asked = lease(state="asked")
    assert granted(asked, said, NOW) == NOW + HOUR
    assert granted(asked, said | {"hub.lease_seconds": "999999999"}, NOW) == NOW + LONGEST
    assert granted(asked, said | {"hub.lease_seconds": "soon"}, NOW) == NOW + 10 * DAY
    assert granted(asked, said | {"hub.topic": "https://other.example/"}, NOW) is None
    assert granted(asked, said | {"hub.mode": "unsubscribe"}, NOW) is None
    assert granted(lease(), said, NOW) is None, "nobody asked yet"


def sign(body: bytes, secret: str = "s3cret", algorithm: str = "sha256") -> str:
    return f"{algorithm}={hmac.new(secret.encode(), body, algorithm).hexdigest()}"


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "sha384", "sha512"])
def test_a_signature_is_checked_in_pieces(algorithm: str) -> None:
    for header, genuine in ((sign(b"news", algorithm=algorithm), True), (sign(b"news", "other", algorithm), False)):
        signature = Signature("s3cret", header.upper().replace("SHA", "sha"))
        signature.update(b"ne")
        signature.update(b"ws")
        assert signature.genuine is genuine


@pytest.mark.parametrize("header", ["", "md5=900150983cd24fb0d6963f7d28e17f72", "sha256", "sha256=", "sha256=é", "new=1"])
def test_other_signatures_are_none(header: str) -> None:
    assert not Signature("s3cret", header).genuine


class Callback:
    """The web route over a real database, as a hub sees it."""

    def __init__(self, engine: Engine) -> None:
        self.store, self.now = Store(engine), NOW
        self.client = TestClient(Starlette(routes=websub_routes(self.store, lambda: self.now)))
        self.store.hubs.want("orbit", [HUB])
        (self.lease,) = self.store.hubs.of("orbit")
        self.path = f"/websub/{self.lease.id}"
        self.store.polling.begin("orbit", NOW, NOW + 4 * HOUR)

    def ask(self, **said: str) -> httpx.Response:
        known = {"hub.mode": "subscribe", "hub.topic": LEASE.topic, "hub.challenge": "ch4llenge", "hub.lease_seconds": "86400"}
        return self.client.get(f"{self.path}?{urlencode(known | {k.replace('_', '.', 1): v for k, v in said.items()})}")

    def push(self, body: bytes = b"<feed/>", secret: str = "") -> httpx.Response:
        header = sign(body, secret or self.lease.secret.get_secret_value())
        return self.client.post(self.path, content=body, headers={"X-Hub-Signature": header})

    def due(self) -> list[str]:
        return self.store.sources.due(["orbit"], self.now)


@pytest.fixture
def callback(database: Engine) -> Callback:
    return Callback(database)


def test_a_hub_is_answered_only_if_we_asked(callback: Callback) -> None:
    assert callback.ask().status_code == 404
    callback.store.hubs.change(callback.lease.id, state="asked", asked_at=NOW)
    answer = callback.ask()
    assert (answer.status_code, answer.text) == (200, "ch4llenge")
    assert answer.headers["content-type"].startswith("text/plain")
    assert callback.store.hubs.listening("orbit", NOW + DAY - MINUTE)
    assert not callback.store.hubs.listening("orbit", NOW + DAY)
    assert callback.ask(hub_topic="https://other.example/").status_code == 404
    assert callback.client.get("/websub/guessed?hub.mode=subscribe").status_code == 404
    callback.ask(hub_mode="denied", hub_reason="no more")
    assert [(known.state, known.reason) for known in callback.store.hubs.of("orbit")] == [("denied", "no more")]


def test_a_genuine_push_makes_the_source_due_and_nothing_else(callback: Callback) -> None:
    assert callback.due() == []
    assert callback.push(secret="forged").status_code == 202
    assert callback.client.post(callback.path, content=b"<feed/>").status_code == 202
    assert callback.due() == []
    assert callback.push().status_code == 202
    assert callback.due() == ["orbit"]
    assert callback.client.post("/websub/guessed", content=b"").status_code == 410
    assert callback.client.post(callback.path, content=bytes(MOST_BYTES + 1)).status_code == 413


def test_a_hub_that_pushes_all_the_time_makes_a_visit_a_minute(callback: Callback) -> None:
    callback.push()
    callback.store.polling.begin("orbit", NOW, NOW + 4 * HOUR)
    callback.now += timedelta(seconds=5)
    callback.push()
    assert callback.due() == []
    callback.now += MINUTE
    assert callback.due() == ["orbit"]


def test_a_push_during_a_visit_is_not_lost(callback: Callback) -> None:
    callback.now += MINUTE
    callback.push()
    assert callback.store.hubs.pushed_since("orbit", NOW)
    assert not callback.store.hubs.pushed_since("orbit", NOW + HOUR)


def test_hubs_that_a_feed_no_longer_names_are_forgotten(callback: Callback) -> None:
    callback.store.hubs.want("orbit", [HUB, Hub(hub="https://two.example/", topic=LEASE.topic)])
    kept = {known.hub: known.id for known in callback.store.hubs.of("orbit")}
    assert kept[LEASE.hub] == callback.lease.id
    callback.store.hubs.want("orbit", [Hub(hub="https://two.example/", topic=LEASE.topic)])
    assert [known.hub for known in callback.store.hubs.of("orbit")] == ["https://two.example/"]
    form = subscription(callback.store.hubs.of("orbit")[0], "https://alerts.example/")
    assert form["hub.callback"] == f"https://alerts.example/websub/{kept['https://two.example/']}"
    assert callback.lease.secret.get_secret_value() not in repr(callback.lease)


class RealHub:
    """A hub on the loopback: it asks back before it answers, as hubs may, and pushes with a signature."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.answers: list[tuple[int, str]] = []
        self.server = QuietServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self.server.server_port}/hub"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def push(self, body: bytes) -> int:
        form = self.asked[-1]
        headers = {"X-Hub-Signature": sign(body, form["hub.secret"]), "Content-Type": "application/rss+xml"}
        return httpx.post(form["hub.callback"], content=body, headers=headers).status_code

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                form = {k: v[0] for k, v in parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()).items()}
                hub.asked.append(form)
                back = {"hub.mode": "subscribe", "hub.topic": form["hub.topic"], "hub.challenge": "42", "hub.lease_seconds": "86400"}
                answer = httpx.get(form["hub.callback"], params=back)
                hub.answers.append((answer.status_code, answer.text))
                self.send_response(202)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        return Handler


@pytest.fixture
def hub() -> Iterator[RealHub]:
    running = RealHub()
    yield running
    running.server.shutdown()
    running.server.server_close()


def test_the_service_subscribes_and_visits_when_it_is_told(house: House, hub: RealHub) -> None:
    house.build(every="1d")
    settings = house.config / "settings.yaml"
    settings.write_text(settings.read_text() + f"base_url: http://127.0.0.1:{house.port}\n")
    plain = house.outlet.answer

    def with_hub(path: str) -> tuple[int, str, str]:
        status, kind, text = plain(path)
        link = f'<link xmlns="http://www.w3.org/2005/Atom" rel="hub" href="{hub.url}"/>'
        return status, kind, text.replace("<channel>", f"<channel>{link}", 1)

    house.outlet.answer = with_hub  # type: ignore[method-assign]
    service = house.run()
    service.wait_for(lambda: hub.answers and len(house.receivers.received) == 2)
    assert hub.answers == [(200, "42")]
    assert hub.asked[0]["hub.topic"] == f"{house.outlet.base}/feed"
    house.outlet.publish("second", "CNES and KASA sign agreement", "CNES and KASA signed a framework agreement on space science on Friday.")
    time.sleep(0.5)
    asked = house.outlet.requests["/feed"]
    assert hub.push(b"this is not what is published") == 202
    service.wait_for(lambda: len(house.receivers.received) == 4)
    assert house.outlet.requests["/feed"] == asked + 1
    service.stop()
    assert hub.asked[0]["hub.secret"] not in service.log.read_text()


def test_a_hub_in_trouble_is_told_and_the_source_is_polled_all_the_same(house: House) -> None:
    house.build(every="1s")
    settings = house.config / "settings.yaml"
    settings.write_text(settings.read_text() + f"base_url: http://127.0.0.1:{house.port}\n")
    plain = house.outlet.answer
    link = f'<link xmlns="http://www.w3.org/2005/Atom" rel="hub" href="{house.outlet.base}/no-hub"/>'
    house.outlet.answer = lambda path: (*plain(path)[:2], plain(path)[2].replace("<channel>", f"<channel>{link}", 1))  # type: ignore[method-assign]
    service = house.run()
    service.wait_for(lambda: house.outlet.requests["/feed"] >= 2 and "did not take the subscription: 5" in service.log.read_text())
    assert isinstance(house.store.hubs.of("outlet")[0], Lease)
    assert house.store.hubs.of("outlet")[0].state == "failed"
    service.stop()
