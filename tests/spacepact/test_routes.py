"""F11: whatever is asked of any route, no page breaks, no GET changes anything, nobody is sent elsewhere.

Three hundred requests; SPACEPACT_RUNS=10000 asks more.
"""

from __future__ import annotations

import os
import re
import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from spacepact.subscribing import Subscribing
from spacepact.tokens import Tokens
from spacepact.web import View, make_site
from storage import Store, migrate, open_database

from .test_web import NOW, keep_story

BASE = "https://spacepact.example"
LISTS = {"lunar": "The Moon"}
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
NASTY = (
    "//evil.example",
    "/\\evil.example",
    "https://evil.example",
    "\r\nSet-Cookie: a=b",
    "../../etc/passwd",
    "' OR 1=1 --",
    "s1",
    "\0",
    "",
)
words = st.sampled_from(NASTY) | st.text(max_size=40)
"""What a visitor may put wherever something can be put."""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    engine = open_database(f"sqlite:///{tmp_path_factory.mktemp('routes') / 'test.sqlite'}")
    migrate(engine)
    kept = Store(engine)
    keep_story(kept)
    return kept


@pytest.fixture(scope="module")
def site(store: Store) -> Any:
    subscribing = Subscribing(store.subscribers, Tokens("k" * 40), BASE, lambda: LISTS, lambda: NOW)
    return make_site(View(store, {}, list, lambda: NOW, subscribing, sign_up=lambda: True))


def contents(store: Store) -> list[str]:
    with sqlite3.connect(Path(store.engine.url.database or "")) as connection:
        return list(connection.iterdump())


@given(st.data())
@settings(
    max_examples=int(os.environ.get("SPACEPACT_RUNS", "300")),
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_f11_no_request_breaks_a_page_or_changes_anything_unasked(site: Any, store: Store, data: st.DataObject) -> None:
    route = data.draw(st.sampled_from([r for r in site.routes if isinstance(r, Route | Mount)]))
    path = re.sub(r"\{[^}]+\}", lambda _: quote(data.draw(words), safe=""), route.path) or "/"
    method = data.draw(st.sampled_from(METHODS))
    query = data.draw(st.dictionaries(words, words, max_size=3))
    body = data.draw(st.binary(max_size=200) | st.just(b"form=x&address=a@b.example&watchlist=lunar&List-Unsubscribe=One-Click"))
    kind = data.draw(st.sampled_from(("application/x-www-form-urlencoded", "multipart/form-data", "application/json", "text/plain")))
    before = contents(store)
    browser = TestClient(site, base_url=BASE, follow_redirects=False, raise_server_exceptions=True)
    headers = {"Origin": "https://evil.example", "Content-Type": kind}
    answer = browser.request(method, path, params=query, content=None if method == "GET" else body, headers=headers)
    assert answer.status_code < 500
    assert "set-cookie" not in answer.headers, "no session: nothing that another site could ride on"
    assert answer.headers.get("location", "/").startswith(("/", BASE))
    assert not answer.headers.get("location", "/").startswith(("//", "/\\"))
    assert contents(store) == before, "without a signed link or form nothing changes, and by GET never"


@pytest.mark.parametrize("path", ["/confirm/x", "/subscription/x", "/unsubscribe/lunar/x"])
def test_f11_another_reader_s_link_opens_nothing(site: Any, path: str) -> None:
    browser = TestClient(site, base_url=BASE, follow_redirects=False)
    assert browser.get(path).status_code in (400, 410)
    assert browser.post(path).status_code in (400, 410)
