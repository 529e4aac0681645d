"""Which reports tell the same event, and which do not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from alerts.likeness import LINKED, link, strange
from alerts.steps import step
from alerts.stories import changed, common_names, counterpart, fold, relate, telling
from spacepact.cooperation import Evidence


def relation(
    make: Any, first: Any, second: Any, *, days: float = 0, titles: tuple[str, str] = ("Agencies sign", "Pact inked in Tokyo")
) -> str:
    """How a second report relates to the story that a first one began."""
    desk = make.desk()
    story = desk.takes(make.article(1, title=titles[0]), first).stories[0]
    later = make.now + timedelta(days=days)
    report = telling(make.article(2, title=titles[1], published=later, fetched=later, language="zh"))
    return relate(second, report, story).kind


SAME = {
    "the same, other words": ({}, {}),
    "one outlet names no instrument": ({"instrument": "mou"}, {"instrument": "none"}),
    "one outlet names no mission": ({"instrument": "mou"}, {"missions": [], "instrument": "mou"}),
    "the activity is read otherwise": ({}, {"activity": "contribution"}),
    "a report of an earlier stage": ({}, {"stage": "talks"}),
    "signed, and at work": ({}, {"stage": "in-development"}),
    "a report that it will happen, late": ({}, {"mode": "future"}),
}


@pytest.mark.parametrize("name", SAME)
def test_the_same_event(make: Any, name: str) -> None:
    first, second = SAME[name]
    assert relation(make, make.cooperation(**first), make.cooperation(**second), days=1) == "same-event"


def test_one_outlet_names_the_agency_another_the_state(make: Any) -> None:
    assert relation(make, make.cooperation("jaxa", "isro"), make.cooperation("state:jp", "isro"), days=1) == "same-event"


OTHER = {
    "other missions": ({}, {"missions": ["xrism"]}),
    "another instrument": ({"instrument": "mou"}, {"instrument": "contract"}),
    "another matter without a mission": ({"missions": []}, {"missions": [], "activity": "crew"}),
    "background": ({}, {"mode": "historical"}),
}


@pytest.mark.parametrize("name", OTHER)
def test_another_event_between_the_same_parties(make: Any, name: str) -> None:
    first, second = OTHER[name]
    assert relation(make, make.cooperation(**first), make.cooperation(**second), days=1) == "unrelated"


def test_another_partner(make: Any) -> None:
    first = make.cooperation("nasa", "esa", "state:pe", activity="exploration-framework", missions=["artemis"], instrument="accession")
    second = make.cooperation("nasa", "esa", "state:cl", activity="exploration-framework", missions=["artemis"], instrument="accession")
    assert relation(make, first, second) == "unrelated"
    assert relation(make, make.cooperation("nasa", "state:pe"), make.cooperation("nasa", "state:cl")) == "unrelated"


STEPS = [
    ({"stage": "talks"}, {"stage": "signed"}, 3),
    ({"stage": "signed"}, {"stage": "launched"}, 600),
    ({"stage": "in-development"}, {"stage": "suspended"}, 1),
    ({"stage": "signed", "mode": "future"}, {"stage": "signed"}, 1),
    ({"stage": "signed"}, {"stage": "signed", "mode": "negated"}, 1),
    ({"stage": "signed", "mode": "hypothetical"}, {"stage": "signed"}, 1),
    ({"stage": "operating"}, {"stage": "operating"}, 30),
    ({"stage": "signed", "instrument": "letter-of-intent"}, {"stage": "launched", "instrument": "contract"}, 60),
]


@pytest.mark.parametrize(("first", "second", "days"), STEPS)
def test_a_step_of_the_same_cooperation(make: Any, first: dict[str, Any], second: dict[str, Any], days: int) -> None:
    assert relation(make, make.cooperation(**first), make.cooperation(**second), days=days) == "same-record"


def test_an_unnamed_partner_is_the_same_only_with_the_same_mission(make: Any) -> None:
    with_mission = make.cooperation("cnsa", "unspecified", stage="proposed"), make.cooperation("cnsa", "esa", stage="proposed")
    without = tuple(c.model_copy(update={"missions": ()}) for c in with_mission)
    assert relation(make, *with_mission, days=1) == "same-event"
    assert relation(make, *without, days=1) == "unrelated"


def test_without_a_mission_a_cooperation_is_followed_for_half_a_year(make: Any) -> None:
    first, second = make.cooperation(missions=[], instrument="mou"), make.cooperation(missions=[], instrument="mou", stage="extended")
    assert [relation(make, first, second, days=days) for days in (170, 190)] == ["same-record", "unrelated"]


def test_titles_of_one_outlet_are_not_compared(make: Any) -> None:
    desk = make.desk()
    first, second = make.cooperation(missions=[], activity="other"), make.cooperation(missions=[], activity="science", stage="talks")
    story = desk.takes(make.article(1, title="Space news in brief"), first).stories[0]
    daily = telling(make.article(2, title="Space news in brief", source="outlet-1", published=make.now, fetched=make.now))
    other = telling(make.article(3, title="Space news in brief", published=make.now, fetched=make.now))
    assert (relate(second, daily, story).kind, relate(second, other, story).kind) == ("unrelated", "same-event")


def test_the_window_counts_from_the_first_report_both_ways(make: Any) -> None:
    assert [relation(make, make.cooperation(), make.cooperation(), days=d) for d in (-8, -6, 6, 8)] == [
        "same-record",
        "same-event",
        "same-event",
        "same-record",
    ]


def test_days_of_the_event_that_lie_apart(make: Any) -> None:
    first, second = make.cooperation(date="2026-05-10"), make.cooperation(date="2026-06-10")
    assert relation(make, first, second, days=1) == "same-record"
    assert relation(make, make.cooperation(date="2026-05-10"), make.cooperation(date="2026"), days=1) == "same-event"


def test_titles_support_where_the_subject_is_vague(make: Any) -> None:
    first, second = make.cooperation(missions=[], activity="other"), make.cooperation(missions=[], activity="science", stage="talks")
    alike = ("JAXA and ISRO sign lunar pact in Tokyo", "ISRO and JAXA sign lunar pact in Tokyo today")
    assert relation(make, first, second, days=3) == "unrelated"
    assert relation(make, first, second, days=3, titles=alike) == "same-event"


@pytest.mark.parametrize(
    ("was", "now", "expected"),
    [
        (("talks", "asserted"), ("signed", "asserted"), "forward"),
        (("signed", "asserted"), ("talks", "asserted"), "back"),
        (("launched", "asserted"), ("operating", "asserted"), "same"),
        (("delayed", "asserted"), ("launched", "asserted"), "forward"),
        (("signed", "asserted"), ("delayed", "asserted"), "forward"),
        (("suspended", "asserted"), ("talks", "asserted"), "back"),
        (("launched", "future"), ("launched", "asserted"), "forward"),
        (("operating", "future"), ("operating", "asserted"), "same"),
        (("signed", "asserted"), ("signed", "future"), "same"),
    ],
)
def test_steps(make: Any, was: tuple[str, str], now: tuple[str, str], expected: str) -> None:
    assert step(make.cooperation(stage=was[0], mode=was[1]), make.cooperation(stage=now[0], mode=now[1])) == expected


def test_one_article_tells_each_cooperation_once(make: Any) -> None:
    sure = make.cooperation(confidence=0.9)
    again = make.cooperation(stage="in-development", confidence=0.4)
    background = make.cooperation(stage="signed", mode="historical", confidence=0.95)
    other = make.cooperation("nasa", "esa", missions=["hera"])
    assert fold([again, background, sure, other]) == [sure, other]


def test_changes_of_order_and_wording_are_no_changes(make: Any) -> None:
    was = make.cooperation("jaxa", "isro", missions=["a", "b"])
    now = make.cooperation("isro", "jaxa", missions=["b", "a"], evidence=["Other words."], confidence=0.5, date="2026")
    assert changed(was, now) == ()
    assert changed(was, make.cooperation("jaxa", "esa", stage="talks", missions=["a", "b"])) == ("stage", "parties")


def test_a_counterpart_is_found_by_what_stays(make: Any) -> None:
    was = make.cooperation("jaxa", "isro")
    corrected = make.cooperation("jaxa", "esa", stage="talks")
    other = make.cooperation("nasa", "csa", missions=["hera"])
    assert counterpart(was, [other, corrected]) == corrected
    assert counterpart(was, [other]) is None
    assert counterpart(was, []) is None


def test_an_article_dated_in_the_future_counts_from_when_it_was_fetched(make: Any) -> None:
    assert telling(make.article(published=make.now + timedelta(days=365))).published == make.now
    assert telling(make.article(published=None)).published == make.now


def read(
    make: Any,
    first: Any,
    second: Any,
    texts: tuple[str, str],
    *,
    hours: float = 20,
    language: str = "en",
    common: dict[str, int] | None = None,
) -> str:
    """How a second report with a text of its own relates to the story that a first one began."""
    desk = make.desk()
    story = desk.takes(make.article(1, title="Agencies sign", text=texts[0]), first).stories[0]
    later = make.now + timedelta(hours=hours - 1)
    page = make.article(2, title="Pact inked in Tokyo", text=texts[1], published=later, fetched=later, language=language)
    return relate(second, telling(page, make.classification(second)), story, common).kind


DUNES = "Both study the sands with Sirocco, a lidar. They want Sirocco to fly from Nantes."
WAVES = "Both study the tides with Galerna, a sonar. They want Galerna to sail from Nantes."
DUNAS = "Ambas estudian la arena con Sirocco, un lidar. Sirocco saldrá de Nantes."
NAMELESS = "Both agencies study the sands together."

MISREAD: dict[str, dict[str, Any]] = {
    "the activity": {"activity": "crew"},
    "the instrument": {"instrument": "contract"},
    "the stage, by far": {"stage": "operating"},
    "the agency as its country": {"parties": ("state:jp", "isro")},
    "another agency of that country": {"parties": ("mext", "isro"), "countries": ["JP", "IN"]},
    "one party only": {"parties": ("isro", "unspecified")},
    "a third party": {"parties": ("jaxa", "isro", "esa")},
    "all at once": {"activity": "science", "instrument": "contract", "stage": "operating", "parties": ("jaxa", "state:in")},
}


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("wrong", MISREAD)
def test_a_rare_name_joins_what_was_misread(make: Any, wrong: str, language: str) -> None:
    first = make.cooperation(missions=[], instrument="mou")
    values = {"missions": [], "instrument": "mou"} | MISREAD[wrong]
    second = make.cooperation(*values.pop("parties", ()), **values)
    text = DUNAS if language == "es" else DUNES
    assert read(make, first, second, (DUNES, text), hours=2, language=language) == "same-event"


def test_other_names_tell_two_events_of_one_day_apart(make: Any) -> None:
    one = make.cooperation(missions=[])
    assert read(make, one, one, (DUNES, DUNES), hours=2) == "same-event"
    assert read(make, one, one, (DUNES, NAMELESS), hours=2) == "same-event"
    assert read(make, one, make.cooperation(missions=[], stage="launched"), (DUNES, WAVES), hours=2) == "unrelated"
    assert read(make, one, make.cooperation(missions=[], activity="crew"), (DUNES, WAVES), hours=2) == "unrelated"


def test_other_names_do_not_count_between_scripts_nor_against_a_shared_mission(make: Any) -> None:
    one, chinese = make.cooperation(missions=[]), "双方的「风暴」任务研究沙丘，「风暴」明年发射。"
    assert read(make, one, one, (DUNES, chinese), hours=2, language="zh") == "same-event"
    later = make.cooperation(stage="launched")
    assert read(make, make.cooperation(), later, (DUNES, WAVES), hours=24 * 90) == "same-record"


def test_a_name_that_many_records_share_links_nothing(make: Any) -> None:
    first, second = make.cooperation(missions=[], stage="launched"), make.cooperation(missions=[], activity="crew")
    assert read(make, first, second, (DUNES, DUNES), hours=2) == "same-event"
    assert read(make, first, second, (DUNES, DUNES), hours=2, common={"sirocco": 9, "nantes": 9}) == "unrelated"


def test_names_are_counted_once_a_record(make: Any) -> None:
    desk = make.desk()
    for number, text in enumerate((DUNES, DUNES, WAVES)):
        desk.takes(
            make.article(number, title="Agencies sign", text=text), make.cooperation(missions=["hera"] if text == WAVES else ["lupex"])
        )
    assert common_names(desk.stories.values()) == {"sirocco": 1, "galerna": 1, "nantes": 2}


def test_two_agencies_of_one_country_are_two_parties(make: Any) -> None:
    one = make.cooperation("nasa", "jaxa", missions=[])
    other = make.cooperation("noaa", "jaxa", missions=[], countries=["US", "JP"])
    assert read(make, one, other, (NAMELESS, NAMELESS), hours=2) == "unrelated"


SHOWN = [
    ("talks", "signed", 20, "same-record"),
    ("talks", "signed", 3, "same-event"),
    ("talks", "signed", -20, "same-event"),
    ("signed", "suspended", 20, "same-record"),
    ("signed", "suspended", 3, "same-event"),
    ("in-development", "delayed", 30, "same-record"),
    ("in-development", "launched", 30, "same-record"),
    ("talks", "operating", 20, "same-event"),
    ("signed", "launched", 20, "same-event"),
    ("signed", "launched", 80, "same-record"),
]


@pytest.mark.parametrize(("was", "now", "hours", "expected"), SHOWN)
def test_within_two_days_a_step_must_show(make: Any, was: str, now: str, hours: float, expected: str) -> None:
    first, second = make.cooperation(stage=was), make.cooperation(stage=now)
    assert read(make, first, second, (DUNES, DUNES), hours=hours) == expected


def test_a_step_shows_in_the_title_or_the_lede(make: Any) -> None:
    first, second = make.cooperation(stage="talks"), make.cooperation()
    deep = second.model_copy(update={"evidence": (Evidence(text="They signed.", start=3000, end=3012),)})
    assert read(make, first, deep, (DUNES, DUNES)) == "same-event"
    assert read(make, first, second, (DUNES, DUNES)) == "same-record"


def test_a_denial_never_joins_what_it_denies(make: Any) -> None:
    yes, no = make.cooperation(), make.cooperation(mode="negated")
    for first, second in ((yes, no), (no, yes)):
        assert read(make, first, second, (DUNES, DUNES), hours=1) == "same-record"
    assert read(make, no, no, (DUNES, DUNES), hours=1) == "same-event"


def told_as(make: Any, number: int, text: str, language: str = "en") -> Any:
    return telling(make.article(number, title="Agencies sign", text=text, language=language))


TOWERS = "The dish stands near Setúbal. It was drawn by Ines Calado. They measured 35 metres."
BRIDGES = "The cable runs to Trondheim. It was drawn by Olav Berge. They measured 78 metres."


def test_three_shared_details_link_two_reports_and_two_do_not(make: Any) -> None:
    first = told_as(make, 1, TOWERS)
    assert link(first, told_as(make, 2, "Ines Calado said so. A mast of 35 metres near Setúbal"), set(), {}) >= LINKED
    assert link(first, told_as(make, 3, "A mast of 35 metres near Setúbal"), set(), {}) < LINKED


def test_reports_that_share_not_one_of_several_rare_words_are_strange_to_each_other(make: Any) -> None:
    first = told_as(make, 1, TOWERS)
    assert strange(told_as(make, 2, BRIDGES), [first], set())
    assert not strange(told_as(make, 3, f"{BRIDGES} It is like the one near Setúbal."), [first], set())
    assert not strange(told_as(make, 4, "The cable is long."), [first], set()), "silence proves nothing"
    assert not strange(told_as(make, 5, "特隆赫姆的电缆长78公里。《银河》号、Berge、Olav。", "zh"), [first], set()), (
        "another script writes names otherwise"
    )


def test_one_accession_is_one_event_whoever_hosts_it(make: Any) -> None:
    joins: dict[str, Any] = {"activity": "exploration-framework", "instrument": "accession", "missions": []}
    first = make.cooperation("state:bw", "unspecified", **joins)
    hosted = make.cooperation("state:bw", "nasa", **joins)
    assert relation(make, first, hosted) == "same-event"
    assert relation(make, first, make.cooperation("state:mw", "nasa", **joins)) == "unrelated"
    assert relation(make, hosted, make.cooperation("state:bw", "cnsa", **joins)) == "unrelated", "the framework of another"
