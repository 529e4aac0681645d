"""config/ changes on disk: what is right is taken over, what is wrong keeps its former version in use."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from spacepact.bootstrap import App, make_app
from spacepact.service import view
from spacepact.web import make_site


@pytest.fixture
def app(draft_config: Path) -> App:
    return make_app(draft_config, {})


def write(path: Path, text: str) -> None:
    """Write a file so that its time of change differs, however coarse the clock of the disk."""
    before = path.stat().st_mtime_ns if path.exists() else 0
    path.write_text(text)
    if path.stat().st_mtime_ns == before:
        os.utime(path, ns=(before + 1_000_000, before + 1_000_000))


def test_nothing_changes_where_no_file_does(app: App) -> None:
    config, processor = app.config, app.processor
    assert not app.refresh()
    assert app.config is config
    assert app.processor is processor


def test_a_list_that_is_new_changed_or_gone_is_taken_over(app: App, draft_config: Path) -> None:
    lists, classifier, before = draft_config / "watchlists", app.classifier, app.processor
    write(lists / "japan.yaml", "name: Japan\nmatch: {agencies: [isro]}\n")
    write(lists / "moon.yaml", "name: Moon\n")
    (lists / "all.yaml").unlink()
    assert app.refresh()
    assert sorted(app.config.watchlists.lists) == ["japan", "moon"]
    assert app.config.watchlists.lists["japan"].match.agencies == ("isro",)
    assert app.processor is not before
    assert app.classifier is classifier


@pytest.mark.parametrize(
    "wrong",
    ["a: &a [1]\nb: *a\n", "name: !!python/object:x y\n", "name: a\nname: b\n", "name: a\nmacth: {}\n", "name: a" + " " * 3_000_000, ""],
    ids=["alias", "tag", "duplicate", "unknown", "large", "empty"],
)
def test_f5_a_list_that_is_broken_now_stays_as_it_was_and_the_others_change(app: App, draft_config: Path, wrong: str) -> None:
    lists = draft_config / "watchlists"
    write(lists / "japan.yaml", wrong)
    write(lists / "all.yaml", "name: Everything\n")
    assert app.refresh()
    assert app.config.watchlists.lists["japan"].match.agencies == ("jaxa",)
    assert app.config.watchlists.lists["all"].name == "Everything"
    [problem] = app.config.problems
    assert problem.file.endswith("japan.yaml")
    assert problem.line >= 1
    assert "the former version stays in use" in problem.what
    write(lists / "japan.yaml", "name: Mended\n")
    app.refresh()
    assert (app.config.problems, app.config.watchlists.lists["japan"].name) == ([], "Mended")


def test_channels_and_settings_change_as_a_whole_or_not_at_all(app: App, draft_config: Path) -> None:
    former = app.config.channels
    write(draft_config / "channels.yaml", "channels:\n  desk-mail: {kind: mail, to: [other@desk.example]}\n  hook: {kind: webhok}\n")
    settings = (draft_config / "settings.yaml").read_text()
    write(draft_config / "settings.yaml", settings + "alerts: {min_score: 2}\n")
    app.refresh()
    assert app.config.channels == former
    assert app.config.settings.alerts.min_score == 0.5
    assert len(app.config.problems) == 2
    write(draft_config / "channels.yaml", "channels:\n  desk-mail: {kind: mail, to: [other@desk.example]}\n")
    write(draft_config / "settings.yaml", settings + "alerts: {min_score: 0.8}\n")
    sender = app.sender
    app.refresh()
    assert app.config.problems == []
    assert app.config.channels["desk-mail"].recipients() == ("other@desk.example",)
    assert app.config.watchlists.questions["japan"].min_score == 0.8
    assert app.sender is not sender


def test_a_source_that_is_new_is_visible_to_those_who_hold_the_sources(app: App, draft_config: Path) -> None:
    held = app.sources
    assert dict(held) == {}
    source = "name: A\nkind: feed\nurls: [https://a.example/feed]\nevery: 1h\nlanguage: en\ncountry: FR\ntier: trade\n"
    write(draft_config / "sources" / "a.yaml", source)
    app.refresh()
    assert list(held) == ["a"]
    write(draft_config / "sources" / "a.yaml", "name: A\n")
    app.refresh()
    assert held["a"].name == "A"
    assert app.config.problems


def health(house: Any) -> list[str]:
    try:
        reasons: list[str] = httpx.get(f"http://127.0.0.1:{house.port}/health").json()["reasons"]
    except httpx.HTTPError:
        return []
    return reasons


def test_the_running_service_takes_over_a_change_and_says_what_is_wrong(house: Any) -> None:
    house.build(every="2s")
    lists = house.config / "watchlists"
    write(lists / "all.yaml", "name: All\nmatch: {agencies: [esa]}\ndeliver: [{channel: mail}]\n")
    service = house.run()
    service.wait_for(lambda: house.outlet.requests["/lupex"])
    write(lists / "all.yaml", "name: All\nmatch: {agencies: [nasa]}\ndeliver: [{channel: mail}]\n")
    write(lists / "broken.yaml", "name: [\n")
    service.process.send_signal(signal.SIGHUP)
    service.wait_for(lambda: any("mistakes in config/: 1" in reason for reason in health(house)))
    house.outlet.publish(
        "gateway",
        "NASA and CSA sign agreement on Gateway arm",
        "OTTAWA - NASA and the Canadian Space Agency (CSA) signed an agreement on Tuesday for the robotic arm of the lunar Gateway.",
    )
    service.wait_for(house.arrived)
    assert len(house.arrived()) == 1
    assert "watchlists: changed: all" in service.log.read_text()
    service.stop()


def test_the_sign_up_page_follows_settings(app: App, draft_config: Path) -> None:
    app.migrated()
    browser = TestClient(make_site(view(app)))
    assert browser.get("/subscribe").status_code == 404
    settings = (draft_config / "settings.yaml").read_text() if (draft_config / "settings.yaml").exists() else ""
    write(draft_config / "channels.yaml", "channels:\n  desk: {kind: mail, to: [desk@example.org]}\n")
    write(draft_config / "settings.yaml", f"{settings}\nsubscribers: {{channel: desk}}\n")
    assert app.refresh()
    assert browser.get("/subscribe").status_code == 200
    write(draft_config / "settings.yaml", settings)
    assert app.refresh()
    assert browser.get("/subscribe").status_code == 404


def test_what_needs_a_restart_is_said(app: App, draft_config: Path, caplog: pytest.LogCaptureFixture) -> None:
    write(draft_config / "settings.yaml", "base_url: https://moved.example\nevidence: {directory: /elsewhere, keep: 2d}\n")
    app.refresh()
    said = [record.getMessage() for record in caplog.records if "restart" in record.getMessage()]
    assert [line.split()[1] for line in said if "database" not in line] == ["base_url", "evidence.directory"], said
