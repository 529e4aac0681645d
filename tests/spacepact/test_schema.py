"""The schemas for editors: in step with the models, lenient enough for every shipped file, strict enough for mistakes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from click.testing import CliRunner

from classifier.gazetteer import load_gazetteer
from spacepact.cli import main
from spacepact.loading import known_names
from spacepact.schemas import SCHEMAS, schema
from spacepact.settings import default_config_dir

ROOT = Path(__file__).parents[2]
CONFIG = default_config_dir()
SHIPPED = [
    *(("watchlist", path) for path in sorted((CONFIG / "watchlists").glob("*.yaml"))),
    *(("source", path) for path in sorted((CONFIG / "sources").glob("*.yaml"))),
    ("channels", CONFIG / "channels.yaml"),
    ("settings", CONFIG / "settings.yaml"),
]


@pytest.mark.parametrize("kind", SCHEMAS)
def test_the_schema_in_docs_is_what_the_command_prints(kind: str) -> None:
    ended = CliRunner().invoke(main, ["schema", kind])
    assert ended.exit_code == 0
    kept = ROOT / "docs" / "schema" / f"{kind}.json"
    assert kept.read_text("utf-8") == ended.stdout, f"run: spacepact schema {kind} > docs/schema/{kind}.json"
    jsonschema.Draft202012Validator.check_schema(json.loads(ended.stdout))


class Core(yaml.SafeLoader):
    """YAML 1.2 as editors read it: `no` is a word."""


Core.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in rules if tag != "tag:yaml.org,2002:bool" or first in "tTfF"]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def validators(ids: bool = False) -> dict[str, jsonschema.Draft202012Validator]:  # noqa: FBT001, FBT002
    known = known_names(load_gazetteer(CONFIG / "gazetteer")[0]) if ids else None
    return {kind: jsonschema.Draft202012Validator(schema(kind, known)) for kind in SCHEMAS}


def test_every_shipped_file_is_right_for_an_editor() -> None:
    checks = validators(ids=True)
    wrong = [
        f"{path.name}: {e.json_path} {e.message}"
        for kind, path in SHIPPED
        for e in checks[kind].iter_errors(yaml.load(path.read_text("utf-8"), Core))
    ]
    assert wrong == []


def test_a_framework_that_states_join_is_asked_for_like_a_mission() -> None:
    known = known_names(load_gazetteer(CONFIG / "gazetteer")[0])
    assert {"artemis-accords", "gateway"} <= set(known.missions)
    assert "artemis-accords" in known.agencies, "lists of before still hold"


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("watchlist", {"name": "x", "match": {"agency": ["nasa"]}}),
        ("watchlist", {"name": "x", "match": {"stage": "signd"}}),
        ("watchlist", {"name": "x", "match": {"any": [{"tier": ["offical"]}]}}),
        ("watchlist", {"name": "x", "match": {"min_score": 2}}),
        ("watchlist", {"name": "x", "match": {"agencies": ["nasaa"]}}),
        ("watchlist", {"match": {}}),
        ("watchlist", {"name": "x", "deliver": [{"channel": "a", "group_wait": "ten"}]}),
        ("channels", {"channels": {"a": {"kind": "mial"}}}),
        ("channels", {"channels": {"a": {"kind": "webhook"}}}),
        ("channels", {"channels": {"a": {"kind": "mail", "url": "x"}}}),
        ("settings", {"alert": {}}),
        ("source", {"name": "x"}),
    ],
)
def test_a_mistake_is_underlined(kind: str, data: Any) -> None:
    assert list(validators(ids=True)[kind].iter_errors(data))


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("watchlist", {"name": "x", "match": {"stage": "signed", "agencies": None, "countries": ["NO"]}}),
        (
            "watchlist",
            {
                "name": "x",
                "timing": {"group_wait": "10m", "quiet_hours": "22:00-06:00", "limit": "3/hour"},
                "deliver": [{"channel": "a", "to": "a@b.example"}],
            },
        ),
        ("channels", {"channels": {"a": {"kind": "slack", "enabled": False}}}),
    ],
)
def test_what_the_models_accept_is_not_underlined(kind: str, data: Any) -> None:
    assert [e.message for e in validators(ids=True)[kind].iter_errors(data)] == []
