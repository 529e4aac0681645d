"""Phrases that say how far, by which instrument and in what field two sides work together (sayings/<language>.yaml)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

from classifier.cues import Lexicon
from classifier.reading import Reading
from spacepact.cooperation import Activity, Instrument, Stage
from spacepact.noun import Noun
from spacepact.yamlfile import read_yaml

_FOLDER = Path(__file__).with_name("sayings")


class _File(Noun):
    stage: dict[Stage, tuple[str, ...]]
    instrument: dict[Instrument, tuple[str, ...]]
    activity: dict[Activity, tuple[str, ...]]
    document: dict[Literal["joint-statement", "fact-sheet", "readout", "remarks"], tuple[str, ...]]


class Saying(NamedTuple):
    """A phrase at an offset that speaks for a value of a field: "called for" says `stage=proposed`."""

    start: int
    end: int
    name: str
    field: str

    @property
    def value(self) -> str:
        return self.name.removeprefix(f"{self.field}=")


class Sayings:
    """All sayings of all languages. Immutable, so threads may share it."""

    def __init__(self, phrases: dict[tuple[str, str], set[str]]) -> None:
        self._lexicon = Lexicon({f"{field}={value}": words for (field, value), words in phrases.items()})
        self._fields = {f"{field}={value}": field for field, value in phrases}

    def find(self, folded: str, start: int, end: int) -> list[Saying]:
        """Return the sayings of a span in order; of those of a field that overlap, the first and longest."""
        reached: dict[str, int] = {}
        out: list[Saying] = []
        for a, b, name in sorted(self._lexicon.cues(folded, start, end), key=lambda cue: (cue[0], -cue[1])):
            field = self._fields[name]
            if a >= reached.get(field, 0):
                reached[field] = b
                out.append(Saying(a, b, name, field))
        return out


class Said(dict[int, list[Saying]]):
    """What the phrases of a sentence say, by its index; each sentence is searched when it is first asked for."""

    def __init__(self, reading: Reading) -> None:
        super().__init__()
        self._reading = reading

    def __missing__(self, index: int) -> list[Saying]:
        sentence = self._reading.sentences[index]
        found = self[index] = sayings().find(self._reading.folded, sentence.start, sentence.end)
        return found


@cache
def sayings() -> Sayings:
    """Return the sayings of the package."""
    phrases: dict[tuple[str, str], set[str]] = {}
    for path in sorted(_FOLDER.glob("*.yaml")):
        for field, value, words in _rows(read_yaml(path, _File)):
            phrases.setdefault((field, value), set()).update(words)
    return Sayings(phrases)


def _rows(file: _File) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    fields: dict[str, Mapping[Any, tuple[str, ...]]] = {
        "stage": file.stage,
        "instrument": file.instrument,
        "activity": file.activity,
        "document": file.document,
    }
    return ((field, value, words) for field, values in fields.items() for value, words in values.items())
