"""The main job over 836 real pages of 181 hosts, served as if they were online.

`spacepact run` visits every host by its feed and by its sitemap, stores the articles and tells the
receivers of this test; a second visit finds nothing new. The receivers are the oracle: they write a
line to disk for every message before they accept it. Run by `make test-real`.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from spacepact.demo.receivers import Receivers, free_port
from spacepact.settings import default_config_dir
from storage import Store, open_database
from tests.real.replay import command, hosts, replay, slug, source, write

pytestmark = pytest.mark.real

SECRET = "whsec_" + "c3BhY2VwYWN0LXRlc3Qtc2VjcmV0LTAx"
LIMIT = 900


@pytest.fixture(scope="module")
def proxy(shared: Path) -> Iterator[str]:
    """The address of the proxy that serves saved pages and articles as if their sites were online."""
    with replay(shared, "--articles", str(shared / "gold" / "dev.docs.jsonl")) as address:
        yield address


@pytest.fixture(scope="module")
def receivers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Receivers]:
    servers = Receivers(SECRET, tmp_path_factory.mktemp("received") / "log.jsonl")
    servers.start()
    yield servers
    servers.stop()


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory, proxy: str, receivers: Receivers) -> Path:
    """A config directory with every host as two sources, and four watchlists over three channels."""
    home = tmp_path_factory.mktemp("real")
    directory = home / "config"
    (directory / "sources").mkdir(parents=True)
    (directory / "watchlists").mkdir()
    (directory / "gazetteer").symlink_to(default_config_dir() / "gazetteer")
    for host in hosts(proxy):
        for kind, path in (("feed", "feed.xml"), ("sitemap", "sitemap.xml")):
            write(directory / "sources" / f"{slug(host)}-{kind}.yaml", source(host, kind, path) | {"health": {"min_text": 1}})
    write(directory / "settings.yaml", settings(home, proxy, receivers))
    write(directory / "channels.yaml", {"channels": channels(receivers)})
    for name, watchlist in WATCHLISTS.items():
        write(directory / "watchlists" / f"{name}.yaml", watchlist)
    return directory


WATCHLISTS: dict[str, dict[str, Any]] = {
    "all": {"name": "All", "deliver": [{"channel": "hook"}]},
    "nasa": {"name": "NASA", "match": {"agencies": ["nasa"]}, "deliver": [{"channel": "mail", "to": ["nasa@desk.example"]}]},
    "china": {"name": "China", "match": {"countries": ["CN"]}, "deliver": [{"channel": "mail"}, {"channel": "hook"}]},
    "trouble": {"name": "Trouble", "match": {"stage": ["delayed", "suspended", "ended"]}, "deliver": [{"channel": "slack"}]},
}


def settings(home: Path, proxy: str, receivers: Receivers) -> dict[str, Any]:
    return {
        "database": f"sqlite:///{home / 'data' / 'spacepact.sqlite'}",
        "web": {"port": free_port()},
        "mail": {"host": "127.0.0.1", "port": receivers.mail_port},
        "crawl": {"proxy": proxy, "delay": 0, "at_once": 4, "max_pages": 1000},
        "outbound": {"private_hosts": ["127.0.0.1"]},
        "alerts": {"max_age": "36500d"},
    }


def channels(receivers: Receivers) -> dict[str, Any]:
    return {
        "mail": {"kind": "mail", "to": ["analyst@desk.example"]},
        "slack": {"kind": "slack", "url": f"{receivers.base}/slack/slack"},
        "hook": {"kind": "webhook", "url": f"{receivers.base}/hook/hook", "secret": SECRET},
    }


def run_until_settled(config: Path, store: Store, sources: int, log: Path) -> float:
    """Run the service until every source was visited and nothing is owed; stop it as an operator would."""
    started = time.monotonic()
    with (
        log.open("w") as out,
        subprocess.Popen(command(config, "run"), stdout=out, stderr=out, env=os.environ | {"NO_COLOR": "1"}) as service,
    ):
        try:
            while time.monotonic() - started < LIMIT:
                assert service.poll() is None, log.read_text()
                time.sleep(2)
                if log.read_text().count("web page on") and settled(store, sources):
                    break
            seconds = time.monotonic() - started
        finally:
            stopping = time.monotonic()
            service.send_signal(signal.SIGTERM)
            assert service.wait(35) == 0, log.read_text()[-3000:]
            assert time.monotonic() - stopping < 30
    return seconds


def settled(store: Store, sources: int) -> bool:
    """Say whether every source was visited to the end, and nothing is owed."""
    totals, visited = store.reading.totals(), [state for state in store.sources.states() if state.state != "waiting"]
    return len(visited) == sources and not totals.get("pending", 0) + totals.get("failed", 0)


def test_every_real_page_is_read_once_and_every_alert_arrives_once(config: Path, proxy: str, receivers: Receivers, tmp_path: Path) -> None:
    sites = hosts(proxy)
    store = Store(open_database(yaml.safe_load((config / "settings.yaml").read_text())["database"]))
    first = run_until_settled(config, store, 2 * len(sites), tmp_path / "run.log")

    states = store.sources.states()
    ill = {state.id: state.reason for state in states if state.state != "ok"}
    articles = store.reading.articles(limit=10_000)
    rejected = {url: reason for state in states for url, reason in store.sources.rejected(state.id).items()}
    rows = store.reading.deliveries(limit=100_000)
    sent = {row.id for row in rows if row.state == "sent"}
    arrived = Counter(message.key.strip("<>").partition("@")[0] for message in receivers.received)

    visits = store.sources.visits(states[0].next_check_at.replace(year=2000))
    second = subprocess.run(command(config, "crawl"), capture_output=True, text=True, timeout=LIMIT, check=False)
    again = [state for state in store.sources.states() if state.state == "unchanged"]
    before = len(receivers.received)
    subprocess.run(command(config, "deliver"), capture_output=True, text=True, timeout=60, check=True)

    figures = {
        "hosts": len(sites),
        "sources": len(states),
        "sources not healthy": len(ill),
        "articles stored": len(articles),
        "pages rejected, with a reason": len(rejected),
        "cooperation news": sum(t.classification.cooperation for t in articles),
        "first round, seconds": round(first),
        "visits in the first round": sum(visits.values()),
        "second round: sources unchanged (304)": len(again),
        "second round: new articles": len(store.reading.articles(limit=10_000)) - len(articles),
        "alerts sent": len(sent),
        "alerts not sent": len(rows) - len(sent),
        "doubled": sum(times - 1 for times in arrived.values()),
        "lost": len(sent - arrived.keys()),
        "second round: alerts": len(receivers.received) - before,
    }
    print("\n" + "\n".join(f"{value:>8}  {name}" for name, value in figures.items()))
    print(json.dumps(rejected, indent=1, ensure_ascii=False))

    assert ill == {}
    assert len(articles) + len(rejected) == 836
    assert len(rejected) <= 15, rejected
    assert second.returncode == 0, second.stderr[-3000:]
    assert len(again) == len(states)
    assert figures["second round: new articles"] == 0
    assert len(sent) >= 50
    assert {row.state for row in rows} == {"sent"}
    assert receivers.refused == []
    assert arrived == Counter(sent)
    assert figures["second round: alerts"] == 0
