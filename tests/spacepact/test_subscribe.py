"""From the sign-up to the last good-bye, over the real pages, the real database and a real mail server."""

from __future__ import annotations

import asyncio
import email
import email.policy
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from starlette.testclient import TestClient

from alerts.channels.mail import Mail, MailOptions
from spacepact.demo.receivers import free_port
from spacepact.settings import Mail as Server
from spacepact.settings import Settings
from spacepact.subscribing import ALL, Postman, Subscribing
from spacepact.tokens import Tokens
from spacepact.web import View, make_site
from storage import Store, migrate, open_database
from tests.conftest import NOW

KEY = "k" * 43
BASE = "https://alerts.example.org"
LISTS = {"lunar": "The Moon", "trouble": "Delayed, suspended or ended"}


@dataclass
class Post:
    """A real mail server that keeps what it gets."""

    port: int = field(default_factory=free_port)
    got: list[EmailMessage] = field(default_factory=list)
    replies: list[str] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - the name that aiosmtpd looks for
        if self.replies:
            return self.replies.pop(0)
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        self.got.append(mail)
        return "250 OK"


@dataclass
class House:
    """The pages with all that stands behind them; `now` moves when a test says so."""

    store: Store
    post: Post
    now: datetime = NOW

    def __post_init__(self) -> None:
        self.subscribing = Subscribing(self.store.subscribers, Tokens(KEY), BASE, lambda: LISTS, lambda: self.now)
        site = make_site(View(self.store, {}, list, lambda: self.now, self.subscribing, sign_up=lambda: True))
        self.visitors = site
        self.browser = self.visitor("192.0.2.1")
        settings = Settings(mail=Server(host="127.0.0.1", port=self.post.port, sender="spacepact <alerts@example.org>"))
        mail = Mail("mail", MailOptions(), settings)
        self.postman = Postman(self.subscribing, lambda: mail)

    def visitor(self, host: str) -> TestClient:
        return TestClient(self.visitors, base_url=BASE, client=(host, 1), follow_redirects=False)

    def sign_up(self, address: str, *lists: str, browser: TestClient | None = None, **other: str) -> Any:
        page = (browser or self.browser).get("/subscribe")
        token = re.search(r'name="form" value="([^"]+)"', page.text)
        assert token
        form = {"form": token[1], "address": address, "watchlist": lists or ("lunar",), "frequency": "immediate", "zone": "UTC"}
        return (browser or self.browser).post("/subscribe", data=form | other)

    def letters(self) -> list[EmailMessage]:
        asyncio.run(self.postman.deliver())
        return self.post.got

    def link(self) -> str:
        """The path of the only link in the letter that came last."""
        text = self.letters()[-1].get_body(("plain",))
        assert text
        found = re.search(rf"{BASE}(/confirm/\S+)", text.get_content())
        assert found
        return found[1]

    def subscribe(self, address: str = "ada@example.org", *lists: str) -> None:
        self.sign_up(address, *lists)
        assert self.browser.post(self.link()).status_code == 200

    def leave(self, address: str = "ada@example.org", *lists: str) -> str:
        return self.subscribing.links(address, lists, self.now).unsubscribe.removeprefix(BASE)

    def manage(self, address: str = "ada@example.org") -> str:
        return self.subscribing.links(address, (), self.now).manage.removeprefix(BASE)

    def state(self) -> Any:
        return self.store.subscribers.all(), self.store.subscribers.refusals()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    post, engine = Post(), open_database(f"sqlite:///{tmp_path / 'test.sqlite'}")
    migrate(engine)
    controller = Controller(post, hostname="127.0.0.1", port=post.port)
    controller.start()
    yield House(Store(engine), post)
    controller.stop()
    engine.dispose()


class _Links(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in ("href", "src", "action") and value]


def test_from_the_sign_up_to_the_first_alert(house: House) -> None:
    answer = house.sign_up("Ada@example.org", "lunar", "trouble", frequency="weekly", zone="Asia/Kolkata")
    assert answer.status_code == 200
    assert house.store.subscribers.active() == []
    link = house.link()
    (letter,) = house.post.got
    assert (letter["To"], letter["Auto-Submitted"]) == ("Ada@example.org", "auto-generated")
    assert [p.get_content_type() for p in letter.iter_parts()] == ["text/plain", "text/html"]
    assert "The Moon" in house.browser.get(link).text
    assert house.store.subscribers.active() == []
    assert house.browser.post(link).status_code == 200
    (ada,) = house.store.subscribers.active()
    assert (ada.address, ada.watchlists, ada.frequency, ada.zone) == ("Ada@example.org", ("lunar", "trouble"), "weekly", "Asia/Kolkata")


