"""Stories merged and split by hand: it sticks, and nobody is told twice. The receivers are the oracle.

Six random histories; SPACEPACT_RUNS=200 asks more.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from datetime import timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest

from alerts.decide import decide, tell
from spacepact.errors import SpacepactError
from spacepact.regrouping import By, Regrouping
from spacepact.rereading import silent
from spacepact.story import Story
from storage import migrate, open_database
from storage.replay import replay

from .conftest import Office

ANA = By("ana", "one signing, two names")
EVERYONE = {"all": {"deliver": [{"channel": "mail", "to": ["a@desk.example", "b@desk.example"]}]}}


def hand(desk: Any) -> Regrouping:
    told = partial(tell, watchlists=desk.lists, channels=desk.channels, policy=desk.policy)
    return Regrouping(desk.store, told, lambda: desk.now)


def stories(desk: Any) -> list[Story]:
    return sorted(desk.store.reading.stories(), key=lambda s: (s.first_seen, s.id))


def told(box: Any) -> Counter[tuple[str, str]]:
    """How often each recipient got each headline."""
    return Counter((m.recipient, m.facts.headline) for m in box.got)


def two(office: Any, box: Any, **policy: Any) -> Any:
    """An office that took one event for two: another mission was read in the second report."""
    desk = office(channels=[box], lists=EVERYONE, **policy)
    desk.reads("jaxa isro signed lupex", tier="official")
    desk.now += timedelta(minutes=1)
    desk.reads("jaxa isro signed chandrayaan-5", outlet="other")
    return desk


def test_after_a_merge_nobody_is_told_twice_and_later_reports_of_both_join(office: Any, scripted: Any) -> None:
    desk = two(office, box := scripted("mail"))
    assert desk.delivers() == 4, "two stories, two readers"
    first, second = stories(desk)
    whole = hand(desk).merge(first.id, second.id, ANA)
    assert [t.because for t in whole.tellings] == ["the first report", "merged by ana on 2026-05-12: one signing, two names"]
    assert [r.kind for r in desk.store.rulings.of(second.id)] == ["merge"]
    desk.reads("jaxa isro signed chandrayaan-5", outlet="third")
    desk.reads("jaxa isro signed lupex", outlet="fourth")
    desk.reads("jaxa isro signed chandrayaan-5 again", number=2, outlet="other")
    assert desk.delivers(minutes=5) == 0
    (story,) = stories(desk)
    assert (story.id, len(story.tellings)) == (first.id, 4)
    assert set(told(box).values()) == {1}


def test_what_waits_is_told_once_after_a_merge_and_the_other_names_the_known_story(office: Any, scripted: Any) -> None:
    desk = two(office, box := scripted("mail"))
    first, second = stories(desk)
    hand(desk).merge(first.id, second.id, ANA)
    assert desk.delivers() == 2
    assert Counter(m.recipient for m in box.got) == {"a@desk.example": 1, "b@desk.example": 1}
    held = [row.reason for row in desk.rows(state="suppressed")]
    assert held == ["known-story: merged by ana on 2026-05-12: one signing, two names"] * 2


def test_who_was_told_of_the_merged_story_gets_its_correction(office: Any, scripted: Any) -> None:
    desk = two(office, box := scripted("mail"))
    desk.delivers()
    first, second = stories(desk)
    hand(desk).merge(first.id, second.id, ANA)
    desk.now += timedelta(hours=1)
    desk.reads("jaxa isro ended lupex", number=1, tier="official")
    assert desk.delivers() == 2
    assert [m.facts.kind for m in box.got[-2:]] == ["correction"] * 2
    assert desk.delivers(hours=1) == 0


def test_a_split_sticks_and_tells_only_what_nobody_was_told(office: Any, scripted: Any) -> None:
    desk = office(channels=[scripted("mail")], lists=EVERYONE)
    desk.reads("jaxa isro signed lupex", outlet="one")
    desk.delivers()
    desk.reads("jaxa isro signed lupex", outlet="two")
    desk.reads("jaxa isro signed lupex", outlet="three")
    assert desk.delivers() == 0
    (story,) = stories(desk)
    assert "same parties" in story.tellings[1].because
    rest, off = hand(desk).split(story.id, [story.tellings[1].url, story.tellings[2].url], ANA)
    assert desk.delivers() == 2, "nobody was told of the second event: each reader hears of it once"
    assert [len(s.tellings) for s in (rest, off)] == [1, 2]
    assert rest.record != off.record
    desk.reads("jaxa isro signed lupex again", number=2, outlet="two")
    desk.reads("jaxa isro signed lupex again", number=1, outlet="one")
    assert desk.delivers(hours=1) == 0
    assert {s.id: len(s.tellings) for s in stories(desk)} == {rest.id: 1, off.id: 2}


def test_who_was_told_of_the_article_that_goes_is_not_told_again(office: Any, scripted: Any) -> None:
    desk = office(channels=[box := scripted("mail")], lists=EVERYONE)
    desk.reads("jaxa isro signed lupex", outlet="one")
    desk.delivers()
    desk.reads("jaxa isro signed lupex", outlet="two", tier="official")
    (story,) = stories(desk)
    first = story.tellings[0].url
    rest, off = hand(desk).split(story.id, [first], ANA)
    assert [row.story_id for row in desk.rows(story=off.id) if row.state == "sent"] == [off.id] * 2, "the alert showed that article alone"
    desk.delivers()
    desk.reads("jaxa isro signed lupex", outlet="three")
    desk.delivers(hours=1)
    by_story = Counter((row.recipient, row.story_id) for row in desk.rows(state="sent"))
    assert by_story == {(who, s.id): 1 for who in ("a@desk.example", "b@desk.example") for s in (rest, off)}
    assert len(box.got) == 4


def test_a_replay_after_a_split_says_what_it_said_and_nothing_that_was_corrected_since(office: Any, scripted: Any) -> None:
    desk = office(channels=[box := scripted("mail")], lists=EVERYONE)
    desk.reads("jaxa isro signed lupex", outlet="one", number=1)
    desk.delivers()
    desk.reads("jaxa isro signed lupex", outlet="two", number=2, tier="official")
    first = box.got[0]
    (story,) = stories(desk)
    halves = hand(desk).split(story.id, ["https://one.example/1"], ANA)
    assert {half.revision for half in halves} == {2}, "the split is a revision of both, and no correction"
    desk.delivers()
    box.got.clear()
    done = replay(desk.store.engine, desk.now, ids=[first.id])
    assert (done.again, done.skipped) == ((first.id,), ())
    desk.delivers()
    assert [(m.id, m.facts.headline, [s.url for s in m.facts.sources]) for m in box.got] == [
        (first.id, first.facts.headline, ["https://one.example/1"])
    ]
    desk.reads("jaxa isro ended lupex", outlet="one", number=1)
    desk.delivers()
    done = replay(desk.store.engine, desk.now, ids=[first.id])
    assert [s.reason for s in done.skipped] == ["overtaken by revision 3 of its story"]


def test_what_was_merged_can_be_split_again_and_nobody_hears_of_it(office: Any, scripted: Any) -> None:
    desk = two(office, box := scripted("mail"))
    desk.delivers()
    first, second = stories(desk)
    hand(desk).merge(first.id, second.id, ANA)
    desk.now += timedelta(minutes=1)
    rest, off = hand(desk).split(first.id, [second.tellings[0].url], By("ben", "two after all"))
    assert (rest.cooperation.missions, off.cooperation.missions) == (("lupex",), ("chandrayaan-5",))
    assert rest.also == off.also == ()
    assert desk.delivers(hours=1) == 0
    assert set(told(box).values()) == {1}


def test_a_page_that_is_read_anew_stays_where_a_person_put_it(office: Any, scripted: Any) -> None:
    desk = office(channels=[scripted("mail")], lists=EVERYONE)
    for outlet in ("one", "two"):
        desk.reads("jaxa isro signed lupex", outlet=outlet)
    (story,) = stories(desk)
    _, off = hand(desk).split(story.id, [story.tellings[1].url], ANA)
    kept = desk.store.reading.article(off.head.url)
    read = kept.classification.cooperations[0].model_copy(update={"activity": "crew"})
    again = kept.model_copy(update={"classification": kept.classification.model_copy(update={"cooperations": (read,)})})
    judge = partial(decide, watchlists=desk.lists, channels=desk.channels, policy=desk.policy, now=desk.now)
    assert desk.store.reread(again, lambda *facts: silent(judge(*facts), "reprocessed"), desk.now)
    assert [(s.id, s.cooperation.activity) for s in stories(desk)] == sorted([(story.id, "joint-mission"), (off.id, "crew")])


def test_records_are_merged_and_split(office: Any, scripted: Any) -> None:
    desk = two(office, scripted("mail"))
    first, second = stories(desk)
    assert hand(desk).merge_records(first.record, second.record, ANA) == first.record
    assert [s.id for s in desk.store.reading.record(second.id)] == [first.id, second.id]
    desk.now += timedelta(minutes=1)
    new = hand(desk).split_record(first.record, [second.id], ANA)
    assert [s.id for s in desk.store.reading.record(new)] == [second.id]


def happens(desk: Any, dice: Random) -> None:
    """Let one thing happen: a report, another revision, a delivery, or a ruling about stories drawn by lot."""
    desk.now += timedelta(minutes=dice.randint(1, 90))
    act, there = dice.choice(("report", "report", "report", "revise", "deliver", "merge", "split")), stories(desk)
    if act == "report" or not there:
        desk.reads(f"{dice.choice(('jaxa isro', 'nasa esa'))} signed {dice.choice(('lupex', 'gateway'))}", outlet=f"outlet{desk.count}")
    elif act == "revise":
        told = dice.choice(dice.choice(there).tellings)
        outlet, number = re.findall(r"https://(.*)\.example/(.*)", told.url)[0]
        text = desk.store.reading.article(told.url).article.text
        desk.reads(f"{text} again", number=int(number), outlet=outlet)
    elif act == "deliver":
        desk.delivers()
    elif act == "merge" and len(there) > 1:
        one, other = dice.sample(there, 2)
        hand(desk).merge(one.id, other.id, ANA)
    elif act == "split" and (many := [story for story in there if len(story.tellings) > 1]):
        story = dice.choice(many)
        urls = [telling.url for telling in story.tellings]
        hand(desk).split(story.id, dice.sample(urls, dice.randint(1, len(urls) - 1)), ANA)


@pytest.mark.parametrize("seed", range(int(os.environ.get("SPACEPACT_RUNS", "6"))))
def test_whatever_is_merged_and_split_everybody_is_told_of_every_story_and_of_no_article_twice(
    tmp_path: Path, scripted: Any, seed: int
) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'x.sqlite'}")
    migrate(engine)
    desk = Office(engine, channels=[box := scripted("mail")], lists=EVERYONE, max_age="30d")
    dice = Random(seed)
    for _ in range(60):
        happens(desk, dice)
    desk.delivers(hours=1)
    shown = Counter((m.recipient, source.url) for m in box.got if m.facts.kind != "correction" for source in m.facts.sources)
    assert set(shown.values()) == {1}, "nobody is told of an article twice"
    standing = Counter(telling.url for story in stories(desk) for telling in story.tellings)
    assert set(standing.values()) == {1}, "an article tells one story"
    for story in stories(desk):
        told = {who for who, url in shown if url in {telling.url for telling in story.tellings}}
        assert told == {"a@desk.example", "b@desk.example"}, "nobody misses a story"


@pytest.mark.parametrize(
    ("what", "complaint"),
    [
        (lambda h, s: h.merge(s[0].id, "nothing", ANA), "there is no story 'nothing'"),
        (lambda h, s: h.merge(s[0].id, s[0].id, ANA), "are one story already"),
        (
            lambda h, s: h.split(s[0].id, ["https://x.example"], ANA),
            "is not told by https://x.example; it is told by: https://outlet.example/1",
        ),
        (lambda h, s: h.split(s[0].id, [s[0].tellings[0].url], ANA), "would be left without an article"),
        (lambda h, s: h.merge_records("nothing", s[0].id, ANA), "there is no record 'nothing'"),
        (lambda h, s: h.split_record(s[0].id, [s[0].id], ANA), "would be left without a story"),
    ],
)
def test_what_cannot_be_done_says_why(office: Any, scripted: Any, what: Any, complaint: str) -> None:
    desk = two(office, scripted("mail"))
    with pytest.raises(SpacepactError, match=complaint.replace(".", r"\.")):
        what(hand(desk), stories(desk))
