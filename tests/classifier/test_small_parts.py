from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from classifier.attributes import choose
from classifier.cues import lexicon
from classifier.dates import act_date
from classifier.digest import parts
from classifier.folding import fold
from classifier.gazetteer import Gazetteer
from classifier.matcher import Matcher
from classifier.mode import denied, mode
from classifier.model import Model, Table, default_model, sigmoid
from classifier.reading import Reading, read

FRIDAY = datetime(2024, 3, 15, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("signed on March 5, 2021 in Rome", "2021-03-05"),
        ("signed on 5 March 2021", "2021-03-05"),
        ("signed April 3rd", "2024-04-03"),
        ("2023年12月11日签署", "2023-12-11"),
        ("12月11日签署", "2024-12-11"),
        ("26日表示", "2024-03-26"),
        ("signed on Wednesday", "2024-03-13"),
        ("signed on Friday", "2024-03-15"),
        ("on February 30, 2024", None),
        ("signed recently", None),
    ],
)
def test_the_day_of_an_act(text: str, day: str | None) -> None:
    assert act_date(fold(text), FRIDAY) == day


def test_without_a_date_of_publication_nothing_is_completed() -> None:
    assert act_date("signed on wednesday, march 5", None) is None
    assert act_date("signed on march 5, 2021", None) == "2021-03-05"


DIGEST = (
    "Budget passed\nThe house passed a budget.\nFrance and NASA sign\nNASA and CNES signed an agreement on the Moon.\nRain\nIt will rain."
)


def test_a_digest_is_cut_into_its_items(reader: Callable[[str, str], Reading]) -> None:
    items = parts(reader("News briefs", DIGEST))
    assert [(i.titles, len(i.sentences)) for i in items] == [(1, 2), (1, 2), (1, 2)]
    assert [s.index for s in items[1].sentences] == [0, 1]
    start = items[1].sentences[1].start
    assert items[1].text[start:].startswith("NASA and CNES signed")


def test_an_article_stays_whole(reader: Callable[[str, str], Reading]) -> None:
    reading = reader("NASA and CNES sign accord", DIGEST)
    assert parts(reading) == [reading]


def test_a_title_is_a_sentence_of_its_own(reader: Callable[[str, str], Reading]) -> None:
    reading = reader("NASA and CNES sign a pact", "jsc2024 (May 4) is the portrait. it shows both.")
    assert [reading.text[s.start : s.end] for s in reading.title] == ["NASA and CNES sign a pact"]
    assert reading.text[reading.sentences[1].start :].startswith("jsc2024 (May 4)")


def test_words_that_leave_no_doubt_decide() -> None:
    model = default_model()
    assert choose(model, "stage", {"bias": 1.0, "suspend": 1.0}) == "suspended"
    assert choose(model, "stage", {"bias": 1.0, "withdraw": 1.0}) == "ended"
    assert choose(model, "instrument", {"bias": 1.0, "mou": 1.0, "sign": 1.0}) == "mou"


def test_a_phrase_speaks_for_its_value_more_in_the_sentence_than_in_the_title() -> None:
    even = Model({}, {}, {}, {"stage": {"signed": {"bias": 0.0}, "proposed": {"bias": 0.1}, "talks": {"bias": 0.2}}})
    assert choose(even, "stage", {"bias": 1.0}) == "talks"
    assert choose(even, "stage", {"bias": 1.0, "stage=signed": 1.0}) == "signed"
    assert choose(even, "stage", {"bias": 1.0, "title:stage=signed": 1.0}) == "signed"
    assert choose(even, "stage", {"bias": 1.0, "stage=proposed": 1.0, "title:stage=signed": 1.0}) == "proposed"


def test_further_sentences_count_less_than_the_one_that_proves() -> None:
    even = Model({}, {}, {}, {"stage": {"signed": {"bias": 0.0}, "proposed": {"bias": 0.1}, "talks": {"bias": 0.2}}})
    nothing, signed, proposed = {"bias": 1.0}, {"bias": 1.0, "stage=signed": 1.0}, {"bias": 1.0, "stage=proposed": 1.0}
    assert choose(even, "stage", nothing, [signed]) == "signed"
    assert choose(even, "stage", proposed, [signed]) == "proposed"


def test_an_instrument_is_never_guessed_without_its_word() -> None:
    assert choose(default_model(), "instrument", {"bias": 1.0}) == "none"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("NASA and CNES signed an agreement.", "asserted"),
        ("NASA and CNES will not cooperate.", "negated"),
        ("NASA and CNES may cooperate.", "hypothetical"),
        ("NASA and CNES will cooperate.", "future"),
        ("Decades ago NASA and CNES cooperated.", "historical"),
    ],
)
def test_modes_are_told_apart(reader: Callable[[str, str], Reading], text: str, expected: str) -> None:
    reading = reader("", text)
    assert mode(reading.folded, reading.sentences[0], "talks") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("In 2019, NASA and CNES signed an agreement.", "historical"),
        ("- On March 3, 2019 NASA and CNES signed an agreement.", "historical"),
        ("2019年，双方签署协议。", "historical"),
        ("In 2024, NASA and CNES signed an agreement.", "asserted"),
        ("In May NASA and CNES extended the agreement of 2019.", "asserted"),
    ],
)
def test_a_sentence_that_opens_with_a_year_long_gone_tells_history(reader: Callable[[str, str], Reading], text: str, expected: str) -> None:
    reading = reader("", text)
    assert mode(reading.folded, reading.sentences[0], "signed", datetime(2025, 6, 1, tzinfo=UTC)) == expected


@pytest.mark.parametrize(
    "text", ["Nothing was ready, but NASA and CNES signed an agreement.", "NASA and CNES have not spoken of money. They signed."]
)
def test_a_negation_elsewhere_denies_nothing(reader: Callable[[str, str], Reading], text: str) -> None:
    reading = reader("", text)
    assert not any(denied(reading.folded, s) for s in reading.sentences)


def test_linear_models() -> None:
    model = Model({"bias": -1.0, "a": 3.0}, {}, {"none": {"bias": 1.0}, "domestic": {"a": 5.0}}, {})
    assert model.sentence_score(["a", "unknown"]) == pytest.approx(sigmoid(2.0))
    scores = model.scope_scores({"bias": 1.0, "a": 1.0})
    assert sum(scores.values()) == pytest.approx(1)
    assert scores["domestic"] > scores["none"]
    assert sigmoid(-1e9) == 0
    assert Table({"x": {"f": 1.0}}).softmax({"f": 1e6}) == {"x": 1.0}


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("Satellite images show troops at the border.", "space"),
        ("I extend my thanks to all.", "extend"),
        ("卫星出口三国，其中法国最多。", "nations"),
        ("The Asia-Pacific Space Cooperation Organization said no.", "cooperate"),
    ],
)
def test_words_inside_names_and_idle_phrases_say_nothing(gazetteer: Gazetteer, text: str, gone: str) -> None:
    (sentence,) = read("", text, Matcher(gazetteer), lexicon()).sentences
    assert gone not in sentence.cues


def test_a_french_agreement_is_not_read_into_an_english_hall() -> None:
    assert "agreement" not in {name for _, _, name in lexicon().cues(fold("The convention center is open"))}
