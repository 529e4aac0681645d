"""What README.md and docs/ name exists: links, commands with their options, make's targets, programs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from spacepact.cli import main

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").glob("*.md")])
CODE = re.compile(r"`([^`\n]+)`|^(?: {4}|\.venv/bin/|make )(.*)$", re.MULTILINE)
ENDS = re.compile(r"\s{2,}|\s#|[|<>;,]|\s\.\.\.|…")
"""What follows a command on its line: an explanation, a pipe, the next command."""


def named(page: Path) -> Iterator[str]:
    """Yield every piece of code of a page, a line each."""
    for match in CODE.finditer(page.read_text("utf-8")):
        yield match[0].strip("`").strip().removeprefix(".venv/bin/")


def wrong(words: list[str]) -> str:
    """Say what is wrong with a command of ours, "" where nothing is."""
    command: click.Command = main
    for word in words:
        if word.startswith("-"):
            known = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)} | {"-h", "--help"}
            option = word.partition("=")[0]
            if option not in known:
                return f"{command.name} has no option {option}"
        elif isinstance(command, click.Group) and word in command.commands:
            command = command.commands[word]
        elif isinstance(command, click.Group) and "show" in command.commands:
            command = command.commands["show"]
        elif isinstance(command, click.Group) and re.fullmatch("[a-z-]+", word):
            return f"{command.name} has no command {word}"
    return ""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text("utf-8")
    links = re.findall(r"\]\(([^)\s]+)\)|(?:src|href)=\"([^\"]+)\"", text)
    targets = [(a or b).partition("#")[0] for a, b in links if not re.match("[a-z]+:", a or b)]
    assert [target for target in targets if target and not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_exist_with_their_options(page: Path) -> None:
    commands = [ENDS.split(code)[0] for code in named(page) if code.startswith("spacepact ")]
    assert {command: why for command in commands if (why := wrong(command.split()[1:]))} == {}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_make_is_told_to_make_it_can(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    told = {found[1] for code in named(page) if (found := re.match(r"make ([a-z-]+)(?:$| ARGS|\s+#|\s{2,})", code))}
    assert told <= targets


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_and_options_of_programs_exist(page: Path) -> None:
    files = re.compile(r"(?:python )?((?:bench|tests|config|docs|spacepact|crawler|classifier|storage|alerts)/[\w./-]+)(.*)")
    for code in named(page):
        if not (found := files.fullmatch(ENDS.split(code)[0].replace("-m tests.crash", "tests/crash.py"))):
            continue
        path = ROOT / found[1]
        assert path.exists() or found[1].startswith("config/expected"), code  # an operator makes that folder when it is wanted
        if path.suffix == ".py":
            said = path.read_text("utf-8")
            assert [option for option in re.findall(r"--[a-z-]+", found[2]) if f'"{option}"' not in said] == [], code


def test_a_wrong_command_would_be_found() -> None:
    assert wrong(["sources", "--bad"]) == ""
    assert wrong(["--config", "DIR", "run"]) == ""
    assert wrong(["story", "merge", "ID", "OTHER"]) == ""
    assert wrong(["sources", "--worse"]) == "sources has no option --worse"
    assert wrong(["source", "marry"]) == "source has no command marry"
