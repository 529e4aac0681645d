"""Who acts for a state: decided by rules alone, so the weights do not matter here."""

from __future__ import annotations

import pytest

from classifier.cues import lexicon
from classifier.features import views
from classifier.gazetteer import Gazetteer
from classifier.matcher import Matcher
from classifier.parties import Actors
from classifier.partners import partners, protagonists
from classifier.reading import read
from classifier.speakers import flown_by, speaking, states_of_title

AGENCIES = "NASA and ISRO briefed the ministers."
PLAIN = "India and the United States met."


@pytest.fixture(scope="module")
def kit(gazetteer: Gazetteer) -> tuple[Matcher, Actors]:
    return Matcher(gazetteer), Actors(gazetteer)


def acting(kit: tuple[Matcher, Actors], title: str, *sentences: str) -> set[str]:
    """Return who acts in the last sentence of a statement."""
    matcher, actors = kit
    reading = read(title, " ".join(sentences), matcher, lexicon())
    home, seen = views(reading, actors)
    who = protagonists(reading, seen, home, actors)
    found = partners(seen[-1], who, actors, reading.text)
    found = speaking(found, seen[-1], states_of_title(seen, reading.titles))
    return {p.entry.id for p in flown_by(found, seen[-1], who.known) if p is not None}


@pytest.mark.parametrize(
    ("before", "last", "who"),
    [
        (AGENCIES, "The United States and India prepare the launch of NISAR.", "nasa isro"),
        (AGENCIES, "The United States and India prepare a summit on space.", "state:us state:in"),
        (AGENCIES, "The United States, Japan and India prepare the launch of NISAR.", "state:us state:jp state:in"),
        (PLAIN, "The United States and India prepare the launch of NISAR.", "state:us state:in"),
        (AGENCIES, "The United States and India extend the International Space Station together.", "state:us state:in"),
    ],
)
def test_who_flies_a_mission_is_its_party_where_the_text_names_them(kit: tuple[Matcher, Actors], before: str, last: str, who: str) -> None:
    assert acting(kit, "Joint Statement from the United States and India", before, last) == set(who.split())


@pytest.mark.parametrize(
    ("title", "last", "who"),
    [
        ("Fact sheet: the United States and India", "India has signed the Artemis Accords.", "state:us state:in"),
        ("India joins the Artemis Accords", "India has signed the Artemis Accords.", "nasa state:in"),
        ("Fact sheet: the United States and India", "At NASA, India has signed the Artemis Accords.", "nasa state:in"),
    ],
)
def test_states_act_in_their_own_statement(kit: tuple[Matcher, Actors], title: str, last: str, who: str) -> None:
    assert acting(kit, title, AGENCIES, last) == set(who.split())
