"""channels.yaml: what loads, what does not, and that one mistake is one channel's."""

from __future__ import annotations

import pkgutil
from pathlib import Path
from typing import Any

import pytest

import alerts.channels
from alerts.channel import Channel
from alerts.routing import kinds, load_channels
from spacepact.errors import Problem, SendError
from spacepact.settings import Mail, Settings

ENV = {"SLACK_URL": "https://hooks.example/canary", "HOOK_SECRET": "whsec_" + "Y2FuYXJ5" * 4}
GOOD = """
channels:
  desk-mail: {kind: mail, to: [desk@example.org, chief@example.org]}
  team-slack: {kind: slack, url: "${SLACK_URL}"}
  partner:
    kind: webhook
    url: https://partner.example/hooks
    secret: ${HOOK_SECRET}
"""


def load(folder: Path, text: str, env: dict[str, str] | None = None, **mail: Any) -> tuple[dict[str, Channel[Any]], list[Problem]]:
    path = folder / "channels.yaml"
    path.write_text(text, "utf-8")
    return load_channels(path, Settings(mail=Mail(**mail)), ENV if env is None else env)


def test_all_kinds(tmp_path: Path) -> None:
    channels, problems = load(tmp_path, GOOD)
    assert problems == []
    assert {name: (c.kind, c.enabled, c.recipients()) for name, c in channels.items()} == {
        "desk-mail": ("mail", True, ("desk@example.org", "chief@example.org")),
        "team-slack": ("slack", True, ("team-slack",)),
        "partner": ("webhook", True, ("partner",)),
    }


def test_every_module_of_the_folder_is_a_kind() -> None:
    assert sorted(kinds()) == sorted(m.name for m in pkgutil.iter_modules(alerts.channels.__path__))


@pytest.mark.parametrize(
    ("entry", "place", "what", "hint"),
    [
        ("{kind: slak, url: x}", (2, 17), "'slak' is no kind of channel", "did you mean 'slack'?"),
        ("{url: x}", (2, 10), "its kind is missing", "kind: apprise | mail | slack | webhook"),
        ("mail", (2, 10), "its kind is missing", "kind: apprise | mail"),
        ('{kind: slack, url: "${NOT_SET}"}', (2, 29), "${NOT_SET} is not set", "export NOT_SET"),
        ("{kind: slack, url: 'https://a.example', uri: x}", (2, 50), "unknown key 'uri'", "did you mean 'url'?"),
        ("{kind: slack, url: canary}", (2, 29), "not an http or https address", ""),
        ("{kind: slack}", (2, 10), "write either url, or token and conversation", ""),
        ("{kind: webhook, url: 'https://a.example', secret: canary}", (2, 60), "not a webhook secret", ""),
        ("{kind: mail, to: [a@example.org, nobody]}", (2, 43), "'nobody' is not an e-mail address", ""),
        ("{kind: mail, enabled: maybe}", (2, 32), "enabled is 'maybe'", "write true or false"),
    ],
)
def test_a_mistake_is_named_with_its_place_and_the_others_work(
    tmp_path: Path, entry: str, place: tuple[int, int], what: str, hint: str
) -> None:
    channels, problems = load(tmp_path, f"channels:\n  wrong: {entry}\n  good: {{kind: mail}}\n")
    assert list(channels) == ["good"]
    assert len(problems) == 1
    assert what in problems[0].what
    assert hint in problems[0].hint
    assert "canary" not in str(problems[0])
    assert (problems[0].line, problems[0].column) == place


def test_a_name_that_could_not_stand_in_a_header(tmp_path: Path) -> None:
    channels, problems = load(tmp_path, 'channels:\n  "a b>": {kind: mail}\n  b: {kind: mail}\n')
    assert list(channels) == ["b"]
    assert (problems[0].line, problems[0].column, problems[0].what) == (2, 3, "'a b>' is not a name")


def test_what_is_switched_off_needs_no_secret(make: Any, tmp_path: Path) -> None:
    off = GOOD.replace("kind: slack,", "kind: slack, enabled: false,").replace("kind: mail,", "kind: mail, enabled: FALSE,")
    channels, problems = load(tmp_path, off, {"HOOK_SECRET": ENV["HOOK_SECRET"]})
    assert problems == []
    assert {name: c.enabled for name, c in channels.items()} == {"desk-mail": False, "team-slack": False, "partner": True}
    assert channels["desk-mail"].recipients() == ("desk@example.org", "chief@example.org")
    assert channels["team-slack"].recipients() == ("team-slack",)
    with pytest.raises(SendError, match="switched off") as caught:
        make.run(channels["team-slack"].send(make.message()))
    assert caught.value.permanent


def test_a_missing_secret_leaves_the_others_working(tmp_path: Path) -> None:
    channels, problems = load(tmp_path, GOOD, {})
    assert list(channels) == ["desk-mail"]
    assert [(p.line, p.what) for p in problems] == [(4, "${SLACK_URL} is not set"), (8, "${HOOK_SECRET} is not set")]


def test_a_sender_that_cannot_be_one(tmp_path: Path) -> None:
    channels, problems = load(tmp_path, GOOD, sender="the desk")
    assert list(channels) == ["team-slack", "partner"]
    assert problems[0].what == "desk-mail: mail.sender of settings.yaml is 'the desk'; write Name <name@example.org>"


@pytest.mark.parametrize("text", ["channels: [a]\n", "chanels: {}\n", "- a\n", "channels: {a: {kind: mail}\n", "a: &x b\n"])
def test_a_file_that_is_none(tmp_path: Path, text: str) -> None:
    channels, problems = load(tmp_path, text)
    assert channels == {}
    assert len(problems) == 1


@pytest.mark.parametrize("text", ["", "channels:\n", "channels: {}\n"])
def test_no_channels_at_all(tmp_path: Path, text: str) -> None:
    assert load(tmp_path, text) == ({}, [])


def test_no_file(tmp_path: Path) -> None:
    channels, problems = load_channels(tmp_path / "channels.yaml", Settings(), {})
    assert channels == {}
    assert "cannot be read" in problems[0].what
