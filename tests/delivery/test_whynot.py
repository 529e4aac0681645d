"""Every silence has exactly one named reason, found along the path that the service takes; the receivers are the oracle."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from spacepact.silence import Silence
from spacepact.whynot import Way, WhyNot

A = "a@desk.example"


def to(**timing: Any) -> dict[str, Any]:
    return {"deliver": [{"channel": "mail", "to": [A], **timing}]}


def why(desk: Any, url: str = "https://outlet.example/1", name: str = "all") -> list[Way]:
    kept = desk.store.reading.article(url)
    return WhyNot(desk.store, desk.lists, desk.channels, desk.policy, kept, desk.now).ways(name)


def reasons(desk: Any, url: str = "https://outlet.example/1", name: str = "all") -> list[tuple[str, str]]:
    return [(way.recipient, way.reason) for way in why(desk, url, name)]


@pytest.fixture
def box(scripted: Any) -> Any:
    return scripted("mail")


def test_what_was_told_says_so_and_a_second_article_is_a_known_story(office: Any, box: Any) -> None:
    desk = office(channels=[box], lists={"all": to()})
    desk.reads("jaxa isro signed lupex")
    assert reasons(desk) == [(A, "due")]
    assert desk.delivers() == 1
    desk.reads("jaxa isro signed lupex", outlet="other")
    assert desk.delivers() == 0
    assert reasons(desk) == [(A, "first-report")]
    (way,) = why(desk, "https://other.example/2")
    assert (way.reason, way.state) == ("known-story", "sent")
    assert "told before this article joined it; sent 2026-05-12 09:00 UTC: first-report" in way.says


def test_below_the_score_and_no_match_are_told_apart(office: Any, box: Any) -> None:
    desk = office(channels=[box], lists={"sure": {"match": {"min_score": 0.95}, **to()}, "esa": {"match": {"agencies": ["esa"]}, **to()}})
    desk.reads("jaxa isro signed lupex")
    desk.reads("Rain.")
    assert desk.delivers() == 0
    assert [way[3:] for way in why(desk, name="sure")] == [("", "below-score", "score 0.90 < 0.95")]
    assert [way[3:] for way in why(desk, name="esa")] == [("", "no-match", "agency esa is wanted, there is isro, jaxa")]
    assert reasons(desk, "https://outlet.example/2", "esa") == [("", "no-cooperation")]


def test_silenced(office: Any, box: Any) -> None:
    desk = office(channels=[box], lists={"all": to()})
    hush = Silence(
        id="s", match={"missions": ["lupex"]}, author="ana", reason="enough", created=desk.now, until=desk.now + timedelta(hours=1)
    )
    desk.store.silences.add(hush)
    desk.reads("jaxa isro signed lupex")
    assert desk.delivers() == 0
    assert reasons(desk) == [(A, "silenced")]
    assert "enough by ana" in why(desk)[0].says


@pytest.mark.parametrize(
    ("timing", "reason"),
    [
        ({"quiet_hours": "08:00-12:00"}, "quiet-hours"),
        ({"digest": "0 8 * * *"}, "digest-pending"),
        ({"group_wait": "1h"}, "grouped"),
    ],
)
def test_what_waits_says_for_what(office: Any, box: Any, timing: dict[str, str], reason: str) -> None:
    desk = office(channels=[box], lists={"all": to(**timing)})
    desk.reads("jaxa isro signed lupex")
    assert desk.delivers() == 0
    assert reasons(desk) == [(A, reason)]


def test_quota(office: Any, box: Any) -> None:
    desk = office(channels=[box], lists={"all": to(limit="1 an hour")})
    desk.reads("jaxa isro signed lupex")
    desk.reads("nasa esa signed gateway")
    assert desk.delivers() == 1
    assert sorted(reasons(desk, f"https://outlet.example/{n}")[0][1] for n in (1, 2)) == ["first-report", "quota"]


def test_unsubscribed_before_the_send_and_before_the_story(office: Any, box: Any) -> None:
    desk = office(channels=[box], lists={"all": to()})
    desk.reads("jaxa isro signed lupex")
    desk.store.subscribers.refuse(A, ["all"], "unsubscribed", desk.now)
    desk.store.subscribers.refuse("gone@desk.example", ["all"], "unsubscribed", desk.now)
    assert desk.delivers() == 0
    assert reasons(desk) == [(A, "unsubscribed"), ("gone@desk.example", "unsubscribed")]
    assert "suppressed" in why(desk)[0].says


def test_old_news_is_no_silence_without_a_name_and_a_new_reader_is_asked_later(office: Any, box: Any) -> None:
    desk = office(channels=[box], lists={"all": to()}, max_age="1h")
    desk.reads("jaxa isro signed lupex")
    desk.delivers()
    desk.lists = office(channels=[box], lists={"all": {"deliver": [{"channel": "mail", "to": ["new@desk.example"]}]}}).lists
    assert reasons(desk) == [(A, "first-report"), ("new@desk.example", "asked-later")]
    desk.now += timedelta(hours=2)
    assert dict(reasons(desk))["new@desk.example"] == "old-news"
