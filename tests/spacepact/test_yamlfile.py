from __future__ import annotations

import time
from pathlib import Path
from typing import Literal

import pytest

from spacepact.duration import Duration
from spacepact.errors import ConfigError
from spacepact.noun import Noun
from spacepact.settings import load_settings
from spacepact.yamlfile import Document, read_document, read_yaml


class Leg(Noun):
    stage: Literal["talks", "signed"] = "talks"
    every: Duration | None = None


class Trip(Noun):
    name: str
    legs: tuple[Leg, ...] = ()
    by_place: dict[str, Leg] = {}


def mistakes(text: str, env: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(ConfigError) as error:
        Document("t.yaml", text, env).into(Trip)
    return [str(problem) for problem in error.value.problems]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("legs: []\n", "t.yaml:1:1: name is missing; add it"),
        ("name: x\nlegs:\n", "t.yaml:2:6: legs: nothing follows the colon; give a value or leave the key away"),
        ("name: x\nlegs: talks\n", "t.yaml:2:7: legs: a list is wanted"),
        ("name: x\nlegs:\n  - stage: sigend\n", "t.yaml:3:12: legs.0.stage: 'sigend' is not allowed; did you mean 'signed'?"),
        ("name: x\nlegs:\n  - stge: talks\n", "t.yaml:3:5: unknown key 'stge'; did you mean 'stage'?"),
        ("name: x\nby_place:\n  home:\n    satge: talks\n", "t.yaml:4:5: unknown key 'satge'; did you mean 'stage'?"),
        ("name: x\nname: y\n", "t.yaml:2:1: key 'name' stands twice; first on line 1"),
        ("name: &a x\n", "t.yaml:1:7: anchors and aliases are not allowed; write the value out"),
        ("name: !!python/object x\n", "t.yaml:1:7: the tag 'tag:yaml.org,2002:python/object' is not allowed; leave it away"),
        ("name: [x\n", "t.yaml:2:1: not YAML: did not find expected ',' or ']'"),
        ("? [a]\n: x\n", "t.yaml:1:3: a key must be plain text"),
        ("name: ${TOKEN}\n", "t.yaml:1:7: ${TOKEN} is not set; export TOKEN before the start"),
        ("- x\n", "t.yaml:1:1: a mapping of keys to values is wanted"),
    ],
)
def test_every_mistake_has_its_place_and_says_what_would_be_right(text: str, said: str) -> None:
    assert mistakes(text, {}) == [said]


def test_a_length_of_time_is_written_as_people_write_it() -> None:
    assert "write it like 30m, 2h or 1d" in mistakes("name: x\nlegs: [{every: soon}]\n")[0]
    trip = Document("t.yaml", "name: x\nlegs: [{every: 90s}]\n").into(Trip)
    assert trip.legs[0].every
    assert trip.legs[0].every.total_seconds() == 90


def test_all_mistakes_of_a_file_are_told_at_once() -> None:
    assert len(mistakes("nane: x\nlegs: [{stage: a}, {stage: b}]\n")) == 4


@pytest.mark.parametrize("word", ["NO", "on", "12:30", "1e3", "007", "~", "null", "2026-11-23", "0x10", "yes"])
def test_f6_every_scalar_stays_what_the_author_wrote(word: str) -> None:
    assert Document("t.yaml", f"name: {word}\n").into(Trip).name == word


def test_secrets_come_from_the_environment() -> None:
    assert Document("t.yaml", "name: a-${TOKEN}-b\n", {"TOKEN": "x"}).into(Trip).name == "a-x-b"
    assert Document("t.yaml", "name: ${TOKEN}\n").into(Trip).name == "${TOKEN}"


def test_f5_an_alias_bomb_is_refused_at_once() -> None:
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{c}: &{c} [{','.join(f'*{p}' for _ in range(9))}]\n" for p, c in zip("abcdefgh", "bcdefghi", strict=True)
    )
    started = time.process_time()
    assert "anchors and aliases" in mistakes(bomb)[0]
    assert time.process_time() - started < 1


def test_f5_too_deep_and_too_large_files_are_refused(tmp_path: Path) -> None:
    assert "nested too deeply" in mistakes("name: " + "[" * 5000 + "]" * 5000)[0]
    big = tmp_path / "big.yaml"
    big.write_text("name: " + "x" * 10_000_000)
    with pytest.raises(ConfigError, match="too large"):
        read_yaml(big, Trip)


@pytest.mark.parametrize(("content", "said"), [(b"name: \xff", "not UTF-8 (byte 6)"), (None, "cannot be read: No such file or directory")])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None, said: str) -> None:
    path = tmp_path / "x.yaml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigError) as error:
        read_document(path)
    assert str(error.value).startswith(f"{path}:1:1: {said}")


def test_an_empty_file_is_an_empty_mapping() -> None:
    assert Document("t.yaml", "# nothing\n").data == {}


@pytest.mark.parametrize("url", ["mysql://u:hidden@db/x", "spacepact.sqlite", "''"])
def test_a_database_that_nobody_knows_is_a_mistake_with_its_place_and_without_its_password(tmp_path: Path, url: str) -> None:
    (tmp_path / "settings.yaml").write_text(f"base_url: http://a.example\ndatabase: {url}\n")
    with pytest.raises(ConfigError) as error:
        load_settings(tmp_path, {})
    assert "settings.yaml:2:11: database: no database that is known; write sqlite:///" in str(error.value)
    assert "hidden" not in str(error.value)
