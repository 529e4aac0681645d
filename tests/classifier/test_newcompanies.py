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
        ("ESA hired Vantrel Orbital GmbH of Augsburg.", [("Vantrel Orbital", "DE")]),
        ("Korea ordered a dish from Vantrel Dynamics of Logan, Utah, in May.", [("Vantrel Dynamics", "US")]),
        ("Ships\nTURIN, Italy, May 7 — Vantrel, which makes masts, today announced a sale.", [("Vantrel", "IT")]),
        ("Ships\nSAN DIEGO — Vantrel, a space tug developer, has moved.", [("Vantrel", "US")]),
        ("据报道，法国初创公司“布拉塞罗”同加拿大航天局签约。", [("布拉塞罗", "FR")]),
        ("Perth-based Vantrel Optics met ESA. Vantrel's mirror is ready.", [("Vantrel Optics", "AU")] * 2),
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
        "Marte Solheim of Bergen, Norway, spoke.",  # a person: no word of a company
        "Ships\nWASHINGTON — Brindle Reach, a tug developer, has moved.",  # where the reporter sits
        "Ships\nTOKYO — Officials met for a week.",
        "The company Brindle Reach signed.",  # no home is told
    ],
)
def test_what_is_no_new_company(matcher: Matcher, text: str) -> None:
    assert found(matcher, text) == []


def test_a_word_that_is_also_an_ordinary_one_is_no_short_name(matcher: Matcher) -> None:
    assert found(matcher, "Perth-based Current Optics met ESA. Current plans hold; the current mirror is ready.") == [
        ("Current Optics", "AU")
    ]


def test_of_two_names_that_overlap_the_longer_counts(matcher: Matcher) -> None:
    text = "The Swiss firm Aarberg met the Swiss firm Aarberg Optik."
    assert found(matcher, text) == [("Aarberg", "CH"), ("Aarberg Optik", "CH")]
