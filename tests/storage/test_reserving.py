"""Many lanes that ask at once: each gets what it would have got alone, for the queries of one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event

from storage import Ask, Store, migrate
from storage.database import writing
from tests.conftest import NOW
from tests.spacepact.owing import owe

LANES = ("one", "two", "three", "four")


@pytest.fixture
def store(database: Engine) -> Store:
    store = Store(database)
    migrate(database)
    for number in range(12):
        lane = LANES[number % 4]
        owe(store, number, NOW + timedelta(seconds=number), lane, f"{lane}@desk.example")
    return store


def reserved(store: Store, *asks: Ask) -> list[list[str]]:
    with writing(store.engine) as connection:
        return [[claim.id for claim in claims] for claims in store.ledger.reserve_each(asks, connection)]


def ask(lane: str, messages: int = 9) -> Ask:
    return Ask(lane, NOW + timedelta(minutes=1), messages)


def test_each_lane_gets_its_own_oldest_in_order(store: Store) -> None:
    due = {lane: [row.id for row in sorted(store.reading.deliveries(), key=lambda r: r.created) if row.channel == lane] for lane in LANES}
    got = reserved(store, ask("two", 2), ask("one"), ask("nobody"), ask("three", 2))
    assert got == [due["two"][:2], due["one"], [], due["three"][:2]]
    assert reserved(store, ask("two"), ask("one")) == [[], []], "nobody's second message while the first is under way"


def test_two_who_ask_for_one_lane_never_share_a_message(store: Store) -> None:
    assert [len(ids) for ids in reserved(store, ask("one"), ask("one"))] == [3, 0]


def test_a_closed_lane_gets_nothing_and_does_not_hold_up_the_others(store: Store) -> None:
    store.ledger.break_("one", "gone")
    store.ledger.pause("two", NOW + timedelta(hours=1))
    assert [len(ids) for ids in reserved(store, *map(ask, LANES))] == [0, 0, 3, 3]


def test_many_lanes_cost_the_queries_of_one(store: Store) -> None:
    asked: list[str] = []

    def count(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    event.listen(store.engine, "before_cursor_execute", count)
    reserved(store, ask("one"))
    alone = len(asked)
    reserved(store, *map(ask, LANES[1:]))
    assert len(asked) - alone == alone


def test_many_start_at_once_and_each_only_what_is_still_its_own(store: Store) -> None:
    later = NOW + timedelta(minutes=1)
    with writing(store.engine) as connection:
        claims = [claims[0] for claims in store.ledger.reserve_each([*map(ask, LANES)], connection)]
    store.ledger.break_("two", "gone")
    store.subscribers.refuse("one@desk.example", ["x"], "unsubscribed", NOW)
    taken_over = claims[3]._replace(fence=claims[3].fence - 1)
    with writing(store.engine) as connection:
        begun = store.ledger.start_each([*claims[:3], taken_over], later, timedelta(minutes=15), connection)
    assert [claim and claim.id for claim in begun] == [claims[0].id, None, claims[2].id, None]
    assert {row.id: row.tries for row in store.reading.deliveries() if row.tries} == {claims[0].id: 1, claims[2].id: 1}


def test_what_went_together_before_goes_together_again_in_one_query_however_many_there_are(store: Store) -> None:
    asked: list[str] = []
    first = reserved(store, *map(ask, LANES))
    event.listen(store.engine, "before_cursor_execute", lambda _c, _cursor, statement, *_: asked.append(statement))
    again = Ask("one", NOW + timedelta(minutes=5), 9, 50)
    assert reserved(store, again) == [first[0]], "given to nobody else meanwhile, under the same ids"
    alone = len(asked)
    assert reserved(store, *(again._replace(channel=lane) for lane in LANES[1:])) == first[1:]
    assert len(asked) - alone == alone
