"""What people see of an article that changed or vanished: the page and the command."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from starlette.testclient import TestClient

from spacepact.article import Article, Link
from spacepact.comparing import words
from spacepact.cooperation import Classification, Tagged
from spacepact.round import Page, Rejected
from spacepact.story import Decision
from spacepact.web import View, make_site
from storage import Store
from storage.store import MOST_REVISIONS
from storage.tables import revisions
from tests.spacepact.test_cli import spacepact

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
URL = "https://orbit.example/accord"
LINK = Link(url=URL, version="1")
EVIL = "<script>alert(1)</script>"
FIRST = f"Norvania pays 3 million. {EVIL}\nEstmark launches."
SECOND = f"Norvania pays 30 million. {EVIL}\nEstmark launches."


def keep(store: Store, text: str, *, days: int = 0, page: Page | None = None) -> str:
    at = NOW + timedelta(days=days)
    image = "https://orbit.example/lead.jpg"
    article = Article(url=URL, source="a", site_name="Orbit Post", title="Accord", text=text, fetched=at, published=NOW, image=image)
    said = Classification(cooperation=False, score=0.1, scope="none")
    return store.add("a", LINK, Tagged(article=article, classification=said), lambda *_: Decision(), at, page=page)


def lose(store: Store) -> None:
    for hours in (0, 7):
        store.reject("a", LINK, Rejected(reason="410 Gone", gone=True), NOW + timedelta(days=3, hours=hours))


@pytest.fixture
def store(database: Engine) -> Store:
    return Store(database)


def page(store: Store, path: str) -> Any:
    return TestClient(make_site(View(store, {}, tuple, lambda: NOW)), raise_server_exceptions=False).get(path)


def test_the_page_shows_what_changed_in_words_and_for_ears(store: Store) -> None:
    keep(store, FIRST)
    assert "One: it says today what it said" in page(store, "/articles/1").text
    assert keep(store, SECOND, days=1) == "revised"
    shown = page(store, "/articles/1").text
    assert '<del><span class="spoken">removed: </span>3</del><ins><span class="spoken">added: </span>30</ins> million' in shown
    assert "1 unchanged paragraph<" in shown
    assert EVIL not in shown
    assert "lead.jpg" not in shown, "a picture of a stranger's server would tell who reads"
    assert [page(store, f"/articles/{n}").status_code for n in ("2", "9" * 30, "-1", "x")] == [404] * 4


def test_a_vanished_page_is_marked_with_its_day_and_comes_back(store: Store) -> None:
    keep(store, FIRST)
    lose(store)
    assert (
        "The outlet took this page away.</strong> It was not found on 26 Nov 2026, 19:00 UTC (410 Gone)" in page(store, "/articles/1").text
    )
    assert store.reading.standing([URL])[URL].gone == NOW + timedelta(days=3, hours=7)
    assert keep(store, FIRST, days=5) == "revised", "it stands again, in the same words"
    assert "took this page away" not in page(store, "/articles/1").text


def test_twenty_and_the_first_revision_are_kept(store: Store, database: Engine) -> None:
    for n in range(MOST_REVISIONS + 15):
        keep(store, f"It is said {n} times that Norvania pays.", days=n)
    history = store.reading.history(url=URL)
    assert history
    numbers = [f.tagged.article.revision for f in history.former]
    assert numbers == [1, *range(15, MOST_REVISIONS + 15)]
    assert "those between are not kept" in page(store, "/articles/1").text
    with database.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(revisions)) == MOST_REVISIONS + 1


def test_the_lead_image_is_kept_with_each_revision(store: Store) -> None:
    keep(store, FIRST)
    keep(store, SECOND, days=1)
    history = store.reading.history(url=URL)
    assert history
    assert {a.image for a in (history.tagged.article, history.former[0].tagged.article)} == {"https://orbit.example/lead.jpg"}


def test_an_article_that_was_judged_by_an_older_rule_is_no_revision(store: Store, database: Engine) -> None:
    keep(store, FIRST)
    with database.begin() as connection:
        connection.exec_driver_sql("UPDATE articles SET fingerprint = 'of an older version'")
    assert keep(store, FIRST, days=1) == "known"


@pytest.fixture
def kept(draft_config: Path) -> Path:
    from spacepact.bootstrap import make_app  # noqa: PLC0415

    store = make_app(draft_config, {}).migrated().store
    keep(store, FIRST)
    keep(store, SECOND, days=1)
    lose(store)
    return draft_config


def test_the_command_shows_the_article_and_what_changed(kept: Path) -> None:
    ended = spacepact("--config", str(kept), "article", URL, NO_COLOR="1")
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.startswith("Accord\nOrbit Post, 2026-11-23 12:00 UTC, revision 2\n")
    assert "Its page is gone: not found on 2026-11-26 19:00 UTC (410 Gone)." in ended.stdout
    ended = spacepact("--config", str(kept), "article", URL, "--diff", NO_COLOR="1")
    assert "Norvania pays [-3-]{+30+} million." in ended.stdout
    assert "(1 unchanged paragraph)" in ended.stdout
    (told,) = json.loads(spacepact("--config", str(kept), "article", URL, "--diff", "--json").stdout)
    assert (told["revision"], told["after"], len(told["passages"])) == (2, 1, 1)
    (whole,) = (json.loads(line) for line in spacepact("--config", str(kept), "article", URL, "--json").stdout.splitlines())
    assert (whole["revision"], whole["gone"]) == (2, "2026-11-26T19:00:00+00:00")


def test_the_command_names_the_pages_that_prove_and_sees_one_that_was_altered(draft_config: Path) -> None:
    from spacepact.bootstrap import make_app  # noqa: PLC0415

    store = make_app(draft_config, {}).migrated().store
    ask = ("--config", str(draft_config), "article", URL, "--pages")
    keep(store, FIRST)
    assert spacepact(*ask).stdout.startswith("No fetched page is kept for it")
    keep(store, SECOND, days=1, page=Page(URL, 200, (("Content-Type", "text/html"),), SECOND.encode()))
    digest = hashlib.sha256(SECOND.encode()).hexdigest()
    assert store.evidence.archive
    (file,) = store.evidence.archive.directory.glob("*.warc.gz")
    line = rf"revision 2, fetched 2026-11-24 12:00 UTC: {file.name} at \d+, sha256 {digest}: unaltered\n"
    assert re.fullmatch(line, spacepact(*ask).stdout)
    file.write_bytes(b"")
    assert "the page is missing" in json.loads(spacepact(*ask, "--json").stdout)["trouble"]
    assert spacepact(*ask, "--diff").returncode == 2


def test_the_command_says_what_is_wrong(kept: Path) -> None:
    ended = spacepact("--config", str(kept), "article", "https://orbit.example/none")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "no article is kept under https://orbit.example/none" in ended.stderr


def test_nothing_is_lost_between_the_pieces() -> None:
    pieces = words("a b c", "a x c")
    assert "".join(p.text for p in pieces if p.kind != "new") == "a b c"
