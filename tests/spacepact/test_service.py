"""The real `spacepact run`, stopped, killed and starved; receivers outside the service are the oracle."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from spacepact.crawling import CrawlerProcess
from spacepact.round import Round

if TYPE_CHECKING:
    from conftest import House

FIFTY = tuple(f"reader{n:02d}@desk.example" for n in range(50))


def get(house: House, path: str) -> Any:
    with urllib.request.urlopen(f"http://127.0.0.1:{house.port}{path}", timeout=60) as answer:
        return json.load(answer)


def test_a_story_is_told_once_and_a_restart_tells_nothing_again(house: House) -> None:
    service = house.run()
    service.wait_for(lambda: len(house.receivers.received) == 2)
    service.wait_for(lambda: get(house, "/health")["deliveries"]["sent"] == 2)
    assert get(house, "/health")["status"] == "ok"
    assert service.stop() < 30
    again = house.run()
    again.wait_for(lambda: "web page on" in again.log.read_text())
    time.sleep(1)
    again.stop()
    assert sorted((m.kind, m.recipient) for m in house.receivers.received) == [("mail", "analyst@desk.example"), ("webhook", "hook")]
    assert house.receivers.refused == []
    assert house.outlet.requests["/lupex"] == 1


def test_g6_sigterm_with_fifty_deliveries_in_flight(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.build(to=FIFTY)
    _slow_mail(house, 0.1, monkeypatch)
    service = house.run()
    service.wait_for(lambda: len(house.arrived()) >= 10)
    assert service.stop() < 30
    assert 10 <= len(house.arrived()) < 50
    again = house.run()
    again.wait_for(lambda: len(house.arrived()) == 50)
    again.wait_for(lambda: house.store.reading.totals().get("sent") == 51)
    again.stop()
    assert set(house.arrived().values()) == {1}, "lost 0, doubled 0"


def test_kill_9_while_sending_loses_nothing_and_repeats_at_most_the_one_in_flight(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.build(to=FIFTY)
    _slow_mail(house, 0.05, monkeypatch)
    for kill_at in (5, 20, 35):
        service = house.run()
        service.wait_for(lambda at=kill_at: len(house.arrived()) >= at)  # type: ignore[misc]
        service.kill()
    service = house.run()
    service.wait_for(lambda: house.store.reading.totals().get("sent") == 51)
    service.stop()
    assert len(house.arrived()) == 50, "lost 0"
    assert sum(house.arrived().values()) <= 50 + 3, "at most one repetition a kill, under the same id"


def test_g7_the_crawler_process_dies_alone_and_is_started_again(house: House) -> None:
    house.build(every="1s")
    service = house.run()
    service.wait_for(lambda: len(house.receivers.received) == 2)
    first = _children(service.process.pid)
    for pid in first:
        os.kill(pid, signal.SIGKILL)
    service.wait_for(lambda: _children(service.process.pid) - first)
    house.outlet.publish(
        "second", "CNES and KASA sign agreement", "CNES and KASA signed a framework agreement on space science cooperation on Friday."
    )
    service.wait_for(lambda: len(house.receivers.received) == 4)
    assert service.stop() < 30


def test_g7_a_crawler_that_loops_is_ended_and_another_one_serves(tmp_path: Path) -> None:
    script = tmp_path / "crawler.py"
    script.write_text(
        "import json, pathlib, sys\n"
        "seen, asked = pathlib.Path(sys.argv[1]), json.loads(sys.stdin.readline())\n"
        "while not seen.exists():\n"
        "    seen.with_suffix('.begun').touch()\n"
        "print(json.dumps({'done': asked['crawl']}), flush=True)\n"
    )
    died: list[Round] = []

    async def twice() -> None:
        command = [sys.executable, str(script), str(tmp_path / "seen")]
        crawler = CrawlerProcess(command, died.append, lambda: datetime.now(UTC), timedelta(seconds=10))
        await crawler.crawl("outlet")
        (tmp_path / "seen").touch()
        await crawler.crawl("outlet")
        await crawler.stop(5)

    asyncio.run(twice())
    assert (tmp_path / "seen.begun").exists(), "it looped"
    assert [(each.source, each.state, each.failures[0].reason) for each in died] == [
        ("outlet", "failed", "the crawler process gave no sign of life for 10 s and was ended")
    ]


def test_g7_a_crawler_that_eats_memory_fails_alone(house: House) -> None:
    house.build(every="1s")
    settings = yaml.safe_load((house.config / "settings.yaml").read_text())
    settings["crawl"]["max_memory"] = 100_000_000
    house.write("settings.yaml", settings)
    service = house.run()
    service.wait_for(lambda: "source outlet failed" in service.log.read_text())
    assert service.stop() < 30
    settings["crawl"].pop("max_memory")
    house.write("settings.yaml", settings)
    service = house.run()
    service.wait_for(lambda: len(house.receivers.received) == 2)
    assert service.stop() < 30


def test_a_port_in_use_is_one_clear_line(house: House) -> None:
    with socket.create_server(("127.0.0.1", house.port)):
        ended = house.spacepact("run")
    assert ended.returncode == 1
    assert f"cannot listen on 127.0.0.1:{house.port}: Address already in use; set web.host and web.port in settings.yaml" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_second_run_over_the_same_file_is_refused(house: House) -> None:
    service = house.run()
    service.wait_for(lambda: "web page on" in service.log.read_text())
    settings = house.config / "settings.yaml"
    settings.write_text(settings.read_text().replace(f"port: {house.port}", "port: 0"))
    ended = house.spacepact("run")
    service.stop()
    assert ended.returncode == 1
    assert "is in use by another spacepact run" in ended.stderr


def test_a_missing_secret_is_named_and_the_other_channel_goes_on(house: House) -> None:
    slack = {"kind": "slack", "url": "${SPACEPACT_TEST_SLACK}"}
    house.write("channels.yaml", {"channels": {"slack": slack, "mail": {"kind": "mail", "to": ["analyst@desk.example"]}}})
    house.write("watchlists/all.yaml", {"name": "All", "deliver": [{"channel": "slack"}, {"channel": "mail"}]})
    checked = house.spacepact("check")
    assert checked.returncode == 1
    assert "channels.yaml:4:10: ${SPACEPACT_TEST_SLACK} is not set; export SPACEPACT_TEST_SLACK before the start" in checked.stdout
    service = house.run()
    service.wait_for(lambda: len(house.receivers.received) == 1)
    assert get(house, "/health")["status"] == "degraded"
    service.stop()
    assert "${SPACEPACT_TEST_SLACK} is not set" in service.log.read_text()


def test_g3_a_full_disk_loses_nothing(house: House, tmp_path: Path) -> None:
    disk = tmp_path / "data"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("mounting a small disk needs root")
    try:
        for n in range(30):
            house.outlet.publish(
                f"n{n}", f"Weather in orbit, part {n}", " ".join(f"Solar wind {n} and gust {m} were seen again." for m in range(3000))
            )
        full = house.spacepact("crawl")
        assert full.returncode == 1
        assert "database or disk is full" in full.stderr or "No space left on device" in full.stderr
        assert "Traceback" not in full.stderr
        subprocess.run(["mount", "-o", "remount,size=64m", str(disk)], check=True)
        assert house.spacepact("crawl").returncode == 0
        assert house.store.reading.totals()["articles"] == 31
        house.store.engine.dispose()
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=False)


def test_every_source_in_trouble_is_named_and_the_rest_goes_on(house: House) -> None:
    dead = socket.create_server(("127.0.0.1", 0))
    port = dead.getsockname()[1]
    dead.close()
    bad = {
        "refused": f"http://127.0.0.1:{port}/feed",
        "unknown-host": "http://no-such-host.invalid/feed",
        "gone": f"{house.outlet.base}/nowhere",
        "html": f"{house.outlet.base}/lupex",
    }
    for name, url in bad.items():
        house.write(f"sources/{name}.yaml", house.source() | {"urls": [url]})
    ended = house.spacepact("crawl")
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    states = {state.id: state for state in house.store.sources.states()}
    assert states["outlet"].state == "ok"
    assert {name: states[name].state for name in bad} == dict.fromkeys(bad, "failed")
    for name, url in bad.items():
        assert url in states[name].reason
    assert "404" in states["gone"].reason
    assert "HTML" in states["html"].reason
    assert house.spacepact("deliver").returncode == 0
    assert len(house.receivers.received) == 2


def test_crawl_of_an_unknown_source_names_the_nearest(house: House) -> None:
    ended = house.spacepact("crawl", "outlte")
    assert ended.returncode == 1
    assert "no source is called 'outlte'; did you mean 'outlet'?" in ended.stderr


def _slow_mail(house: House, seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    keep = house.receivers.accept

    def slowly(message: Any) -> None:
        if message.kind == "mail":
            time.sleep(seconds)
        keep(message)

    monkeypatch.setattr(house.receivers, "accept", slowly)


def _children(pid: int) -> set[int]:
    return {int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}
