"""What a headline says was done: launched, docked, signed, reported (acts.yaml). Pure."""

from __future__ import annotations

import re
from functools import cache
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

from spacepact.noun import Noun
from spacepact.yamlfile import read_yaml

LEDE = 350
"""How many characters of a text may say what a headline leaves open."""

_FILE = Path(__file__).with_name("acts.yaml")


class _Act(Noun):
    id: str
    phase: bool = False
    words: tuple[str, ...]
    signs: tuple[str, ...] = ()


class _File(Noun):
    acts: tuple[_Act, ...]
    aside: str
    ahead: str
    caption: tuple[str, ...]
    genre: tuple[str, ...]


class Deed(NamedTuple):
    """`act` speaks for an item (None: nothing known); `headed`: the headline says so; `titled`, `all`: every act named there."""

    act: str | None
    headed: bool
    titled: frozenset[str]
    all: frozenset[str]


class Acts:
    """The acts of acts.yaml, compiled; immutable."""

    def __init__(self, file: _File) -> None:
        self.phases = frozenset(a.id for a in file.acts if a.phase)
        self._acts = [
            (a.id, re.compile(rf"\b(?:{'|'.join(a.words)})\b" + "".join(f"|{s}" for s in a.signs), re.IGNORECASE)) for a in file.acts
        ]
        self._aside = re.compile(rf"\b{file.aside}", re.IGNORECASE)
        self._ahead = re.compile(file.ahead, re.IGNORECASE)
        self._caption = re.compile("|".join(file.caption), re.IGNORECASE)
        self._genre = re.compile("|".join(file.genre), re.IGNORECASE)

    def read(self, title: str, text: str) -> Deed:
        """Return what an item reports, from its headline, else from its first lines."""
        lede = text[:LEDE]
        titled, told = self._found(title), self._found(lede, in_order=True)
        every = frozenset(titled) | frozenset(told)
        if titled:
            plain = self._found(self._aside.sub("", title)) or titled
            return Deed(self._speaking(title, plain), True, frozenset(titled), every)
        if self._caption.search(lede):
            return Deed("image", False, frozenset(), every)
        plain = self._found(self._aside.sub("", lede), in_order=True) if told else []
        return Deed(self._speaking(lede, plain), False, frozenset(), every)

    def is_genre(self, title: str) -> bool:
        """Say whether a title announces a profile, an opinion, a round-up: no report of an event."""
        return self._genre.search(title) is not None

    def _speaking(self, text: str, found: list[str]) -> str | None:
        """Return the first act; of the steps that a text announces, the first to come: later steps of a flight stand first in the file."""
        steps = [act for act in reversed(found) if act in self.phases] if self._ahead.search(text) else []
        return next(iter([*steps, *found]), None)

    def _found(self, text: str, *, in_order: bool = False) -> list[str]:
        """Return the acts that a text names, as the file has them or in the order of the text."""
        found = [(match.start() if in_order else 0, name) for name, pattern in self._acts if (match := pattern.search(text))]
        return [name for _, name in sorted(found, key=itemgetter(0))]


@cache
def default_acts() -> Acts:
    """Return the acts of the package."""
    return Acts(read_yaml(_FILE, _File))
