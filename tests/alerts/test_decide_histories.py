"""Whatever happens in whatever order: nobody is told twice, nothing is told without cause."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

POOL: list[dict[str, Any]] = [
    {},
    {"stage": "talks"},
    {"stage": "launched"},
    {"mode": "future"},
    {"mode": "hypothetical"},
    {"mode": "negated"},
    {"instrument": "mou"},
    {"missions": []},
    {"missions": ["hera"], "parties": ("nasa", "csa")},
    {"parties": ("jaxa", "isro", "esa")},
    {"parties": ("state:jp", "isro"), "activity": "contribution"},
]

moments = st.tuples(
    st.integers(1, 4),  # which article
    st.lists(st.integers(0, len(POOL) - 1), max_size=2, unique=True),  # what it says now
    st.sampled_from([0, 1, 3, 10]),  # days that pass before
    st.sampled_from(["official", "trade"]),
)


def play(make: Any, history: list[tuple[int, list[int], int, str]]) -> tuple[Any, list[Any]]:
    """Let a service live through a history; articles that come again are revisions."""
    lists = {
        "all": make.watchlist(),
        "esa": make.watchlist("mail", to=["esa@example.org"], agencies=["esa"]),
        "slack": make.watchlist("slack"),
    }
    desk = make.desk(lists, mail=make.Route(), slack=make.Route(("team",)))
    said: dict[int, Any] = {}
    decisions = []
    for number, indices, days, tier in history:
        desk.now += timedelta(days=days)
        values = [dict(POOL[i]) for i in indices]
        found = [make.cooperation(*v.pop("parties", ()), **v) for v in values]
        page = make.article(
            number, tier=tier, published=desk.now, fetched=desk.now, revision=1 + sum(d[0] == number for d in history[: len(decisions)])
        )
        decisions.append(desk.takes(page, *found, before=said.get(number)))
        said[number] = make.classification(*found)
    return desk, decisions


@given(st.lists(moments, min_size=1, max_size=8))
@settings(max_examples=150, deadline=None, derandomize=True, database=None)
def test_every_history(make: Any, history: list[tuple[int, list[int], int, str]]) -> None:
    desk, decisions = play(make, history)
    sent = Counter(d.id for decision in decisions for a in decision.alerts for d in a.deliveries if d.state == "pending")
    assert max(sent.values(), default=1) == 1
    told: dict[str, set[tuple[str, str]]] = {}
    for decision in decisions:
        for alert in decision.alerts:
            recipients = {(d.channel, d.recipient) for d in alert.deliveries}
            assert recipients
            assert all(d.reason and d.watchlists for d in alert.deliveries)
            if alert.kind in ("correction", "withdrawal"):
                assert recipients == told[alert.story.id]
            else:
                assert not recipients & told.get(alert.story.id, set())
            told.setdefault(alert.story.id, set()).update(recipients)
    for story in desk.stories.values():
        assert story.tellings
        assert len({t.url for t in story.tellings}) == len(story.tellings)
        assert story.record in desk.stories
        assert story.previous is None or desk.stories[story.previous].record == story.record
        assert {(t.channel, t.recipient) for t in story.told} == told.get(story.id, set())
    assert play(make, history)[1] == decisions
