"""News items into stories: which items are one event, and what keeps two apart. All texts are fictional."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from alerts.acts import default_acts
from alerts.clusters import MOST_ITEMS, WINDOW, Clusters
from alerts.items import Item, make_item, terms
from alerts.sameness import FEATURES, default_model, features, is_reprint, weighed
from spacepact.cooperation import Mentioned

MONDAY = datetime(2031, 3, 3, 9, tzinfo=UTC)
FLIGHT = Mentioned("heron-4", "mission", titled=True)


def item(ident: str, title: str, text: str = "", *, hours: float = 0, source: str = "", named: tuple[Mentioned, ...] = ()) -> Item:
    return make_item(ident, title, text, published=MONDAY + timedelta(hours=hours), source=source or ident, mentioned=named)


def stories(*items: Item) -> list[str]:
    clusters = Clusters()
    return [clusters.place(i).story for i in items]


LAUNCH = item("a", "Heron 4 launches with four astronauts", "The Heron 4 capsule lifted off from Kourou on Monday.", named=(FLIGHT,))


def test_two_outlets_on_one_launch_are_one_story() -> None:
    other = item("b", "Four astronauts in orbit after Heron 4 launch", "Heron 4 lifted off from Kourou.", hours=3, named=(FLIGHT,))
    assert stories(LAUNCH, other) == ["a", "a"]


@pytest.mark.parametrize(
    "other",
    [
        item("b", "Heron 4 docks with the station", "The capsule docked after a day.", hours=30, named=(FLIGHT,)),
        item("b", "Heron 5 launches", "Heron 5 lifted off.", hours=30, named=(Mentioned("heron-5", "mission", titled=True),)),
        item("b", "Senate committee clears a bill on spectrum fees", "Lawmakers approved a bill.", hours=3),
    ],
    ids=["next phase", "next flight", "another matter"],
)
def test_neighbours_stay_apart(other: Item) -> None:
    assert stories(LAUNCH, other) == ["a", "b"]


def test_a_headline_republished_over_its_text_is_one_story() -> None:
    text = "Geologists mapped the old lake bed with radar and named eleven ridges after rivers of their homes."
    first = item("a", "Rover blog: ridges named after rivers", text, source="agency")
    again = item("b", "Rover blog: ridges named after rivers", text, hours=80, source="daily")
    assert is_reprint(again, first)
    assert stories(first, again) == ["a", "a"]


def test_a_headline_that_serves_every_launch_is_no_reprint_when_its_numbers_differ() -> None:
    first = item("a", "Live: rocket to launch broadband satellites tonight", "Flight 30 carries group 17 to orbit.")
    again = item("b", "Live: rocket to launch broadband satellites tonight", "Flight 31 carries group 18 to orbit.", hours=80)
    assert not is_reprint(again, first)


def test_a_headline_that_serves_every_launch_is_no_reprint_when_it_is_another_mission() -> None:
    text = "Live video of the flight from Kourou: the rocket lifts off at dawn and its stage lands at sea."
    named = [(Mentioned(f"group-{n}", "mission", titled=False),) for n in (17, 18)]
    first, again = (
        item(i, "Live: rocket to launch broadband satellites tonight", text, hours=h, named=n)
        for i, h, n in zip("ab", (0, 80), named, strict=True)
    )
    assert not is_reprint(again, first)


def test_headlines_of_two_states_speak_against_one_event_and_those_of_one_state_do_not() -> None:
    def joins(state: str, day: str) -> Item:
        named = (Mentioned("moon-pact", "programme", titled=True), Mentioned(state, "country", titled=True))
        return item(state, f"Agency welcomes {state} to the Moon Pact", f"{state} signed on {day} in Kourou.", hours=30, named=named)

    first, second, again = joins("state:gr1", "Monday"), joins("state:ru1", "Tuesday"), joins("state:ru1", "Wednesday")
    new = weighed(second, lambda _: 3.0)
    assert features(new, first, lambda _: 3.0)["other state"] == 1
    assert features(new, again, lambda _: 3.0)["other state"] == 0
    assert default_model().weights["other state"] < -1


def test_the_past_is_forgotten_after_the_window() -> None:
    clusters = Clusters()
    clusters.place(LAUNCH)
    clusters.place(item("z", "Nothing to do with it", hours=24 * (WINDOW + 1)))
    assert clusters.term_rarity("astron") == clusters.term_rarity("never-seen")
    assert MOST_ITEMS > 1000


def test_an_identifier_that_stands_twice_harms_nothing() -> None:
    assert stories(LAUNCH, item("a", "Bank fees rise in Ruritania", hours=1), LAUNCH) == ["a", "a", "a"]


def test_numbers_make_names_and_roman_ones_count() -> None:
    assert "heron 4" in set(terms("The Heron IV and Heron-4")) & set(terms("Heron 4"))
    assert "flight 3" in set(terms("its third flight")) & set(terms("the 3rd flight"))
    assert set(terms("登月计划")) == {"登月", "月计", "计划"}


@pytest.mark.parametrize(
    ("title", "act"),
    [
        ("Capsule docks with station ahead of crew launch", "dock"),
        ("La sonda despega desde Kourou", "launch"),
        ("Запуск перенесён на март", "slip"),
        ("长征火箭发射两颗卫星", "launch"),
        ("Heron 4 rolls its rocket back to the launch pad ahead of a planned launch", "move"),
        ("Agency sets coverage for Heron 4 launch, docking", "launch"),
        ("Explorers of the deep", None),
        ("Ministry approves Heron launches from the northern pad", "approve"),
        ("Council buys ten more Heron launches", "award"),
        ("Agency targets March for Heron 4 launch", "target"),
        ("Heron 4 crew beams its flyby photos home", "image"),
        ("Startup raises $26 million for its launch site", "fund"),
        ("A quiet morning in the control room", None),
    ],
)
def test_the_headline_says_what_was_done(title: str, act: str | None) -> None:
    assert default_acts().read(title, "").act == act


def test_an_announcement_tells_its_first_step_and_a_text_what_it_says_first() -> None:
    assert default_acts().read("Plain words", "The crew launched on Monday and will land in a week, landed safely.").act == "launch"
    assert default_acts().read("Media invited to docking and launch of Heron 4", "").act == "launch"
    assert default_acts().read("Docking after the launch of Heron 4", "").act == "dock"
    assert default_acts().read("Quiet days", "The cabin was warm after the launch on Monday.").act is None, "an aside is no news"
    assert default_acts().read("Quiet days", "The capsule is seen after its docking.").act == "image"


def test_a_term_leads_to_its_newest_stories_only() -> None:
    clusters = Clusters()
    others = [clusters.place(item(str(n), f"Bank {n} opens in town {n}", "No rockets here.", hours=n)).story for n in range(40)]
    assert len(set(others)) == 40
    assert clusters.place(item("z", "Heron 4 launches", "Heron 4 lifted off from Kourou.", hours=41, named=(FLIGHT,))).story == "z"
    assert (
        clusters.place(item("y", "Heron 4 in orbit after launch", "Heron 4 lifted off from Kourou.", hours=42, named=(FLIGHT,))).story
        == "z"
    )


def test_every_weight_has_its_feature_and_every_feature_its_weight() -> None:
    assert set(default_model().weights) == set(FEATURES)
    found = features(weighed(LAUNCH, lambda _: 3.0), LAUNCH, lambda _: 5.0)
    assert found.keys() <= set(FEATURES)
    assert found["shared flight"] == found["same act"] == 1
