from __future__ import annotations

from collections.abc import Callable

import pytest

from classifier.actor import Actor
from classifier.cues import lexicon
from classifier.domicile import domiciles
from classifier.gazetteer import Gazetteer
from classifier.matcher import Matcher
from classifier.parties import Actors, home_of
from classifier.reading import Reading, read

Reader = Callable[[str, str], Reading]


@pytest.fixture(scope="module")
def actors(small: Gazetteer) -> Actors:
    return Actors(small)


def of(actors: Actors, reader: Reader, text: str) -> list[Actor]:
    reading = reader("", text)
    return actors.of(actors.named(reading.sentences[0]), reading.text)


@pytest.mark.parametrize(
    ("text", "relation"),
    [
        ("NASA met CNES", {"public-foreign"}),
        ("NASA met ESA", {"public-foreign"}),
        ("CNES met ESA", {"public-foreign"}),
        ("NASA met Airbus", {"mixed-foreign"}),
        ("ESA met Airbus", {"domestic"}),
        ("NASA met Rocket Lab", {"domestic"}),
        ("Airbus met Rocket Lab", {"private-foreign"}),
    ],
)
def test_how_two_parties_stand_to_each_other(actors: Actors, reader: Reader, text: str, relation: set[str]) -> None:
    assert actors.relations(of(actors, reader, text)) == relation


def test_a_centre_stands_for_its_agency(actors: Actors, reader: Reader) -> None:
    assert [a.entry.id for a in of(actors, reader, "The Jet Propulsion Laboratory met CNES")] == ["nasa", "cnes"]


def test_a_demonym_only_describes(actors: Actors, reader: Reader) -> None:
    (actor,) = of(actors, reader, "the French instrument")
    assert actor.adjective
    first, second = of(actors, reader, "France's CNES spoke")
    assert first.adjective
    assert not second.adjective


@pytest.mark.parametrize(
    "text",
    [
        "They met in New Zealand.",
        "from Launch Complex 1 in New Zealand",
        "in Auckland, New Zealand",
        "in New Zealand, Europe, and France",
    ],
)
def test_a_country_may_be_only_a_place(actors: Actors, reader: Reader, text: str) -> None:
    assert {a.place for a in of(actors, reader, text)} == {True}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("They work together at the European Space Agency", True),
        ("now joins all ESA member states", True),
        ("cooperation through ESA", True),
        ("a longstanding member of ESA (European Space Agency)", True),
        ("in response to ESA sanctions", True),
        ("They work with ESA", False),
        ("at ESA's invitation", False),
    ],
)
def test_a_union_may_be_only_where_others_act(actors: Actors, reader: Reader, text: str, *, place: bool) -> None:
    assert [a.place for a in of(actors, reader, text)] == [place]


def test_places_take_no_part(actors: Actors, reader: Reader) -> None:
    assert actors.relations(of(actors, reader, "Rocket Lab and NASA met in New Zealand")) == {"domestic"}


def test_home_is_whom_the_document_speaks_for(actors: Actors, reader: Reader) -> None:
    reading = reader("NASA welcomes a guest", "France sent him. NASA was glad.")
    assert home_of([actors.named(s) for s in reading.sentences], reading.titles) == "US"


@pytest.mark.parametrize(
    ("text", "standing"),
    [
        ("France joined", "party"),
        ("the French government agreed", "party"),
        ("U.S. officials agreed", "party"),
        ("the U.S. joined", "party"),
        ("a French satellite", "description"),
        ("France's CNES spoke", "description"),
        ("its U.S. presence", "description"),
        ("a French launch startup", "company"),
        ("France's fast-growing propulsion specialist", "company"),
        ("Airbus of France", "company"),
        ("in France", "place"),
        ("on New Zealand's Mahia Peninsula", "place"),
        ("Rocket Lab New Zealand", "place"),
        ("It was signed by NASA at Lyon, France", "place"),
        ("On Monday, France joined", "party"),
        ("However, France joined", "party"),
        ("NASA, France and others met", "party"),
        ("Electron launches satellites from New Zealand", "place"),
        ("two astronauts from France", "party"),
        ("scientists from a number of countries, including France", "place"),
        ("the experts in radar will visit France", "party"),
        ("after the troop withdrawals from France", "place"),
    ],
)
def test_what_the_words_around_make_of_a_state(actors: Actors, reader: Reader, text: str, standing: str) -> None:
    state = next(a for a in of(actors, reader, text) if a.state)
    said = "place" if state.place else "party" if not state.adjective else "description" if state.public else "company"
    assert said == standing


@pytest.mark.parametrize(
    ("text", "home"),
    [
        ("NASA chose Airbus (formerly Astra Optics) of Boulder, Colorado, for the camera.", {"airbus": "US"}),
        ("The contract goes to Airbus' U.S. subsidiary.", {"airbus": "US"}),
        ("Airbus' U.S. subsidiary has a new office.", {}),
        ("NASA chose Airbus of Toulouse, France.", {}),
    ],
)
def test_a_text_may_tell_where_a_company_sits(reader: Reader, text: str, home: dict[str, str]) -> None:
    reading = reader("", text)
    assert domiciles(reading.text, reading.mentions) == home


def test_an_office_acts_for_its_state(gazetteer: Gazetteer) -> None:
    reading = read("", "The White House and ISRO agreed.", Matcher(gazetteer), lexicon())
    actors = Actors(gazetteer)
    assert [a.entry.id for a in actors.of(actors.named(reading.sentences[0]), reading.text)] == ["state:us", "isro"]