def test_c12_a_hundred_sign_ups_of_one_address_are_one_mail_a_day_and_tell_nothing(house: House) -> None:
    house.subscribe("known@example.org")
    house.now += timedelta(days=2)
    answers = set()
    for n in range(100):
        for address in ("known@example.org", "stranger@example.org"):
            answer = house.sign_up(address, browser=house.visitor(f"192.0.2.{n}"))
            headers = {k: v for k, v in answer.headers.items() if k != "content-length"}
            answers.add((answer.status_code, str(headers), answer.text.replace(address, "ADDRESS")))
    assert len(answers) == 1
    assert sorted(m["To"] for m in house.letters()[1:]) == ["known@example.org", "stranger@example.org"]
    assert [s.address for s in house.store.subscribers.active()] == ["known@example.org"]


def test_one_visitor_cannot_have_many_addresses_asked(house: House) -> None:
    codes = [house.sign_up(f"a{n}@example.org").status_code for n in range(7)]
    assert codes == [200] * 5 + [429] * 2
    assert int(house.sign_up("b@example.org").headers["retry-after"]) <= 601
    assert house.sign_up("b@example.org", browser=house.visitor("192.0.2.2")).status_code == 200
    house.now += timedelta(minutes=11)
    assert house.sign_up("c@example.org").status_code == 200


def test_all_visitors_together_have_a_limit_too(house: House) -> None:
    codes = Counter(house.sign_up("ada@example.org", browser=house.visitor(f"192.0.{n // 250}.{n % 250}")).status_code for n in range(502))
    assert codes == {200: 500, 429: 2}


def test_c2_one_click_without_cookies_or_session(house: House) -> None:
    house.subscribe()
    link, stranger = house.leave("ada@example.org", "lunar"), house.visitor("203.0.113.9")
    bodies = [
        {"data": {"List-Unsubscribe": "One-Click"}},
        {"files": {"List-Unsubscribe": (None, "One-Click")}},
        {"content": b""},
    ]
    answers = [stranger.post(link, **body) for body in bodies]
    assert [a.status_code for a in answers] == [200] * 3
    assert len({a.text for a in answers}) == 1
    assert not any("set-cookie" in a.headers or "location" in a.headers for a in answers)
    assert house.store.subscribers.active() == []
    assert [(r.address, r.watchlist, r.reason) for r in house.store.subscribers.refusals()] == [
        ("ada@example.org", "lunar", "unsubscribed")
    ]


def test_c3_reading_every_link_a_hundred_times_changes_nothing(house: House) -> None:
    house.subscribe()
    house.sign_up("bob@example.org", browser=house.visitor("192.0.2.7"))
    letter = house.letters()[-1].get_body(("html",))
    assert letter
    links = {
        *_Links(letter.get_content()).found,
        BASE + house.leave(),
        BASE + house.leave("ada@example.org", "lunar"),
        BASE + house.manage(),
    }
    before = house.state()
    assert len(links) == 4
    for link in links:
        for _ in range(100):
            assert house.browser.get(link).status_code == 200
            assert house.browser.head(link).status_code == 200
    assert house.state() == before


