"""Whatever was scraped stays text: in the pages and in the mails, in a real browser, with and without the headers that would help."""

from __future__ import annotations

import shutil
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from alerts.digest import Told, write
from alerts.message import Links
from spacepact.article import Article, Link
from spacepact.cooperation import Classification, Cooperation, Evidence, Party, Tagged
from spacepact.demo.server import QuietServer
from spacepact.story import Alert, Decision, Delivery, Match, Story, Telling
from spacepact.subscriber import Wish
from spacepact.subscribing import Subscribing
from spacepact.text import clean_line, clean_text
from spacepact.tokens import Tokens
from spacepact.web import View, make_site
from storage import Store, migrate, open_database
from tests.conftest import NOW
from tests.spacepact.xss import of_feeds, own

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")
PAGE = 80
"""Vectors on one page."""

Vector = tuple[str, str]


@dataclass
class Shelf:
    """A server of ready pages that notes every request for /alarm."""

    pages: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)
    alarms: list[str] = field(default_factory=list)
    base: str = ""

    def handler(self) -> type[BaseHTTPRequestHandler]:
        shelf = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if "/alarm" in self.path:
                    shelf.alarms.append(self.path)
                html, headers = shelf.pages.get(self.path, ("", {}))
                self.send_response(200)
                for name, value in {"Content-Type": "text/html; charset=utf-8", **headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(html.encode())))
                self.end_headers()
                self.wfile.write(html.encode())

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        return Handler


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    found = Shelf()
    server = QuietServer(("127.0.0.1", 0), found.handler())
    found.base = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield found
    server.shutdown()
    server.server_close()


