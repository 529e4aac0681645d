"""The language of watchlists: successions, blocs, roles, keywords, sources, and what a list inherits."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from alerts.matching import Page, Subject, Watchlists
from alerts.watchlist import Watchlist
from alerts.world import Member, World
from classifier.gazetteer import load_gazetteer
from spacepact.cooperation import Party
from spacepact.loading import known_world
from spacepact.settings import Alerting, default_config_dir

LAPAN = frozenset({"lapan", "brin"})
WORLD = World(
    line={"lapan": LAPAN, "brin": LAPAN},
    blocs={
        "eu": (Member("ec"), Member("EU"), Member("FR", "1958"), Member("GB", "1973", "2020-02-01")),
        "quad": (Member("JP"), Member("IN")),
    },
)


def why(
    make: Any, match: dict[str, Any], *parties: str, sources: int = 1, published: str = "2026-05-12", text: str = "", **other: Any
) -> Any:
    found = make.cooperation(*parties, **other) if parties else make.cooperation(**other)
    page = Page(make.classification(found), "trade", "en", datetime.fromisoformat(published).replace(tzinfo=UTC), text)
    lists = Watchlists({"it": Watchlist.model_validate({"name": "x", "match": {"min_score": 0, **match}})}, world=WORLD)
    subject = Subject(found, page, sources)
    matches = lists.match(subject)
    assert ("it" in matches) == all(f.held for f in lists.explain("it", subject))
    return matches["it"].reasons[:-1] if matches else None


def test_a_list_on_a_former_name_finds_the_new_one_and_the_reverse(make: Any) -> None:
    assert why(make, {"agencies": ["lapan"]}, "brin", "jaxa") == ('agency brin ("BRIN"), the same line as lapan',)
    assert why(make, {"agencies": ["brin"]}, "lapan", "jaxa") == ('agency lapan ("LAPAN"), the same line as brin',)
    assert why(make, {"agencies": ["brin"]}, "brin", "jaxa") == ('agency brin ("BRIN")',)
    assert why(make, {"agencies": ["esa"]}, "brin", "jaxa") is None


def test_a_bloc_is_who_belonged_to_it_on_the_day_of_the_article(make: Any) -> None:
    assert why(make, {"blocs": ["eu"]}, "cnes", "isro") == ("bloc eu",)
    assert why(make, {"blocs": ["eu"]}, "uksa", "isro", published="2019-06-01") == ("bloc eu",)
    assert why(make, {"blocs": ["eu"]}, "uksa", "isro", published="2020-02-01") is None
    assert why(make, {"blocs": ["eu"]}, "ec", "isro", countries=["EU", "IN"]) == ("bloc eu",)
    assert why(make, {"blocs": ["eu", "quad"]}, "cnes", "isro") == ("bloc eu", "bloc quad")
    assert why(make, {"blocs": ["quad"]}, "cnes", "nasa") is None


def test_a_role_is_that_of_a_named_party_or_of_anybody(make: Any) -> None:
    parties = [Party(id="jaxa", name="JAXA", role="lead"), Party(id="isro", name="ISRO", role="supplier")]
    assert why(make, {"agencies": ["jaxa"], "roles": ["lead", "host"]}, parties=parties) == ('agency jaxa ("JAXA") as lead',)
    assert why(make, {"agencies": ["isro"], "roles": ["lead"]}, parties=parties) is None
    assert why(make, {"roles": ["supplier"]}, parties=parties) == ("role supplier",)
    assert why(make, {"roles": ["observer"]}, parties=parties) is None


def test_keywords_are_words_of_the_article(make: Any) -> None:
    assert why(make, {"keywords": ["lunar rover", "debris"]}, text="A Lunar-Rover was shown.") == ('keyword "lunar rover"',)
    assert why(make, {"keywords": ["re:rover[s]?"], "none": [{"keywords": ["mars"]}]}, text="Rovers on Mars.") is None


def test_min_sources_waits_for_other_outlets(make: Any) -> None:
    assert why(make, {"min_sources": 3}, sources=2) is None
    assert why(make, {"min_score": 0.5, "min_sources": 3}, sources=3) == ("score 0.80 >= 0.50",)


def test_a_list_inherits_from_the_settings_what_it_does_not_say(make: Any) -> None:
    defaults = Alerting(min_score=0.7, min_sources=2, mode=("asserted", "negated"))
    lists = {"plain": make.watchlist(), "own": make.watchlist(min_score=0.9, min_sources=1, mode=[])}
    questions = Watchlists(lists, defaults=defaults).questions
    assert (questions["plain"].min_score, questions["plain"].min_sources, questions["plain"].mode) == (0.7, 2, ("asserted", "negated"))
    assert (questions["own"].min_score, questions["own"].min_sources, questions["own"].mode) == (0.9, 1, ())
    assert questions["own"].scope == defaults.scope


def test_two_sources_ring_a_list_that_wants_two_once(make: Any) -> None:
    desk = make.desk({"two": make.watchlist(min_sources=2)})
    assert desk.takes(make.article(1), make.cooperation()).alerts == ()
    alert = desk.takes(make.article(2), make.cooperation()).alerts[0]
    assert alert.matches[0].reasons == ("score 0.80 >= 0.50", "sources 2 >= 2")
    assert desk.takes(make.article(3), make.cooperation()).alerts == ()


def test_who_knows_a_story_is_told_again_when_a_list_of_theirs_waited_for_more_sources(make: Any) -> None:
    lists = {
        "now": make.watchlist(),
        "three": make.watchlist(min_sources=3),
        "two": make.watchlist(to=["other@example.org"], min_sources=2),
    }
    desk = make.desk(lists)
    told = [desk.takes(make.article(n), make.cooperation()) for n in range(1, 6)]
    what = [[(a.kind, d.recipient, d.reason, d.reminder) for a in decision.alerts for d in a.deliveries] for decision in told]
    assert what == [
        [("first-report", "desk@example.org", "first-report", 0)],
        [("first-report", "other@example.org", "first-report", 0)],
        [("more-sources", "desk@example.org", "more-sources: 3 report it", -3)],
        [],
        [],
    ]
    again = told[2].alerts[0]
    assert [m.watchlist for m in again.matches] == ["three"]
    assert make.rendered(again).lead == "We told you about this before; by now 3 sources report it."
    assert len({d.id for decision in told for a in decision.alerts for d in a.deliveries}) == 3


def test_a_correction_takes_back_the_news_of_more_sources_that_still_waits(make: Any) -> None:
    desk = make.desk({"now": make.watchlist(), "two": make.watchlist(min_sources=2)})
    before = make.classification(make.cooperation())
    desk.takes(make.article(1), make.cooperation())
    waits = desk.takes(make.article(2), make.cooperation()).alerts[0].deliveries[0]
    [story] = desk.stories.values()
    told = tuple(t.model_copy(update={"owed": waits.id if t.again else None}) for t in story.told)
    desk.stories[story.id] = story.model_copy(update={"told": told})
    corrected = desk.takes(make.article(1, revision=2), make.cooperation(stage="talks"), before=before)
    assert [a.kind for a in corrected.alerts] == ["correction"]
    assert [r.delivery for r in corrected.recalled] == [waits.id]


@pytest.fixture(scope="module")
def world() -> World:
    return known_world(load_gazetteer(default_config_dir() / "gazetteer")[0])


def test_the_shipped_blocs_have_their_members_by_date(world: World) -> None:
    assert set(world.blocs_of("IN", "2023-06-20")) & {"artemis-accords", "brics", "quad"} == {"brics", "quad"}
    assert "artemis-accords" in set(world.blocs_of("IN", "2023-06-21"))
    assert "eu" in set(world.blocs_of("EU", "")) & set(world.blocs_of("ec", ""))
    assert "eu" not in set(world.blocs_of("GB", ""))
    assert len([m for m in world.blocs["artemis-accords"] if len(m.id) == 2]) == 61
    for bloc, member in {"esa": "FR", "ilrs": "CN", "apsco": "TH", "aprsaf": "VN", "brics": "BR", "eu": "PL"}.items():
        assert bloc in set(world.blocs_of(member, "2026-01-01"))


def test_the_shipped_lines_do_not_join_those_that_merged(world: World) -> None:
    assert world.same("lapan") == {"lapan", "brin"}
    assert "esa" in world.same("eldo")
    assert "esro" not in world.same("eldo")
    assert {"esro", "eldo"} < world.same("esa")
