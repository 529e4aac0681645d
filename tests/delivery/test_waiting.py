"""Groups, digests, quiet hours and limits: nothing lost, nothing twice, and a reason for every wait."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from spacepact.errors import SendError
from spacepact.round import Failure, Round

STORIES = ("jaxa isro signed lupex", "nasa esa signed gateway", "cnes dlr launched merlin", "csa uksa signed skimsat")
DAILY = {"digest": "0 8 * * *", "zone": "Europe/Berlin"}


def mail(**timing: Any) -> dict[str, Any]:
    return {"deliver": [{"channel": "mail", **timing}]}


def headlines(message: Any) -> list[str]:
    return [facts.headline for facts in message.parts]


def test_what_comes_within_the_wait_is_one_message(office: Any, scripted: Any) -> None:
    desk = office(channels=[box := scripted("mail")], lists={"all": mail(group_wait="10m")})
    desk.reads(STORIES[0])
    assert desk.delivers(minutes=5) == 0
    desk.reads(STORIES[1])
    assert [row.why for row in desk.rows()] == ["grouped until 2026-05-12 09:10 UTC (first-report)"] * 2
    assert desk.delivers(minutes=4, seconds=59) == 0
    assert desk.delivers(seconds=1) == 1
    assert headlines(box.got[0]) == ["Signed: JAXA and ISRO on lupex (joint mission)", "Signed: NASA and ESA on gateway (joint mission)"]
    assert box.got[0].lead == "What came within your waiting time, in one message."
    assert {row.message for row in desk.rows()} == {box.got[0].id}
    desk.reads(STORIES[2])
    assert desk.delivers(minutes=10) == 1, "the next begins its own wait"
    assert box.got[1].facts is not None, "one alone reads as one alone"
    assert box.got[1].id == desk.rows()[-1].id


def test_a_batch_that_fails_is_tried_again_as_it_was(office: Any, scripted: Any) -> None:
    box = scripted("mail", SendError("mail: 451 later"), SendError("mail: 451 later"))
    desk = office(channels=[box], lists={"all": mail(group_wait="1m")})
    desk.reads(STORIES[0])
    desk.reads(STORIES[1])
    assert desk.delivers(minutes=1) == 0
    desk.reads(STORIES[2])
    assert desk.delivers(minutes=1) == 1, "what came later is a message of its own; the batch fails its second try"
    assert desk.delivers(minutes=10) == 1
    assert sorted(len(m.parts) for m in box.got) == [0, 2]
    first = [number for number in box.tried if number != box.got[0].id]
    assert len(set(first)) == 1, "the same id on every try"
    assert [(row.state, row.tries) for row in desk.rows()] == [("sent", 3), ("sent", 3), ("sent", 1)]


def test_a_digest_says_what_it_is_based_on(office: Any, scripted: Any) -> None:
    desk = office(channels=[box := scripted("mail")], lists={"all": mail(**DAILY)})
    desk.sources = ("good", "broken", "silent")
    at = {"started": desk.now, "finished": desk.now}
    desk.store.sources.finish(Round(source="good", state="unchanged", **at), desk.now)
    why = (Failure(url="https://broken.example/feed", reason="no such host"),)
    desk.store.sources.finish(Round(source="broken", state="failed", failures=why, **at), desk.now)
    desk.reads(STORIES[0])
    assert [row.why for row in desk.rows()] == ["digest-pending until 2026-05-13 06:00 UTC (first-report)"]
    assert desk.delivers(hours=20) == 0
    assert desk.delivers(hours=1) == 1
    message = box.got[0]
    assert message.subject == "Digest of 13 May 2026: 1 story"
    assert message.note.startswith("Based on 1 of 3 sources, read between 12 May 2026, 08:00 and 13 May 2026, 08:00 (Europe/Berlin).")
    assert "Could not be read: broken (failed: 0 listed, 0 fetched; https://broken.example/feed: no such host)." in message.note
    assert "Not visited: silent." in message.note
    assert message.note in message.text
    assert "no such host" in message.html


def test_a_digest_tells_a_story_as_it_is_when_it_goes_and_what_was_told_at_once_stays(office: Any, scripted: Any) -> None:
    lists = {"now": {"deliver": [{"channel": "hook"}]}, "later": mail(**DAILY)}
    desk = office(channels=[box := scripted("mail"), hook := scripted("hook", SendError("hook: 500"), size=1)], lists=lists)
    desk.reads("jaxa isro signed lupex in short")
    assert desk.delivers() == 0
    desk.now += timedelta(minutes=1)
    desk.reads("jaxa isro signed lupex in full", outlet="agency", tier="official")
    desk.reads("jaxa isro signed lupex in brief", outlet="rewriter")
    assert desk.delivers(hours=21) == 2
    (told,), (at_once,) = box.got[0].parts, [m.facts for m in hook.got]
    assert [s.site for s in told.sources] == ["agency", "outlet", "rewriter"]
    assert "agency, 12 May 2026, +2 sources" in box.got[0].html
    assert told.evidence == ("jaxa isro signed lupex in full",)
    assert [s.site for s in at_once.sources] == ["outlet"], "a try that is made again says the same"


def test_no_news_is_told_only_where_it_is_asked_and_once_a_slot(office: Any, scripted: Any) -> None:
    lists = {"loud": mail(**DAILY, digest_empty=True), "quiet": mail(**DAILY, to=["other@desk.example"])}
    desk = office(channels=[box := scripted("mail", to=("me@desk.example",))], lists=lists)
    assert desk.delivers() == 0, "the slot before the first start is over"
    assert desk.delivers(hours=21) == 1
    assert desk.delivers(hours=1) == 0
    assert (box.got[0].recipient, box.got[0].subject) == ("me@desk.example", "Digest of 13 May 2026: no news")
    assert box.got[0].note.startswith("We were blind: not one of 1 sources could be read")
    desk.reads(STORIES[0])
    assert desk.delivers(hours=23) == 2, "there is news: one digest each, and no empty one"
    assert [m.subject for m in box.got[1:]] == ["Digest of 14 May 2026: 1 story"] * 2
    assert desk.delivers(hours=72) == 1, "down over three slots: one that says so, not three"
    assert len({m.id for m in box.got}) == 4


def test_g9_after_26_hours_down_over_3_slots_one_digest_holds_every_item_once(office: Any, scripted: Any) -> None:
    desk = office(channels=[box := scripted("mail")], lists={"all": mail(digest="0 */8 * * *")})
    for story in STORIES[:3]:
        desk.reads(story)
        desk.now += timedelta(hours=8)
    desk.now = datetime(2026, 5, 13, 11, tzinfo=UTC)
    assert desk.delivers() == 1
    assert [line.partition(" on ")[2] for line in headlines(box.got[0])] == [f"{m} (joint mission)" for m in ("lupex", "gateway", "merlin")]
    assert "between 12 May 2026, 08:00 and 13 May 2026, 11:00" in box.got[0].note
    assert desk.delivers(hours=30) == 0


def test_quiet_hours_end_before_anything_is_sent(office: Any, scripted: Any) -> None:
    desk = office(channels=[box := scripted("mail")], lists={"all": mail(quiet_hours="08:00-12:00")})
    desk.reads(STORIES[0])
    assert [row.why for row in desk.rows()] == ["quiet-hours until 2026-05-12 12:00 UTC (first-report)"]
    assert desk.delivers(hours=2, minutes=59) == 0
    assert desk.delivers(minutes=1) == 1
    assert len(box.got) == 1


def test_a_retry_that_falls_into_quiet_hours_waits_too(office: Any, scripted: Any) -> None:
    box = scripted("mail", *[SendError("mail: 500")] * 3)
    desk = office(channels=[box], lists={"all": mail(quiet_hours="09:20-18:00")})
    desk.reads(STORIES[0])
    desk.delivers()
    desk.delivers(minutes=1)
    desk.delivers(minutes=9)
    assert len(box.tried) == 3
    assert desk.delivers(hours=1) == 0
    assert len(box.tried) == 3
    assert [row.why for row in desk.rows()] == ["quiet-hours until 2026-05-12 18:00 UTC (mail: 500)"]
    assert desk.delivers(hours=9) == 1
    assert len(set(box.tried)) == 1


def test_what_is_over_the_limit_comes_in_one_collected_message(office: Any, scripted: Any) -> None:
    desk = office(channels=[box := scripted("mail")], lists={"all": mail(limit="1 an hour")})
    for story in STORIES:
        desk.reads(story)
    assert desk.delivers() == 1
    assert {row.why for row in desk.rows(state="pending")} == {"quota: 1 an hour until 2026-05-12 10:00 UTC (first-report)"}
    assert desk.delivers(minutes=59) == 0
    assert desk.delivers(minutes=1) == 1
    assert len(box.got[1].parts) == 3
    assert box.got[1].lead == "You asked for at most 1 an hour; this is what was over it."
    assert desk.delivers(hours=5) == 0
    assert desk.states() == ["sent"] * 4


def test_a_program_gets_each_story_alone_at_the_time_of_the_digest(office: Any, scripted: Any) -> None:
    desk = office(channels=[hook := scripted("hook", size=1)], lists={"all": {"deliver": [{"channel": "hook", "digest": "0 8 * * *"}]}})
    desk.reads(STORIES[0])
    desk.reads(STORIES[1])
    assert desk.delivers(hours=23) == 2
    assert sorted(m.id for m in hook.got) == sorted(row.id for row in desk.rows())
    assert all(m.facts for m in hook.got)


def test_a_long_digest_is_cut_where_the_channel_must(office: Any, scripted: Any) -> None:
    desk = office(channels=[box := scripted("mail", size=2)], lists={"all": mail(**DAILY)})
    for story in STORIES[:3]:
        desk.reads(story)
    assert desk.delivers(hours=21) == 2
    assert sorted(len(m.parts) for m in box.got) == [1, 2]


def test_what_is_corrected_before_it_was_sent_is_told_once_and_right(office: Any, scripted: Any) -> None:
    desk = office(channels=[box := scripted("mail")], lists={"all": mail(**DAILY)})
    desk.reads("jaxa isro signed lupex", number=7)
    desk.now += timedelta(hours=1)
    desk.reads("jaxa isro ended lupex", number=7)
    assert [(row.state, row.reason) for row in desk.rows()] == [
        ("suppressed", "corrected before it was sent"),
        ("pending", "first-report: corrected before it was sent"),
    ]
    assert desk.delivers(hours=20) == 1
    assert headlines(box.got[0]) == ["Ended: JAXA and ISRO on lupex (joint mission)"]
    assert box.got[0].parts[0].kind == "first-report"


def test_what_is_withdrawn_before_it_was_sent_is_not_told_at_all(office: Any, scripted: Any) -> None:
    desk = office(channels=[box := scripted("mail")], lists={"all": mail(**DAILY)})
    desk.reads("jaxa isro signed lupex", number=7)
    desk.reads("Rain.", number=7)
    assert [(row.state, row.reason) for row in desk.rows()] == [("suppressed", "withdrawn before it was sent")]
    assert desk.delivers(hours=40) == 0
    assert box.got == []


def test_what_was_told_in_a_digest_is_corrected_at_once(office: Any, scripted: Any) -> None:
    desk = office(channels=[box := scripted("mail")], lists={"all": mail(**DAILY)})
    desk.reads("jaxa isro signed lupex", number=7)
    assert desk.delivers(hours=21) == 1
    desk.now += timedelta(hours=1)
    desk.reads("jaxa isro ended lupex", number=7)
    assert desk.delivers() == 1
    assert box.got[1].facts.kind == "correction"


def test_whom_no_try_reached_is_told_afresh_and_not_corrected(office: Any, scripted: Any) -> None:
    box = scripted("mail", SendError("mail: 554 no", permanent=True), to=("gone@desk.example", "here@desk.example"))
    desk = office(channels=[box], lists={"all": mail()})
    desk.reads("jaxa isro signed lupex", number=7)
    assert desk.delivers() == 1
    desk.now += timedelta(hours=1)
    desk.reads("jaxa isro ended lupex", number=7)
    desk.delivers()
    assert sorted((m.recipient, m.facts.kind) for m in box.got) == [
        ("gone@desk.example", "first-report"),
        ("here@desk.example", "correction"),
        ("here@desk.example", "first-report"),
    ]


def test_a_reminder_comes_as_long_as_the_stage_stands(office: Any, scripted: Any) -> None:
    desk = office(channels=[box := scripted("mail")], lists={"all": mail(repeat="7d")})
    desk.reads("jaxa isro talks lupex")
    assert desk.delivers() == 1
    assert desk.delivers(days=6) == 0
    assert desk.delivers(days=1) == 1
    assert (box.got[1].facts.kind, box.got[1].lead) == ("reminder", "We told you about this before; it still stands: in talks.")
    assert desk.delivers(days=7) == 1
    assert len({m.id for m in box.got}) == 3
    assert [row.reason for row in desk.rows()] == ["first-report", *["reminder: talks since 2026-05-12"] * 2]
    desk.reads("jaxa isro signed lupex")
    assert desk.delivers() == 1
    assert box.got[3].facts.kind == "stage-change"
    assert desk.delivers(days=7) == 1, "of the new stage, not of the old one"
    assert box.got[4].facts.stage == "signed"
    assert len(box.got) == 5


def test_an_expected_event_that_nobody_reported_is_told_once(office: Any, scripted: Any) -> None:
    desk = office(channels=[box := scripted("mail")], lists={})
    event = {"match": {"agencies": ["nasa"]}, "due": "2026-05-13", "zone": "Europe/Berlin", "begins": "2026-05-12"}
    desk.expects(committee={**event, "deliver": [{"channel": "mail"}]}, other={**event, "match": {"agencies": ["isro"]}})
    desk.reads("jaxa isro signed lupex")
    assert desk.delivers(days=1, hours=12) == 0
    assert desk.delivers(hours=2) == 1
    assert box.got[0].subject == "Not seen in time: committee"
    assert desk.delivers(days=1) == 0
    assert {i: s.state for i, s in desk.store.expectations.states().items()} == {"committee": "overdue", "other": "seen"}
    desk.reads("nasa esa signed gateway")
    assert desk.delivers() == 1
    assert box.got[1].subject == "Seen after all: committee"
    assert "https://outlet.example/2" in box.got[1].text
    assert desk.delivers(days=1) == 0
    assert desk.store.expectations.states()["committee"].state == "seen-late"


def test_an_old_article_answers_no_new_expectation(office: Any, scripted: Any) -> None:
    desk = office(channels=[scripted("mail")], lists={})
    desk.expects(committee={"match": {"agencies": ["isro"]}, "due": "2026-09-30", "begins": "2026-07-01", "deliver": [{"channel": "mail"}]})
    desk.reads("jaxa isro signed lupex")
    assert desk.store.expectations.states() == {}
