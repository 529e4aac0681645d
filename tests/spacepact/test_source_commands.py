"""`spacepact source ...`, the real program, against real loopback sites."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from crawler.opml import read_opml
from crawler.source import Source, load_sources
from spacepact.yamlfile import read_yaml
from tests.crawler.loopback import Reply, Website
from tests.crawler.pages import page, rss, sitemap

ATOM = '<feed xmlns="http://www.w3.org/2005/Atom"><title>Orbit Post</title>{}</feed>'
HUB = '<link rel="hub" href="https://hub.example/"/>'


class Program:
    """The program over a config directory with a fictional outlet."""

    def __init__(self, home: Path) -> None:
        self.config = home / "config"
        (self.config / "sources").mkdir(parents=True)
        (self.config / "settings.yaml").write_text("crawl: {delay: 0, timeout: 5, round_limit: 20}\n")

    def __call__(self, *words: str, code: int = 0) -> tuple[str, str]:
        command = [sys.executable, "-m", "spacepact.cli", "--config", str(self.config), "source", *words]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False, cwd=self.config.parent)
        assert ended.returncode == code, ended.stderr
        assert "Traceback" not in ended.stderr
        return ended.stdout, ended.stderr

    def source(self, name: str) -> Source:
        return read_yaml(self.config / "sources" / f"{name}.yaml", Source)

    def write(self, name: str, **about: object) -> None:
        known = {"name": "Orbit Post", "kind": "feed", "language": "en", "country": "NO", "tier": "trade", "every": "30m"}
        (self.config / "sources" / f"{name}.yaml").write_text(yaml.safe_dump(known | about))


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path)


@pytest.fixture
def website() -> Iterator[Website]:
    server = Website()
    yield server
    server.close()


def outlet(website: Website, *, head: str = "", links: int = 0) -> None:
    anchors = "".join(f'<p><a href="/n{n}">A long title of an article number {n}</a></p>' for n in range(links))
    website.pages["/"] = Reply(page("News of the orbit", head=head, body=f"<div>{anchors}</div>"))
    website.pages |= {f"/n{n}": Reply(page(f"Accord {1000 + n}")) for n in range(6)}


def entries(website: Website, count: int = 6) -> str:
    entry = '<entry><id>{0}</id><title>Accord 100{0}</title><link href="{1}/n{0}"/><published>2026-11-{2}T08:00:00Z</published></entry>'
    return "".join(entry.format(n, website.url, 20 - n) for n in range(count))


def test_add_takes_the_feed_that_the_page_names(program: Program, website: Website) -> None:
    alternate = '<link rel="alternate" type="application/{}+xml" href="{}">'
    head = alternate.format("rss", "/comments/feed") + alternate.format("atom", "/a.xml")
    outlet(website, head=head, links=5)
    website.pages["/comments/feed"] = Reply(rss(("A comment", f"{website.url}/n0#c")))
    website.pages["/a.xml"] = Reply(ATOM.format(entries(website)))
    website.pages["/robots.txt"] = Reply(f"User-agent: *\nSitemap: {website.url}/map.xml\n")
    website.pages["/map.xml"] = Reply(sitemap((f"{website.url}/n0", "2026-11-02")))
    out, _ = program("add", website.url, "--country", "NO", "--tier", "official")
    assert out.strip() == str(program.config / "sources" / "orbit-post.yaml")
    found = program.source("orbit-post")
    assert (found.kind, found.urls, found.tier, found.country) == ("feed", (f"{website.url}/a.xml",), "official", "NO")
    assert (found.name, found.language, found.verified) == ("Orbit Post", "en", False)
    text = Path(out.strip()).read_text()
    assert "the page names it (link rel=alternate); 6 items" in text
    assert f"Also there: sitemap {website.url}/map.xml (robots.txt names it; 1 items)" in text
    assert load_sources(program.config / "sources")[1] == []
    _, told = program("add", website.url, "--country", "NO", "--id", "again", code=1)
    assert "is polled already, by the source orbit-post" in told


@pytest.mark.parametrize(
    ("path", "body", "kind"),
    [
        ("/feed/", rss(("Accord", "/n0")), "feed"),
        ("/sitemap.xml", sitemap(("http://127.0.0.1/n0", "2026-11-02")), "sitemap"),
        ("", "", "listing"),
    ],
)
def test_add_looks_in_the_usual_places_and_then_at_the_links(program: Program, website: Website, path: str, body: str, kind: str) -> None:
    outlet(website, links=5)
    if path:
        website.pages[path] = Reply(body)
    out, _ = program("add", f"{website.url}/", "--country", "FR", "--id", "orbit", "--print")
    assert out.startswith("# Found on ")
    found = yaml.safe_load(out)
    assert (found["kind"], found["urls"]) == (kind, [f"{website.url}{path or '/'}"])
    assert list((program.config / "sources").iterdir()) == []


def test_add_takes_a_feed_by_its_own_address(program: Program, website: Website) -> None:
    website.pages["/f"] = Reply(ATOM.format(entries(website)))
    program("add", f"{website.url}/f", "--country", "FR", "--id", "orbit")
    assert program.source("orbit").kind == "feed"
    assert website.paths() == ["/f"]


def test_add_says_why_nothing_was_found(program: Program, website: Website) -> None:
    website.pages["/robots.txt"] = Reply("User-agent: *\nDisallow: /\n")
    _, told = program("add", f"{website.url}/", "--country", "FR", code=1)
    assert f"tried {website.url}/: robots.txt forbids the address" in told
    assert "no feed, no sitemap and no list of links was found" in told
    website.pages = {"/p": Reply(page("A page without links"))}
    assert "name the page that lists the news" in program("add", f"{website.url}/p", "--country", "FR", code=1)[1]


def test_add_asks_for_a_country_that_the_address_does_not_tell(program: Program, website: Website) -> None:
    website.pages["/f"] = Reply(ATOM.format(entries(website)))
    assert "add --country" in program("add", f"{website.url}/f", code=2)[1]


@pytest.mark.parametrize("address", ["not a url", "ftp://outlet.example/", "https://", "http://[::1/x"])
def test_add_says_how_an_address_is_written(program: Program, address: str) -> None:
    _, told = program("add", address, "--country", "FR", code=2)
    assert "is no web address; write it like https://example.org/feed/" in told


@pytest.mark.parametrize(("option", "value", "why"), [("--id", "../orbit", "is no id"), ("--country", "France", "is no country")])
def test_add_writes_nothing_that_would_be_wrong(program: Program, website: Website, option: str, value: str, why: str) -> None:
    website.pages["/f"] = Reply(ATOM.format(entries(website)))
    _, told = program("add", f"{website.url}/f", "--id", "orbit", "--country", "FR", option, value, code=1)
    assert why in told
    assert list(program.config.rglob("*.yaml")) == [program.config / "settings.yaml"]


def test_a_source_that_is_not_there_is_told_with_the_nearest_name(program: Program) -> None:
    program.write("orbit", urls=["https://orbit.example/feed"])
    assert "no source is called 'orbti'; did you mean 'orbit'?" in program("test", "orbti", code=1)[1]


def test_add_does_not_follow_a_page_into_a_private_network(program: Program, website: Website) -> None:
    canary = Website("127.0.0.2")
    outlet(website, head=f'<link rel="alternate" type="application/rss+xml" href="{canary.url}/feed">', links=5)
    program("add", website.url, "--country", "FR", "--id", "orbit")
    canary.close()
    assert canary.asked == []
    assert program.source("orbit").kind == "listing"


def test_test_shows_what_is_taken_and_why_not_the_rest_and_keeps_nothing(program: Program, website: Website) -> None:
    outlet(website)
    website.pages["/feed"] = Reply(ATOM.format(HUB + entries(website)), headers={"Cache-Control": "max-age=7200"})
    website.pages["/n1"] = Reply(page("Accord 1001", sentences=("Short.",)))
    website.pages["/n2"] = Reply("busy", 500)
    program.write("orbit", urls=[f"{website.url}/feed"], exclude=["/n0$"])
    out, told = program("test", "orbit", "--pages", "4", "--jsonl")
    items = {item["url"].rpartition("/")[2]: item for item in map(json.loads, out.splitlines())}
    assert {name: item["verdict"] for name, item in items.items()} == {
        "n0": "unwanted",
        "n1": "rejected",
        "n2": "failed",
        "n3": "taken",
        "n4": "taken",
        "n5": "left",
    }
    assert items["n0"]["why"] == "it matches exclude '/n0$'"
    assert "characters of text" in items["n1"]["why"]
    assert items["n2"]["why"] == "500 Internal Server Error"
    assert items["n3"]["fields"]["published"].startswith("2026-11-17")
    assert "partial: 2 taken, 1 rejected, 1 unwanted, 1 failed, 1 left" in told
    assert "robots.txt of" in told
    assert "hub: https://hub.example/" in told
    assert "next visit in" in told
    assert not (program.config.parent / "data").exists()
    text, _ = program("test", str(program.config / "sources" / "orbit.yaml"), "--pages", "1", code=1)
    assert "left      2026-11-15" in text


def test_test_of_a_source_that_yields_nothing_ends_with_one(program: Program, website: Website) -> None:
    program.write("orbit", urls=[f"{website.url}/feed"])
    assert "404 Not Found" in program("test", "orbit", code=1)[1]
    assert "did you mean 'orbit'" in program("test", "orbti", code=1)[1]


def test_snapshot_writes_golden_pages_that_the_golden_test_reads(program: Program, website: Website) -> None:
    outlet(website)
    website.pages["/feed"] = Reply(ATOM.format(entries(website)))
    program.write("orbit", urls=[f"{website.url}/feed"])
    out, _ = program("snapshot", "orbit", "--pages", "2", "--to", str(program.config.parent / "golden"))
    files = [Path(line) for line in out.splitlines()]
    assert [f.name for f in files] == ["1.json", "2.json"]
    expected = json.loads(files[0].read_text("utf-8"))
    assert (expected["title"], expected["url"]) == ("Accord 1000", f"{website.url}/n0")
    assert "Lindholm" in expected["text"]
    assert files[0].with_suffix(".html").read_bytes() == str(website.pages["/n0"].body).encode()  # type: ignore[union-attr]


def test_opml_goes_in_and_out(program: Program, tmp_path: Path) -> None:
    file = tmp_path / "feeds.opml"
    file.write_text(
        '<?xml version="1.0"?><!DOCTYPE opml [<!ENTITY x SYSTEM "file:///etc/passwd">]><opml version="2.0"><head/><body>'
        '<outline text="Agencies"><outline type="rss" text="Orbit &amp; Post" xmlUrl="https://orbit.example.no/feed" language="nb-NO"/>'
        '<outline type="rss" text="Orbit &amp; Post" xmlUrl="https://orbit.example.no/second"/></outline>'
        '<outline type="rss" text="Nowhere" xmlUrl="https://nowhere.example.com/feed"/><outline text="&x;" xmlUrl="file:///etc/passwd"/>'
        "</body></opml>"
    )
    out, told = program("import", str(file), "--tier", "blog")
    assert [Path(line).stem for line in out.splitlines()] == ["orbit-post", "orbit-post-2"]
    assert "names no country; add --country" in told
    assert "2 written, 1 skipped" in told
    found = program.source("orbit-post")
    assert (found.name, found.language, found.country, found.tier) == ("Orbit & Post", "nb", "NO", "blog")
    assert "is polled already" in program("import", str(file), "--country", "SE")[1]
    program.write("map", kind="sitemap", urls=["https://map.example/sitemap.xml"])
    exported, _ = program("export")
    assert {s.url for s in read_opml(exported.encode())} == {
        "https://orbit.example.no/feed",
        "https://orbit.example.no/second",
        "https://nowhere.example.com/feed",
    }
    assert 'url="https://map.example/sitemap.xml"' in exported
    file.write_text("<html>")
    assert "not an OPML file" in program("import", str(file), code=1)[1]
