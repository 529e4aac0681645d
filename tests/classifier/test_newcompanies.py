"""Companies that no gazetteer knows, by how a text introduces them: the name, and the country that it tells."""

from __future__ import annotations

import pytest

from classifier.folding import fold
from classifier.gazetteer import Gazetteer
from classifier.matcher import Matcher
from classifier.mentions import find_mentions
from classifier.newcompanies import new_companies


@pytest.fixture(scope="module")
def matcher(gazetteer: Gazetteer) -> Matcher:
    return Matcher(gazetteer)


def found(matcher: Matcher, text: str) -> list[tuple[str, str]]:
    folded = fold(text)
    known = sorted(find_mentions(text, folded, matcher), key=lambda m: m.start)
    return sorted((m.name, *m.entry.country) for m in new_companies(text, folded, known))


@pytest.mark.parametrize(
    ("text", "companies"),
    [
        ("The agency ordered a camera from the Dutch firm Merelbeek Optiek.", [("Merelbeek Optiek", "NL")]),
        ("The agency hired Vantrel, a Japanese start-up.", [("Vantrel", "JP")]),
        ("ESA signed with Vantrel Orbit, a small manufacturer from Fukuoka, on Monday.", [("Vantrel Orbit", "JP")]),
        ("Ulverscroft Pty Ltd, an Australian ground-segment operator, won the bid.", [("Ulverscroft", "AU")]),
        ("Greece awarded Bilbao-based Izarra Berri a contract.", [("Izarra Berri", "ES")]),
        ("It rides on satellites of Toronto's Kettle Point Orbital.", [("Kettle Point Orbital", "CA")]),
        ("Telescopes owned by Japan's Minamiboshi Optics are watching.", [("Minamiboshi Optics", "JP")]),
        ("JAXA met the University of Oulu.", [("University of Oulu", "FI")]),
        ("JAXA met Cape Town University on Monday.", [("Cape Town University", "ZA")]),
        ("U.S. station developer Lantern Reach met ASI. Lantern Reach is young.", [("Lantern Reach", "US"), ("Lantern Reach", "US")]),
    ],
)
def test_a_company_that_a_text_introduces(matcher: Matcher, text: str, companies: list[tuple[str, str]]) -> None:
    assert found(matcher, text) == companies


@pytest.mark.parametrize(
    "text",
    [
        "The French company Thales Alenia Space signed.",  # known: the gazetteer tells
        "Jean Valcourt, a French company executive, spoke.",
        "Said Shenzhen-based space analyst Wei Tan.",
        "Japan's Ministry of Space Systems met.",
        "Japan-based Earth imaging company plans a launch.",
        "Canada's Maple Ridge opened.",
        "The Italian operator Tuesday said no.",
        "The company Brindle Reach signed.",  # no home is told
    ],
)
def test_what_is_no_new_company(matcher: Matcher, text: str) -> None:
    assert found(matcher, text) == []


def test_of_two_names_that_overlap_the_longer_counts(matcher: Matcher) -> None:
    text = "The Swiss firm Aarberg met the Swiss firm Aarberg Optik."
    assert found(matcher, text) == [("Aarberg", "CH"), ("Aarberg Optik", "CH")]
