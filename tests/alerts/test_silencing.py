"""Silences: what they describe is kept as suppressed, with who asked for it; everything else goes out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from alerts.decide import decide
from alerts.matching import Watchlists
from spacepact.cooperation import Tagged
from spacepact.settings import Alerting
from spacepact.silence import Silence
from spacepact.story import Decision, Story


def taken(make: Any, lists: dict[str, Any], silences: list[Silence], stories: tuple[Story, ...] = (), number: int = 1) -> Decision:
    found = make.cooperation()
    return decide(
        Tagged(article=make.article(number), classification=make.classification(found)),
        None,
        stories,
        watchlists=Watchlists(lists),
        channels={"mail": make.Route()},
        policy=Alerting(),
        now=make.now,
        silences=silences,
    )


def hush(make: Any, **other: Any) -> Silence:
    values = {"id": "1", "author": "Ana", "reason": "too much", "created": make.now, "until": make.now + timedelta(hours=1)}
    return Silence.model_validate(values | other)


def states(decision: Decision) -> dict[str, tuple[str, str]]:
    return {d.recipient: (d.state, d.reason) for a in decision.alerts for d in a.deliveries}


def test_a_silenced_match_is_suppressed_with_author_reason_and_end(make: Any) -> None:
    decision = taken(make, {"all": make.watchlist()}, [hush(make, match={"agencies": ["jaxa"]})])
    assert states(decision) == {"desk@example.org": ("suppressed", "silenced: too much by Ana until 2026-05-12 10:00 UTC")}
    assert decision.stories[0].told == ()


def test_a_silence_about_something_else_changes_nothing(make: Any) -> None:
    decision = taken(make, {"all": make.watchlist()}, [hush(make, match={"agencies": ["esa"]}), hush(make, watchlists=["other"])])
    assert states(decision) == {"desk@example.org": ("pending", "first-report")}


def test_who_is_asked_for_by_a_list_that_is_not_silenced_is_told_in_its_name(make: Any) -> None:
    lists = {"a": make.watchlist(), "b": make.watchlist(), "c": make.watchlist(to=["other@example.org"])}
    decision = taken(make, lists, [hush(make, watchlists=["a", "c"])])
    assert {r: s for r, (s, _) in states(decision).items()} == {"desk@example.org": "pending", "other@example.org": "suppressed"}
    told = {d.recipient: d.watchlists for a in decision.alerts for d in a.deliveries}
    assert told == {"desk@example.org": ("b",), "other@example.org": ("c",)}


def test_after_the_silence_the_next_report_tells(make: Any) -> None:
    lists = {"all": make.watchlist()}
    first = taken(make, lists, [hush(make, match={"keywords": ["lupex"]})])
    assert [s for s, _ in states(first).values()] == ["suppressed"]
    assert [s for s, _ in states(taken(make, lists, [], first.stories, 2)).values()] == ["pending"]
