"""Any text gets an answer: verbatim evidence, within a bound, in time linear in its length."""

from __future__ import annotations

import re
import statistics
import time
import timeit

import pytest

from classifier import Classifier
from classifier.explain import explain_document

SIGNED = "NASA and JAXA signed an agreement on a lunar rover in Tokyo on Monday. "
MIXED = (
    SIGNED + "Cloud Security Alliance (CSA) met the ISA. Соглашение с Роскосмосом. 国家航天局与埃及航天局签署协议。 وقعت ناسا اتفاقية.\n"
)
SECONDS = 30.0
"""A generous bound for the longest text on a slow, shared machine; it takes about a tenth."""
TEXTS = {
    "empty": "",
    "spaces": " \t \u3000\xa0 " * 1000,
    "3 MB": SIGNED * (3_000_000 // len(SIGNED)),
    "1 MB line without blanks": "x" * 1_000_000,
    "400,000 characters of Chinese without blanks": "国家航天局与埃及航天局签署月球科研合作协议" * 19_000,
    "emoji": "🚀👩‍🚀🇫🇷 NASA and ESA signed 🤝 an agreement on a satellite. " * 2000,
    "lone surrogates": "\ud83d NASA \udc00 and ESA signed \ud800 an agreement on a lunar rover. " * 100,
    "mixed scripts": MIXED * 300,
    "right to left": "وقعت وكالة الإمارات للفضاء اتفاقية تعاون مع ناسا. סוכנות החלל הישראלית חתמה על הסכם עם נאס״א. " * 1000,
    "bidirectional controls": "\u202eNASA\u202c and \u2067ESA\u2069 signed an agreement on a satellite. " * 100,
    "100,000 newlines": "\n" * 100_000 + SIGNED,
    "20,000 mentions": "NASA " * 20_000,
    "20,000 doubtful mentions": "ISA " * 20_000,
    "20,000 names in other names": "Edwin Hubble, Artemis Fowl " * 10_000,
    "names without blanks before": "x" * 100_000 + " Hubble" + "Edwin-" * 20_000 + " Hubble",
    "brackets": "(" * 200_000 + ")" * 200_000,
    "abbreviations": "U.S. " * 30_000,
    "addresses": "a@b.c http://x.example/y www.z.example " * 20_000,
    "an address without end": "x" * 500_000 + "@",
    "picture credits": "Image credit: " * 50_000,
    "definitions": "Cloud Security Alliance (CSA) " * 20_000,
    "combining marks": "a" + "\u0301" * 200_000 + " NASA",
    "control characters": "\0\x07\x1b[31m" * 10_000 + SIGNED,
    "ends of sentences": "?! .” 。" * 60_000,
    "a digest": "NASA signs with ESA\nNASA and ESA signed a pact on lunar rovers on Monday.\n" * 1000,
}


def whole(title: str, text: str) -> str:
    """What offsets count in: lone surrogates, which no text file can hold, stand as U+FFFD."""
    return re.sub("[\ud800-\udfff]", "\ufffd", f"{title}\n{text}")


@pytest.mark.parametrize("name", TEXTS)
def test_any_text_is_answered_with_verbatim_evidence(name: str, classifier: Classifier) -> None:
    _answered(classifier, "News roundup" if name == "a digest" else "Title", TEXTS[name])


@pytest.mark.parametrize("name", [n for n, text in TEXTS.items() if len(text) < 150_000])
def test_any_title_is_answered_with_verbatim_evidence(name: str, classifier: Classifier) -> None:
    _answered(classifier, TEXTS[name], "")


def _answered(classifier: Classifier, title: str, text: str) -> None:
    started = time.process_time()
    said = classifier.classify(title, text)
    assert time.process_time() - started < SECONDS
    assert 0 <= said.score <= 1
    assert said.model_dump_json()
    for evidence in (e for c in said.cooperations for e in c.evidence):
        assert evidence.text == whole(title, text)[evidence.start : evidence.end]
        assert evidence.text.strip()


@pytest.mark.parametrize("name", ["empty", "spaces", "lone surrogates", "mixed scripts", "control characters", "a digest"])
def test_any_answer_is_explained(name: str, classifier: Classifier) -> None:
    text = TEXTS[name][:20_000]
    explanation = explain_document(classifier, "News roundup", text)
    assert explanation.classification == classifier.classify("News roundup", text)
    assert explanation.text == whole("News roundup", text)
    assert explanation.model_dump_json()


def test_the_same_text_gets_the_same_answer(classifier: Classifier) -> None:
    assert classifier.classify("Title", MIXED * 20) == classifier.classify("Title", MIXED * 20)


def test_what_is_found_does_not_depend_on_what_stands_far_away(classifier: Classifier) -> None:
    far = "\n" + "The garden was green and nobody spoke. " * 2000
    alone, among = classifier.classify("Title", SIGNED), classifier.classify("Title", SIGNED + far + "CNES was there.")
    assert {a.id for a in among.agencies} == {a.id for a in alone.agencies} | {"cnes"}


@pytest.mark.parametrize(
    ("unit", "times"),
    [
        (MIXED, 30),
        (MIXED, 250),
        ("NASA ", 1500),
        ("ISA ", 1200),
        ("U.S. ", 1500),
        ("(CSA) ", 1200),
        ("Edwin Hubble, Artemis Fowl ", 1500),
        ("Да, и 国家航天局. ", 800),
        ("x", 250_000),
    ],
    ids=[
        "within the sentences read",
        "beyond them",
        "names",
        "doubtful names",
        "abbreviations",
        "definitions",
        "names in other names",
        "scripts",
        "one word",
    ],
)
def test_time_is_linear_in_length(unit: str, times: int, classifier: Classifier) -> None:
    ratios = [_seconds(classifier, unit * (4 * times)) / _seconds(classifier, unit * times) for _ in range(5)]
    assert statistics.median(ratios) <= 6, ratios


def _seconds(classifier: Classifier, text: str) -> float:
    """Return the processor's time for one text; timeit rests the garbage collector, whose time is that of the whole process."""
    return max(timeit.timeit(lambda: classifier.classify("Title", text), number=1, timer=time.process_time), 1e-4)
