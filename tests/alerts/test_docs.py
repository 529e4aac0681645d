"""The examples in the docs work, and the docs name all there is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from alerts.routing import kinds, load_channels
from alerts.watchlist import Condition, Known, load_watchlists
from spacepact.article import Tier
from spacepact.cli.subscribers import subscribers
from spacepact.cooperation import Activity, Instrument, Mode, Scope, Stage
from spacepact.settings import Settings, load_settings

DOCS = Path(__file__).parents[2] / "docs"


def example(name: str) -> str:
    found = re.search(r"```yaml\n(.*?)```", (DOCS / name).read_text("utf-8"), re.DOTALL)
    assert found
    return found[1]


def test_the_example_watchlist_loads(tmp_path: Path) -> None:
    (tmp_path / "japan.yaml").write_text(example("watchlists.md"), "utf-8")
    lists, problems = load_watchlists(tmp_path, known=Known(agencies=frozenset({"jaxa"})), channels=["desk-mail", "team-slack"])
    assert problems == []
    assert lists["japan"].name == "Japan's partners"


def test_the_example_channels_load(tmp_path: Path) -> None:
    (tmp_path / "channels.yaml").write_text(example("channels.md"), "utf-8")
    env = {
        "SLACK_URL": "https://hooks.example/x",
        "MATTERMOST_URL": "mmost://chat.example/3ccdd113474722377935511fc85d3dd4",
        "HOOK_SECRET": "whsec_" + "YWJj" * 8,
    }
    channels, problems = load_channels(tmp_path / "channels.yaml", Settings(), env)
    assert problems == []
    assert sorted(c.kind for c in channels.values()) == sorted(kinds())


def test_the_example_settings_load(tmp_path: Path) -> None:
    (tmp_path / "settings.yaml").write_text(example("subscribers.md"), "utf-8")
    settings = load_settings(tmp_path, {"LINK_SECRET": "x" * 32})
    assert settings.subscribers.channel == "desk-mail"
    hosts = re.findall(r"```yaml\n(outbound:.*?)```", (DOCS / "channels.md").read_text("utf-8"), re.DOTALL)
    (tmp_path / "settings.yaml").write_text(hosts[0], "utf-8")
    assert load_settings(tmp_path, {}).outbound.private_hosts == ("mattermost.lan", "10.0.0.7")


def test_every_command_of_subscribers_is_documented() -> None:
    text = (DOCS / "subscribers.md").read_text("utf-8")
    assert [name for name in subscribers.commands if f"spacepact subscribers {name}" not in text] == []


@pytest.mark.parametrize(
    "word", [*Condition.model_fields, *(w for t in (Activity, Instrument, Stage, Mode, Scope, Tier) for w in get_args(t))]
)
def test_every_field_and_value_is_documented(word: str) -> None:
    assert f"`{word}`" in (DOCS / "watchlists.md").read_text("utf-8")


def test_every_kind_and_option_is_documented() -> None:
    text = (DOCS / "channels.md").read_text("utf-8")
    missing = [f"{name}.{option}" for name, kind in kinds().items() for option in kind.Options.model_fields if f"`{option}`" not in text]
    assert missing == []
    assert all(f"## {name}\n" in text for name in kinds())
