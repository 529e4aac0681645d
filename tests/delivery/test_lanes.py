"""A lane that fails: when it is switched off, who hears of it, and how it comes back under the original ids."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

from spacepact.errors import SendError
from storage.replay import replay

STORIES = ("jaxa isro signed lupex", "nasa esa signed gateway", "cnes dlr launched merlin", "csa uksa signed skimsat")
HOOK = {"all": {"deliver": [{"channel": "hook"}]}}


def down(times: int) -> list[SendError]:
    return [SendError("hook: answered 500")] * times


def test_a5_what_always_fails_is_tried_eight_times_and_operators_hear_of_it_once(office: Any, scripted: Any) -> None:
    hook, box = scripted("hook", *down(40)), scripted("ops")
    desk = office(channels=[hook, box], lists=HOOK, operators=["ops"])
    desk.reads(STORIES[0])
    desk.reads(STORIES[1])
    for _ in range(80):
        desk.delivers(minutes=30)
    desk.delivers(hours=1)
    dead = desk.rows(state="dead")
    assert [row.tries for row in dead] == [8, 8]
    assert [m.subject for m in box.got] == ["Channel hook gave up a delivery"], "once a day, however many follow"
    assert "hook: answered 500" in box.got[0].text


def test_a7_a_channel_that_is_gone_is_off_at_once_and_operators_hear_over_another(office: Any, scripted: Any) -> None:
    hook, box = scripted("hook", SendError("hook: answered 410 Gone", permanent=True, broken=True)), scripted("ops")
    desk = office(channels=[hook, box], lists=HOOK, operators=["hook", "ops"])
    desk.reads(STORIES[0])
    desk.reads(STORIES[1])
    desk.delivers()
    desk.delivers(seconds=1)
    desk.delivers(days=2)
    assert len(hook.tried) == 1
    assert [m.subject for m in box.got] == ["Channel hook is broken"]
    assert "spacepact mend hook" in box.got[0].text
    assert [row.state for row in desk.rows(channel="hook")] == ["failed", "pending"]


def failing_days(desk: Any, days: int) -> None:
    for day in range(days):
        desk.reads(f"jaxa isro signed mission-{day}")
        desk.delivers()
        desk.delivers(days=1)


def test_a9_five_days_without_one_success_switch_a_channel_off(office: Any, scripted: Any) -> None:
    hook, box = scripted("hook", *down(1000)), scripted("ops")
    desk = office(channels=[hook, box], lists=HOOK, operators=["ops"])
    failing_days(desk, 6)
    assert "for 5 days" in desk.store.ledger.broken()["hook"]
    tried = len(hook.tried)
    failing_days(desk, 2)
    assert len(hook.tried) == tried
    assert "Channel hook is broken" in [m.subject for m in box.got]


def test_a9_one_success_on_the_fourth_day_keeps_it_on(office: Any, scripted: Any) -> None:
    hook = scripted("hook", *down(1000))
    desk = office(channels=[hook], lists=HOOK)
    failing_days(desk, 4)
    hook.answers = []
    desk.reads(STORIES[1])
    assert desk.delivers()
    hook.answers = down(1000)
    failing_days(desk, 4)
    assert desk.store.ledger.broken() == {}


def test_a10_a_channel_that_is_mended_gets_the_gap_under_the_original_ids(office: Any, scripted: Any) -> None:
    hook = scripted("hook", *down(1000))
    desk = office(channels=[hook], lists=HOOK)
    since = desk.now
    failing_days(desk, 6)
    owed = {row.id for row in desk.rows(channel="hook")}
    hook.answers = []
    assert desk.store.ledger.mend(["hook"]) == ["hook"]
    desk.delivers()
    assert sorted(m.id for m in hook.got) == sorted(owed), "every one, once"
    done = replay(desk.store.engine, desk.now, channel="hook", since=since)
    assert set(done.again) == owed
    desk.delivers()
    assert Counter(m.id for m in hook.got) == dict.fromkeys(owed, 2), "again because a person asked, under the same ids"


def test_a10_what_a_correction_has_overtaken_is_not_replayed(office: Any, scripted: Any) -> None:
    hook = scripted("hook", SendError("hook: answered 400", permanent=True))
    desk = office(channels=[hook], lists=HOOK)
    desk.reads("jaxa isro signed lupex", number=1)
    desk.reads("nasa esa signed gateway", number=2)
    desk.delivers()
    sent = desk.rows(state="sent")[0]
    desk.now += timedelta(hours=1)
    number = 1 if "isro" in str(sent.cooperation) else 2
    desk.reads("jaxa isro ended lupex" if number == 1 else "nasa esa ended gateway", number=number)
    desk.delivers()
    done = replay(desk.store.engine, desk.now, ids=[sent.id, "nonsense"])
    assert [s.reason for s in done.skipped] == ["overtaken by revision 2 of its story", "there is no such delivery"]
    assert done.again == ()


def test_after_a_replay_the_ladder_of_tries_begins_anew(office: Any, scripted: Any) -> None:
    hook = scripted("hook", *down(9))
    desk = office(channels=[hook], lists=HOOK)
    desk.reads(STORIES[0])
    for _ in range(80):
        desk.delivers(minutes=30)
    (row,) = desk.rows()
    assert row.state == "dead"
    replay(desk.store.engine, desk.now, ids=[row.id])
    assert desk.delivers() == 0
    assert desk.rows()[0].state == "failed", "not dead at the first failure"
    assert desk.delivers(minutes=1) == 1
    assert set(hook.tried) == {row.id}
