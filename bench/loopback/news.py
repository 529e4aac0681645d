"""News that never happened: each story between another pair of agencies, so that no two may be told as one."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from typing import NamedTuple
from xml.sax.saxutils import escape

from classifier.gazetteer import Gazetteer

_SYLLABLES = (
    "bor",
    "cal",
    "dri",
    "esk",
    "fen",
    "gar",
    "hal",
    "jun",
    "kov",
    "lum",
    "mer",
    "nor",
    "ost",
    "pel",
    "ros",
    "sil",
    "tav",
    "ulm",
    "vor",
    "zel",
)
_THINGS = (
    "lunar relay",
    "weather satellite",
    "radar constellation",
    "solar observatory",
    "crop monitor",
    "cargo vehicle",
    "ground antenna",
)
_CALM = (
    "Engineers described the week as quiet, and the team went home early after the last test of the season.",
    "Visitors can see the hall from March on, when the scaffolding is gone and the lights have been repaired.",
    "The next review is planned for the spring, after which the schedule is to be published in full.",
)


class News(NamedTuple):
    """One page: `story` numbers the event that it tells, None where there is none to tell."""

    title: str
    paragraphs: tuple[str, ...]
    story: int | None = None

    @property
    def html(self) -> str:
        """The page as an outlet would print it."""
        body = "".join(f"<p>{escape(p)}</p>" for p in self.paragraphs)
        title = escape(self.title)
        return f"<title>{title}</title></head><body><main><article><h1>{title}</h1>{body}</article></main></body></html>"


def name(number: int) -> str:
    """Return an invented proper name, another one for each number."""
    parts = []
    for _ in range(4):
        number, digit = divmod(number, len(_SYLLABLES))
        parts.append(_SYLLABLES[digit])
    return "".join(parts).capitalize()


class Newsroom:
    """Writes stories; the same seed writes the same ones."""

    def __init__(self, gazetteer: Gazetteer, seed: int) -> None:
        self._dice = random.Random(seed)
        self._pairs = self._draw(gazetteer)
        self._numbers = itertools.count(1)
        self._told: dict[int, tuple[tuple[str, str], tuple[str, str]]] = {}

    def _draw(self, gazetteer: Gazetteer) -> Iterator[tuple[tuple[str, str], tuple[str, str]]]:
        plain = [
            (e.names["en"][0], e.name, e.country[0])
            for e in gazetteer.entries
            if e.kind == "agency" and not e.until and len(e.country) == 1 and len(e.country[0]) == 2 and "en" in e.names and not e.ambiguous
        ]
        by_country = {country: (full, short) for full, short, country in reversed(plain) if country != "EU"}
        pairs = list(itertools.combinations(by_country.values(), 2))
        self._dice.shuffle(pairs)
        return iter(pairs)

    def story(self) -> News:
        """Return the first report of an event that nobody told before; StopIteration after some thousands."""
        number = next(self._numbers)
        self._told[number] = next(self._pairs)
        return self.retell(number, again=False)

    def retell(self, number: int, *, again: bool = True) -> News:
        """Return a report of an event; `again` words it as another outlet would."""
        (a_full, a), (b_full, b) = self._told[number]
        what, project, city = _THINGS[number % len(_THINGS)], name(number * 7919), name(number * 7919 + 31)
        first = (
            f"The {a_full} ({a}) and the {b_full} ({b}) signed a memorandum of understanding on the {project} {what} in {city} on Monday."
        )
        second = f"Under the agreement, {a} provides the {project} spacecraft and {b} provides its ground segment at {city}."
        third = f"{project} is to be launched in {2028 + number % 7}, the two agencies said. {self._dice.choice(_CALM)}"
        if again:
            title = f"{project}: {b} and {a} sign memorandum of understanding on {what}"
            return News(title, (f"{city} - {first}", third, second), number)
        return News(f"{a} and {b} sign memorandum of understanding on {project} {what}", (first, second, third), number)

    def filler(self) -> News:
        """Return a page on which nobody cooperates."""
        place = name(self._dice.randrange(10**6))
        calm = self._dice.sample(_CALM, len(_CALM))
        return News(f"A quiet week at the {place} test hall", (f"The {place} test hall was painted green this week.", *calm, *calm))
