"""Archives of fictional pages go through the real command; it is killed, goes on, and tells nobody."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import psutil
import pytest

from crawler.source import Source
from spacepact.backfill import Outlets
from spacepact.demo.server import QuietServer
from storage import Progress, Store, open_database
from tests.spacepact.archives import FETCHED, html, info, mixed, record, space_page, write

if TYPE_CHECKING:
    from conftest import House

SOURCE = """name: Orbit Post
kind: feed
urls: [https://feeds.orbit.example/all]
language: en
country: FR
tier: trade
every: 1h
exclude: [/town/1$]
"""


@pytest.fixture
def config(draft_config: Path) -> Path:
    (draft_config / "sources" / "orbit.yaml").write_text(SOURCE)
    return draft_config


@pytest.fixture
def store(config: Path) -> Store:
    return Store(open_database(f"sqlite:///{config.parent / 'x.sqlite'}"))


def backfill(config: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "spacepact.cli", "--config", str(config), "backfill", "--processes", "1", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, env={"PATH": "/usr/bin:/bin"})


def last_line(ended: subprocess.CompletedProcess[str]) -> str:
    return ended.stderr.strip().splitlines()[-1]


def states(store: Store) -> set[tuple[str, str]]:
    return {(row.state, row.reason) for row in store.reading.deliveries()}


SILENT = {("suppressed", "backfilled: it was found in an archive, nobody is told")}


def test_our_outlets_pages_about_space_are_kept_and_nobody_is_told(config: Path, store: Store, tmp_path: Path) -> None:
    file = write(tmp_path / "a.warc.gz", mixed(20))
    ended = backfill(config, file)
    assert (ended.returncode, ended.stdout) == (0, ""), ended.stderr
    assert last_line(ended).endswith("a.warc.gz: 63 records; 40 pages: 20 new, 20 off topic")
    kept = store.reading.articles()
    assert {a.article.url for a in kept} == {f"https://www.orbit.example/news/{n}" for n in range(20)}
    assert {(a.article.source, a.article.published, a.article.fetched) for a in kept} == {("orbit", FETCHED, FETCHED)}
    assert states(store) == SILENT
    stories = store.reading.stories()
    assert {s.first_seen for s in stories} == {FETCHED}, "a story is as old as its archive says"
    assert "was read already; --again" in backfill(config, file).stderr
    assert "20 known" in last_line(backfill(config, "--again", file))


def test_all_domains_takes_every_outlet_that_writes_about_space(config: Path, store: Store, tmp_path: Path) -> None:
    file = write(tmp_path / "a.warc.gz", mixed(5))
    backfill(config, file)
    ended = backfill(config, "--all-domains", file)
    assert "5 known, 5 new" in last_line(ended), ended.stderr
    assert {a.article.source for a in store.reading.articles()} == {"orbit", "elsewhere.example"}


def test_alert_tells_what_is_young_enough(config: Path, store: Store, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    young = html("JAXA and ISRO sign accord", TEXT, published=now - timedelta(hours=2))
    old = html("CNES and KARI sign accord", OLD_TEXT, published=now - timedelta(hours=99))
    (config / "watchlists" / "all.yaml").write_text("name: All\ndeliver: [{channel: desk-mail}]\n")
    write(tmp_path / "a.warc.gz", [record(f"https://orbit.example/{n}", page, at=now) for n, page in enumerate((young, old))])
    ended = backfill(config, "--alert", tmp_path / "a.warc.gz")
    assert "2 new" in ended.stderr, ended.stderr
    assert sorted(row.state for row in store.reading.deliveries()) == ["pending", "suppressed"]


TEXT = (
    "TOKYO - The Japan Aerospace Exploration Agency (JAXA) and the Indian Space Research Organisation (ISRO) signed a memorandum of "
    "understanding on Monday for the joint lunar polar mission LUPEX, and the teams meet again in spring."
)

OLD_TEXT = (
    "PARIS - The French space agency CNES and the Korea Aerospace Research Institute (KARI) signed a memorandum of understanding on "
    "Friday for a joint ocean satellite, and the engineers of both sides meet again in autumn."
)


def test_a_kill_loses_nothing_and_doubles_nothing(config: Path, store: Store, tmp_path: Path) -> None:
    total = 150
    file = write(tmp_path / "a.warc.gz", mixed(total))
    command = [sys.executable, "-m", "spacepact.cli", "--config", str(config), "backfill", "--processes", "2", str(file)]
    for _ in range(2):
        kill_on_the_way(command, store, min(len(kept(store)) + 25, total))
    offset = store.backfills.progress(str(file)).offset
    ended = backfill(config, file)
    assert ended.returncode == 0, ended.stderr
    assert offset == 0 or f"goes on at byte {offset:,}" in ended.stderr
    urls = kept(store)
    assert len(urls) == len(set(urls)) == total
    assert states(store) == SILENT
    assert store.backfills.progress(str(file)).counts["records"] == 1 + 3 * total + 2


def kill_on_the_way(command: list[str], store: Store, wanted: int) -> None:
    """Run until so many articles are kept, and kill it as a power cut would; its workers must end by themselves."""
    process = subprocess.Popen(command, stderr=subprocess.PIPE, env={"PATH": "/usr/bin:/bin"})
    running = psutil.Process(process.pid)
    wait_for(lambda: process.poll() is not None or len(kept(store)) >= wanted)
    workers = running.children(recursive=True) if process.poll() is None else []
    assert len(workers) >= 2, "it was killed while it worked"
    process.send_signal(signal.SIGKILL)
    process.communicate()
    wait_for(lambda: not [w for w in workers if w.is_running() and w.status() != psutil.STATUS_ZOMBIE])


def kept(store: Store) -> list[str]:
    try:
        return [a.article.url for a in store.reading.articles()]
    except Exception:  # noqa: BLE001 - the first run has not made the tables yet
        return []


def wait_for(true: Callable[[], object], seconds: float = 300) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_broken_record_is_one_line_and_a_cut_file_goes_on_when_it_is_whole(config: Path, store: Store, tmp_path: Path) -> None:
    records = [record(f"https://orbit.example/{n}", space_page(n)) for n in range(6)]
    broken = bytearray(records[2])
    broken[len(broken) // 2 : len(broken) // 2 + 30] = bytes(30)
    whole = info() + b"".join([*records[:2], bytes(broken), *records[3:]])
    file = tmp_path / "a.warc.gz"
    file.write_bytes(whole[:-20])
    ended = backfill(config, file)
    assert ended.returncode == 1
    assert len(re.findall(r"at byte [\d,]+: its compression is broken", ended.stderr)) == 1
    assert "the file ends in the middle of a record; it was not copied whole" in ended.stderr
    assert last_line(ended).endswith("5 records, 1 broken, 1 cut short; 4 pages: 4 new"), ended.stderr
    file.write_bytes(whole)
    ended = backfill(config, file)
    assert (ended.returncode, len(kept(store))) == (0, 5), ended.stderr


def test_what_is_no_web_archive_is_a_failure(config: Path, tmp_path: Path) -> None:
    (tmp_path / "noise.warc.gz").write_bytes(b"no archive at all")
    ended = backfill(config, tmp_path / "noise.warc.gz")
    assert (ended.returncode, last_line(ended).endswith("0 records, 1 broken; 0 pages: none of ours")) == (1, True), ended.stderr


def test_what_is_not_there_is_said_and_the_rest_is_read(config: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "a.warc.gz", mixed(1))
    ended = backfill(config, tmp_path / "none.warc.gz", "http://127.0.0.1:9/none.warc.gz", file)
    assert ended.returncode == 1
    assert "none.warc.gz: there is no such file" in ended.stderr
    assert "http://127.0.0.1:9/none.warc.gz: " in ended.stderr
    assert "1 new" in last_line(ended)
    assert "Traceback" not in ended.stderr


def test_what_was_collected_live_is_left_as_it_is(house: House, tmp_path: Path) -> None:
    house.spacepact("crawl")
    (live,) = house.store.reading.articles()
    before = sorted((d.id, d.state) for d in house.store.reading.deliveries())
    file = write(tmp_path / "a.warc.gz", [record(live.article.url, space_page(1)), record(f"{house.outlet.base}/older", space_page(2))])
    ended = house.spacepact("backfill", "--processes", "1", str(file))
    assert "1 known, 1 new" in last_line(ended), ended.stderr
    history = house.store.reading.history(url=live.article.url)
    assert history
    assert (history.tagged, history.former) == (live, ())
    after = {(d.id, d.state) for d in house.store.reading.deliveries()}
    assert [one for one in before if one in after] == before, "what was owed is owed"


@pytest.mark.parametrize("ranges", [True, False])
def test_an_address_is_read_and_gone_on_with(config: Path, store: Store, tmp_path: Path, ranges: bool) -> None:  # noqa: FBT001
    first_member, records = info(), mixed(8)
    whole = first_member + b"".join(records)
    with served(whole, ranges=ranges) as (url, asked):
        first = backfill(config, url)
        assert "8 new" in last_line(first), first.stderr
        half = len(first_member) + len(b"".join(records[:12]))
        store.backfills.keep(url, Progress(len(whole), half), datetime.now(UTC))
        again = backfill(config, url)
        assert (again.returncode, "goes on at byte" in again.stderr) == (0, True), again.stderr
        assert "14 records" in last_line(again)
    assert asked == ["", f"bytes={half}-"]
    assert len(kept(store)) == 8


class served:  # noqa: N801 - reads as a verb
    """An archive on a real server, which knows Range or not."""

    def __init__(self, body: bytes, *, ranges: bool) -> None:
        asked: list[str] = []

        class Handler(BaseHTTPRequestHandler):
            def do_HEAD(self) -> None:
                self._head(200, body)

            def do_GET(self) -> None:
                asked.append(self.headers.get("Range", ""))
                start = int(re.sub(r"\D", "", asked[-1]) or 0) if ranges else 0
                self._head(206 if start else 200, body[start:])
                self.wfile.write(body[start:])

            def _head(self, status: int, data: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.asked = asked
        self.server = QuietServer(("127.0.0.1", 0), Handler)

    def __enter__(self) -> tuple[str, list[str]]:
        Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return f"http://127.0.0.1:{self.server.server_port}/a.warc.gz", self.asked

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()


def test_a_page_belongs_to_the_nearest_outlet_of_the_best_tier() -> None:
    about = {"name": "x", "kind": "feed", "language": "en", "country": "US", "every": "1h"}

    def source(url: str, tier: str, **more: object) -> Source:
        return Source.model_validate({**about, "urls": [url], "tier": tier, **more})

    outlets = Outlets(
        {
            "blog": source("https://www.agency.example/blog/feed", "blog"),
            "top": source("https://www.agency.example/news/feed", "official", include=["/news/"]),
            "lab": source("https://lab.agency.example/feed", "official"),
        }
    )
    said = [outlets.source_of(f"https://{path}") for path in ("agency.example/news/1", "agency.example/x", "lab.agency.example/news/1")]
    assert said == ["top", "blog", "lab"]
    assert outlets.source_of("https://agency.example.evil.example/news/1") is None
    assert outlets.source_of("https://press.agency.example/news/1") == "top"