def test_c4_wrong_links_are_refused_and_change_nothing(house: House) -> None:
    house.subscribe()
    house.sign_up("bob@example.org", browser=house.visitor("192.0.2.7"))
    confirm, manage, leave = house.link(), house.manage(), house.leave("ada@example.org", "lunar")
    foreign = Tokens("f" * 43)
    lists, token = leave.split("/")[2:]
    wrong = [
        leave[:-1],
        leave[: len(leave) // 2],
        leave.replace("/lunar/", "/trouble/"),
        leave.replace("/lunar/", f"/{ALL}/"),
        f"/unsubscribe/lunar/{foreign.make('unsubscribe', {'a': 'ada@example.org'}, NOW, bound='lunar')}",
        f"/confirm/{foreign.make('confirm', {'a': 'eve@example.org', 'w': {'watchlists': ['lunar']}}, NOW)}",
        f"/confirm/{token}",
        f"/subscription/{token}",
        f"/unsubscribe/{lists}/{manage.rpartition('/')[2]}",
        f"/subscription/{confirm.rpartition('/')[2]}",
        "/confirm/x.y",
        "/confirm/" + "A" * 5000,
        "/subscription/%00",
    ]
    before = house.state()
    codes = {house.browser.post(path).status_code for path in wrong} | {house.browser.get(path).status_code for path in wrong}
    assert codes <= {400, 404, 410}
    house.now += timedelta(days=61)
    assert [house.browser.post(path).status_code for path in (confirm, manage)] == [410, 410]
    assert house.state() == before
    assert house.browser.post(leave).status_code == 200


def test_a_confirmation_cannot_bring_back_who_left(house: House) -> None:
    house.sign_up("ada@example.org")
    link = house.link()
    house.browser.post(link)
    house.now += timedelta(minutes=5)
    house.browser.post(house.leave())
    answer = house.browser.post(link)
    assert answer.status_code == 400
    assert "You unsubscribed after this link was sent" in answer.text
    assert house.store.subscribers.active() == []


def test_preferences(house: House) -> None:
    house.subscribe("ada@example.org", "lunar")
    page = house.browser.get(house.manage()).text
    assert re.search(r'value="lunar" checked', page)
    assert not re.search(r'value="trouble" checked', page)
    house.browser.post(house.manage(), data={"watchlist": "trouble", "frequency": "daily", "zone": "Europe/Paris"})
    (ada,) = house.store.subscribers.active()
    assert (ada.watchlists, ada.frequency, ada.zone) == (("trouble",), "daily", "Europe/Paris")
    leave = next(link for link in _Links(house.browser.get(house.manage()).text).found if "/unsubscribe/" in link)
    assert house.browser.post(leave).status_code == 200
    assert house.store.subscribers.active() == []


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"address": "nobody"}, "not an e-mail address"),
        ({"address": "a@b.org\r\nBcc: c@d.org"}, "not an e-mail address"),
        ({"watchlist": "secret-list"}, "choose at least one"),
        ({"form": "forged"}, "not one of ours"),
        ({"zone": "Mars/Olympus"}, "not filled in on our page"),
        ({"frequency": "hourly"}, "not filled in on our page"),
    ],
)
def test_a_wrong_form_says_what_is_wrong_and_nothing_happens(house: House, form: dict[str, str], says: str) -> None:
    answer = house.sign_up(**({"address": "ada@example.org"} | form))
    assert answer.status_code == 400
    assert says in answer.text
    assert house.letters() == []


def test_a_form_that_is_too_large_is_not_read(house: House) -> None:
    assert house.browser.post("/subscribe", content=b"a=" + b"x" * 100_000).status_code == 400


def test_a_letter_that_the_server_does_not_take_is_tried_again(house: House) -> None:
    house.sign_up("ada@example.org")
    house.post.replies = ["451 4.7.1 greylisted"]
    assert house.letters() == []
    house.now += timedelta(minutes=50)
    assert len(house.letters()) == 1
    assert house.postman.due() == []


def test_a_request_that_nobody_confirms_is_forgotten(house: House) -> None:
    house.sign_up("ada@example.org")
    house.letters()
    assert len(house.store.subscribers.waiting()) == 1
    house.now += timedelta(days=31)
    house.letters()
    assert house.store.subscribers.waiting() == []


def test_closed_pages_take_nobody_in_but_let_everybody_out(house: House) -> None:
    closed = TestClient(make_site(View(house.store, {}, list, lambda: NOW, house.subscribing)), base_url=BASE)
    assert closed.get("/subscribe").status_code == 404
    assert "/subscribe" not in closed.get("/").text
    assert closed.post(house.leave("desk@example.org", "lunar")).status_code == 200
    assert len(house.store.subscribers.refusals()) == 1


def test_the_sign_up_page_opens_and_closes_without_a_restart(house: House) -> None:
    is_open = False
    site = make_site(View(house.store, {}, list, lambda: NOW, house.subscribing, sign_up=lambda: is_open))
    browser = TestClient(site, base_url=BASE)
    assert (browser.get("/subscribe").status_code, "/subscribe" in browser.get("/").text) == (404, False)
    is_open = True
    form = browser.get("/subscribe")
    assert (form.status_code, "/subscribe" in browser.get("/").text) == (200, True)
    is_open = False
    late = browser.post("/subscribe", data={"form": "x", "address": "late@example.org", "watchlist": "lunar"})
    assert (late.status_code, house.store.subscribers.waiting()) == (404, []), "who still has the form open comes too late"


def test_every_page_is_kept_from_caches_and_search_engines(house: House) -> None:
    for path in ("/subscribe", house.manage(), house.leave(), "/confirm/x"):
        headers = house.browser.get(path).headers
        assert (headers["cache-control"], headers["referrer-policy"], headers["x-robots-tag"]) == ("no-store", "no-referrer", "noindex")
        assert "unsafe-inline" not in headers["content-security-policy"]
