"""Pages that only a script fills, in a real Chromium on the loopback."""

from __future__ import annotations

import json
import shutil
from importlib.util import find_spec

import pytest

from crawler import browser
from crawler.extract.walls import SHELL
from tests.crawler.loopback import Crawls, Reply, Website
from tests.crawler.pages import SENTENCES, page, rss, source

needs_browser = pytest.mark.skipif(
    find_spec("playwright") is None or shutil.which("chromium") is None, reason="needs the extra `browser` and Chromium on the path"
)
PATIENT = {"timeout": 60, "round_limit": 120}
"""Seconds: a browser starts slowly on a busy machine."""
HTML = {"Content-Type": "text/html; charset=utf-8"}
SCRIPT = {"Content-Type": "text/javascript"}
FILL = """
const get = async (url) => { try { return await (await fetch(url)).json() } catch { return [] } };
(async () => {
  const said = await get('/api/article.json');
  await get('http://10.1.2.3/inside.json');
  await get('/private/secret.json');
  new Image().src = '/pixel.gif';
  fetch('/count', {method: 'POST', body: 'x'}).catch(() => 0);
  const socket = new WebSocket('ws://' + location.host + '/socket');
  document.title = 'Two agencies build a lunar relay';
  document.getElementById('root').innerHTML =
    '<article><h1>Two agencies build a lunar relay</h1>' + said.map(s => `<p>${s}</p>`).join('') + '</article>';
})();
"""


def shell(website: Website) -> None:
    website.pages["/robots.txt"] = Reply("User-agent: *\nDisallow: /private/")
    website.pages["/feed"] = Reply(rss(("Relay", f"{website.url}/a")), headers={"Content-Type": "application/rss+xml"})
    markup = (
        "<!doctype html><html lang=en><head><title>Orbit</title></head><body><div id=root></div><script src=/app.js></script></body></html>"
    )
    website.pages["/a"] = Reply(markup, headers=HTML)
    website.pages["/app.js"] = Reply(FILL, headers=SCRIPT)
    website.pages["/api/article.json"] = Reply(json.dumps(SENTENCES), headers={"Content-Type": "application/json"})
    website.pages["/private/secret.json"] = Reply("[]", headers={"Content-Type": "application/json"})
    website.pages["/pixel.gif"] = website.pages["/count"] = Reply("x")


def test_an_empty_shell_is_owed_and_says_what_may_help(website: Website, crawls: Crawls) -> None:
    shell(website)
    result = crawls.round(source("feed", f"{website.url}/feed"))
    assert [f.reason for f in result.failures] == [SHELL]
    assert not crawls.shelf.articles


@needs_browser
def test_a_browser_fills_the_page_and_reaches_nothing_else(website: Website, crawls: Crawls) -> None:
    shell(website)
    result = crawls.round(source("feed", f"{website.url}/feed", render="browser"), **PATIENT)
    assert (result.state, result.outcomes, result.failures) == ("ok", {"new": 1}, ())
    [article] = crawls.shelf.articles
    assert article.title == "Two agencies build a lunar relay"
    assert article.text.split("\n") == list(SENTENCES)
    assert sorted(website.paths()) == ["/a", "/api/article.json", "/app.js", "/feed"], (
        "no picture, no count, nothing that robots.txt forbids"
    )
    assert all(a.headers["user-agent"].startswith("spacepact/") for a in website.asked)


@needs_browser
def test_a_listing_may_need_a_browser_too(website: Website, crawls: Crawls) -> None:
    fill = "document.querySelector('main').innerHTML = '<a href=/a>Two agencies build a lunar relay</a>'"
    website.pages["/news"] = Reply(f"<html><title>News</title><body><main></main><script>{fill}</script></body></html>", headers=HTML)
    website.pages["/a"] = Reply(page("Two agencies build a lunar relay"), headers=HTML)
    result = crawls.round(source("listing", f"{website.url}/news", render="browser"), **PATIENT)
    assert result.outcomes == {"new": 1}


@needs_browser
def test_a_page_whose_scripts_never_end_is_cut_off(website: Website, crawls: Crawls) -> None:
    shell(website)
    website.pages["/app.js"] = Reply("for (;;) {}", headers=SCRIPT)
    result = crawls.round(source("feed", f"{website.url}/feed", render="browser"), timeout=6, round_limit=120)
    assert [f.reason for f in result.failures] == ["the browser took longer than 6 seconds"]


def test_without_chromium_the_reason_says_what_to_install(website: Website, crawls: Crawls, monkeypatch: pytest.MonkeyPatch) -> None:
    shell(website)
    monkeypatch.setattr(browser, "_NAMES", ("no-such-browser",))
    [failure] = crawls.round(source("feed", f"{website.url}/feed", render="browser")).failures
    assert "`render: browser` needs" in failure.reason
