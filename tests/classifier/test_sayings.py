"""Phrases that say stage, instrument and activity: the longest counts, each says one thing, and nine languages have them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from classifier import sayings as module
from classifier.attributes import attribute_features, proof_features, rivals
from classifier.cues import lexicon
from classifier.features import views
from classifier.folding import fold
from classifier.gazetteer import Gazetteer
from classifier.parties import Actors
from classifier.reading import Reading
from classifier.sayings import Said, sayings
from spacepact.cooperation import Stage

FILES = sorted(Path(module.__file__).with_name("sayings").glob("*.yaml"))
SAID: dict[str, dict[str, dict[str, list[str]]]] = {path.stem: yaml.safe_load(path.read_text("utf-8")) for path in FILES}


def said(text: str, field: str) -> list[str]:
    folded = fold(text)
    return [s.value for s in sayings().find(folded, 0, len(folded)) if s.field == field]


@pytest.mark.parametrize(
    ("text", "stages"),
    [
        ("They signed the accord.", ["signed"]),
        ("They will sign the accord in May.", ["proposed"]),
        ("The communiqué to be signed today binds both.", ["signed"]),
        ("He is threatening to pull out of the station.", ["proposed"]),
        ("I thank you for joining the accords.", ["signed"]),
        ("We extend our congratulations to both crews.", []),
        ("嫦娥六号搭载的法国载荷", ["operating"]),
        ("Japan’s intention to extend its support was welcomed.", ["extended"]),
        ("They agreed to strengthen cooperation.", ["talks"]),
        ("They agreed to fly a telescope.", ["signed"]),
        ("NASA is developing a framework with ISRO.", ["talks"]),
        ("NASA is developing a lander with ISRO.", ["in-development"]),
        ("The reported signature in a spectrum, a power plant and an opera", []),
        ("He concluded that it was inappropriate to go on.", ["ended"]),
        ("They concluded an agreement.", ["signed"]),
        ("They joined hands to halt a pandemic.", []),
        ("Сторона приостановила работу", ["suspended"]),
        ("双方签署谅解备忘录", ["signed"]),
    ],
)
def test_the_longest_phrase_says_the_stage(text: str, stages: list[str]) -> None:
    assert said(text, "stage") == stages


def test_fields_are_read_side_by_side() -> None:
    text = "NASA and ESA signed a memorandum of understanding on a joint mission."
    assert (said(text, "stage"), said(text, "instrument"), said(text, "activity")) == (["signed"], ["mou"], ["joint-mission"])


def test_only_the_span_asked_for_is_read() -> None:
    folded = fold("They signed. They met with ESA.")
    assert [(s.value, folded[s.start : s.end]) for s in sayings().find(folded, 13, len(folded)) if s.field == "stage"] == [
        ("talks", "met with")
    ]


def test_no_phrase_says_two_values_of_a_field() -> None:
    meant: dict[tuple[str, str], set[str]] = defaultdict(set)
    for fields in SAID.values():
        for field, values in fields.items():
            for value, words in values.items():
                for word in words:
                    meant[field, fold(word)].add(value)
    assert {key: values for key, values in meant.items() if len(values) > 1} == {}


@pytest.mark.parametrize("language", SAID)
def test_every_language_says_every_stage(language: str) -> None:
    fields: dict[str, Any] = SAID[language]
    assert set(fields["stage"]) == set(get_args(Stage))
    assert all(len(words) >= 2 for words in fields["stage"].values())


def test_nine_languages_have_sayings() -> None:
    assert set(SAID) == {"de", "en", "es", "fr", "it", "ja", "pt", "ru", "zh"}


DECEIVING = (
    "All in all the report praises a resilient plant. As star formation falls, non-profit Lance will prepare fabric arrangements "
    "for the new experiences of all."
)
"""English words that are spelled like words for space, delays, ends and denials in other languages."""


def test_words_of_other_languages_are_not_read_into_english() -> None:
    folded = fold(DECEIVING)
    assert {name for _, _, name in lexicon().cues(folded)} == {"will"}
    assert [(s.field, s.value) for s in sayings().find(folded, 0, len(folded))] == []


def test_what_the_lede_says_is_known_to_the_sentence_that_proves(small: Gazetteer, reader: Callable[[str, str], Reading]) -> None:
    text = "NASA and JAXA signed an implementing arrangement on Monday. They met in Rome. JAXA will deliver a rover that NASA will launch."
    reading = reader("A rover for two", text)
    seen, said = views(reading, Actors(small)).seen, Said(reading)
    last = attribute_features(len(seen) - 1, seen, reading, said)
    assert {"lede:stage=signed", "lede:instrument=implementing-arrangement", "last:stage=in-development"} <= last.keys()
    assert "lede:stage=signed" not in attribute_features(1, seen, reading, said)


def test_a_sentence_to_quote_is_told_by_its_length_and_by_how_many_others_there_are(
    small: Gazetteer, reader: Callable[[str, str], Reading]
) -> None:
    def features(text: str) -> frozenset[str]:
        seen = views(reader("Space", text), Actors(small)).seen
        return proof_features(seen[1], [], rivals(seen))

    alone = features("NASA and JAXA agree.")
    among = features("NASA and JAXA agree that the satellite of the one shall fly on the rocket of the other. " + "A satellite flies. " * 9)
    assert alone - among >= {"length:0", "rivals:0"}
    assert among - alone >= {"length:1", "rivals:3"}