class Seen(HTMLParser):
    """What a browser made of a page: elements, and every attribute that could act."""

    def __init__(self, dom: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.acting: list[tuple[str, str | None]] = []
        self.links: list[str] = []
        self.feed(dom)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.acting += [
            (name, value) for name, value in attrs if name.startswith("on") or name in ("src", "srcdoc", "srcset", "formaction")
        ]
        self.links += [value or "" for name, value in attrs if name in ("href", "action", "xlink:href")]


def look(shelf: Shelf, tmp_path: Path, path: str) -> tuple[Seen, str]:
    """Open a page in Chromium and let it settle; returns what became of it, and what the browser complained of."""
    words = ["--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--virtual-time-budget=3000", "--dump-dom"]
    browser = [str(BROWSER), *words, f"--user-data-dir={tmp_path / 'browser'}", shelf.base + path]
    done = subprocess.run(browser, capture_output=True, text=True, timeout=120, check=True)
    assert "</html>" in done.stdout
    return Seen(done.stdout), done.stderr


def story(number: int, vector: Vector) -> Story:
    """A story with a vector wherever a scraped text may stand; texts are cleaned as they are on entry."""
    text, link = clean_text(vector[0]), vector[1]
    line = clean_line(vector[0])
    parties = (Party(id="jaxa", name=line[:300]), Party(id=f"other-{number}", name=line[-300:]))
    found = Cooperation(parties=parties, missions=(line[:100],), evidence=(Evidence(text=text, start=0, end=1),), confidence=0.9)
    telling = Telling(url=link, source="a", site_name=line[:200], tier="trade", title=line, language=line[:10], published=NOW)
    tellings = (telling, telling.model_copy(update={"url": f"{link}#2"}))
    return Story(id=f"s{number}", record=f"s{number}", cooperation=found, tellings=tellings, first_seen=NOW, last_seen=NOW)


def told(number: int, vector: Vector) -> tuple[Delivery, Alert]:
    line = clean_line(vector[0])
    told_story = story(number, vector)
    delivery = Delivery(id=f"d{number}", channel="mail", recipient=line[:200], watchlists=("evil",), reason=line[:200])
    was = told_story.cooperation.model_copy(update={"stage": "talks"})
    match = Match(watchlist="evil", reasons=(line,))
    alert = Alert(id=f"a{number}", kind="correction", story=told_story, was=was, matches=(match,), decided=NOW, deliveries=(delivery,))
    return delivery, alert


def keep(store: Store, number: int, vector: Vector) -> None:
    _, alert = told(number, vector)
    article = Article(url=vector[1] + f"#{number}", source="a", title=clean_line(vector[0]), text="x", fetched=NOW)
    said = Classification(cooperation=True, score=0.9, scope="intergovernmental", cooperations=(alert.story.cooperation,))
    decision = Decision(stories=(alert.story,), alerts=(alert,))
    store.add("a", Link(url=article.url), Tagged(article=article, classification=said), lambda *_: decision, NOW)


def site(tmp_path: Path, vectors: list[Vector]) -> dict[str, tuple[str, dict[str, str]]]:
    """Every page over stories, deliveries and watchlists made of the vectors, with the headers it came with."""
    file = tmp_path / "xss.sqlite"
    file.unlink(missing_ok=True)
    engine = open_database(f"sqlite:///{file}")
    migrate(engine)
    store = Store(engine)
    for number, vector in enumerate(vectors):
        keep(store, number, vector)
    lists = {f"list-{n}": clean_line(text) for n, (text, _) in enumerate(vectors)}
    desk = Subscribing(store.subscribers, Tokens("k" * 40), "https://alerts.example.org", lambda: lists, lambda: NOW)
    browser = TestClient(make_site(View(store, {}, list, lambda: NOW, desk, sign_up=lambda: True)))
    links = desk.links("ada@example.org", ["list-0"], NOW)
    paths = [
        "/",
        "/deliveries",
        "/stories/s0",
        "/subscribe",
        links.manage.partition("example.org")[2],
        links.unsubscribe.partition("example.org")[2],
    ]
    answers = {path: browser.get(path) for path in paths}
    store.subscribers.change("ada@example.org", Wish(watchlists=tuple(lists)), NOW)
    pages = {
        path: (a.text, {k: v for k, v in a.headers.items() if k in ("content-security-policy", "content-type")})
        for path, a in answers.items()
    }
    css = browser.get("/static/style.css").text
    engine.dispose()
    return {**pages, "/static/style.css": (css, {"Content-Type": "text/css"})}


def mails(vectors: list[Vector]) -> dict[str, str]:
    """A digest of all, and one mail of the first."""
    items: list[Told] = [told(n, v) for n, v in enumerate(vectors)]
    links = Links("https://alerts.example.org/unsubscribe/x/t", "https://alerts.example.org/subscription/t")
    names = {"evil": clean_line(vectors[0][0])}
    return {
        "/digest": write("m1", items, watchlists=names, links=lambda _: links).html,
        "/mail": write("m2", items[:1], watchlists=names, links=lambda _: links).html,
    }


def check(shelf: Shelf, tmp_path: Path, vectors: list[Vector], plain: dict[str, Counter[str]]) -> None:
    """Open every page and mail made of the vectors: nothing runs, nothing is fetched, no element is there that plain words do not make."""
    pages = site(tmp_path, vectors)
    bare = {f"/bare{path}": (html, {}) for path, (html, _) in pages.items() if path != "/static/style.css"}
    shelf.pages = {**pages, **bare, **{path: (html, {}) for path, html in mails(vectors).items()}}
    for path in [p for p in shelf.pages if p != "/static/style.css"]:
        seen, complaints = look(shelf, tmp_path, path)
        assert seen.acting == [], path
        assert [link for link in seen.links if not link.startswith(("http://", "https://", "/", "#")) and link] == [], path
        assert set(seen.tags) <= set(plain[path]), path
        assert seen.tags["script"] == 0, path
        assert "Content Security Policy" not in complaints, path
    assert shelf.alarms == []


def elements(shelf: Shelf, tmp_path: Path) -> dict[str, Counter[str]]:
    """Which elements the same pages have where all texts are plain words."""
    words = [(f"Plain words {n}", f"https://a.example/{n}") for n in range(3)]
    pages = {path: html for path, (html, _) in site(tmp_path, words).items() if path != "/static/style.css"}
    made = {**pages, **{f"/bare{path}": html for path, html in pages.items()}, **mails(words)}
    return {path: Seen(html).tags + Counter({"head": 1, "body": 1, "tbody": 1}) for path, html in made.items()}


def test_f8_our_own_vectors_stay_text(shelf: Shelf, tmp_path: Path) -> None:
    plain, vectors = elements(shelf, tmp_path), own()
    for start in range(0, len(vectors), PAGE):
        check(shelf, tmp_path, vectors[start : start + PAGE], plain)


def test_f8_the_test_would_see_a_script_that_runs(shelf: Shelf, tmp_path: Path) -> None:
    shelf.pages = {"/x": (f"<html><body>{own()[13][0]}{own()[0][0]}</body></html>", {})}
    seen, _ = look(shelf, tmp_path, "/x")
    assert shelf.alarms
    assert seen.acting
    assert seen.tags["script"] == 1


def test_f8_the_sanitising_suite_of_feedparser_stays_text(shelf: Shelf, tmp_path: Path, shared: Path) -> None:
    folder = shared / "suites" / "feedparser" / "wellformed" / "sanitize"
    if not folder.is_dir():
        pytest.skip("../shared/suites/feedparser is absent: it lies beside the project, not in it")
    plain, vectors = elements(shelf, tmp_path), of_feeds(folder)
    assert len(vectors) >= 700
    for start in range(0, len(vectors), 250):
        shelf.pages = {path: (html, {}) for path, html in mails(vectors[start : start + 250]).items()}
        for path in shelf.pages:
            seen, _ = look(shelf, tmp_path, path)
            assert (seen.acting, seen.tags["script"], set(seen.tags) - set(plain[path])) == ([], 0, set())
            assert [link for link in seen.links if not link.startswith(("http://", "https://"))] == []
    assert shelf.alarms == []
