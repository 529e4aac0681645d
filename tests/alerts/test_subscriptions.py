"""Subscribers are told like everybody else, over the channel of the sign-up pages."""

from __future__ import annotations

from typing import Any

import pytest

from alerts.matching import Watchlists
from alerts.subscriptions import with_subscribers
from spacepact.subscriber import Subscriber


@pytest.fixture
def desk(make: Any) -> Any:
    return make.desk({"japan": make.watchlist(agencies=["jaxa"]), "china": make.watchlist(agencies=["cnsa"])})


def subscriber(make: Any, address: str, *lists: str, **other: str) -> Subscriber:
    return Subscriber.model_validate({"address": address, "watchlists": lists, "confirmed": make.now, **other})


def test_subscribers_are_told_beside_those_whom_config_names(make: Any, desk: Any) -> None:
    readers = [subscriber(make, "ada@example.org", "japan"), subscriber(make, "bob@example.org", "china", "gone")]
    told = with_subscribers(Watchlists(desk.lists), readers, "mail")
    desk.lists = told.lists
    (alert,) = desk.takes(make.article(), make.cooperation()).alerts
    assert [(d.channel, d.recipient, d.state) for d in alert.deliveries] == [
        ("mail", "ada@example.org", "pending"),
        ("mail", "desk@example.org", "pending"),
    ]


def test_somebody_whom_two_lists_would_tell_is_told_once(make: Any, desk: Any) -> None:
    desk.lists = with_subscribers(Watchlists(desk.lists), [subscriber(make, "desk@example.org", "japan")], "mail").lists
    (alert,) = desk.takes(make.article(), make.cooperation()).alerts
    assert [d.recipient for d in alert.deliveries] == ["desk@example.org"]


def test_two_spellings_of_one_address_are_one_mail_now_and_when_another_source_joins(make: Any, desk: Any) -> None:
    desk.lists = with_subscribers(Watchlists(desk.lists), [subscriber(make, "Desk@Example.org", "china")], "mail").lists
    (first,) = desk.takes(make.article(1), make.cooperation("jaxa", "cnsa")).alerts
    assert len(first.deliveries) == 1
    desk.lists = {"china": desk.lists["china"].model_copy(update={"deliver": desk.lists["china"].deliver[1:]})}
    assert desk.takes(make.article(2), make.cooperation("jaxa", "cnsa")).alerts == ()


@pytest.mark.parametrize(
    ("frequency", "due"), [("immediate", "2026-05-12T09:00"), ("daily", "2026-05-12T23:00"), ("weekly", "2026-05-17T23:00")]
)
def test_a_subscriber_says_how_often_and_in_which_zone(make: Any, desk: Any, frequency: str, due: str) -> None:
    reader = subscriber(make, "ada@example.org", "japan", frequency=frequency, zone="Asia/Tokyo")
    desk.lists = with_subscribers(Watchlists(desk.lists), [reader], "mail").lists
    (alert,) = desk.takes(make.article(), make.cooperation()).alerts
    (own,) = [d for d in alert.deliveries if d.recipient == "ada@example.org"]
    assert own.due is not None
    assert own.due.isoformat().startswith(due)


def test_the_lists_handed_in_stay_as_they_are(make: Any, desk: Any) -> None:
    lists = Watchlists(desk.lists)
    with_subscribers(lists, [subscriber(make, "ada@example.org", "japan")], "mail")
    assert len(lists.lists["japan"].deliver) == 1
