"""What follows from one article: each case a small history of a service in memory."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations
from typing import Any

from spacepact.story import Alert, Decision


def owed(decision: Decision) -> list[tuple[str, str, str, str]]:
    """Kind, channel, recipient and reason of everything that is to be sent."""
    return [(a.kind, d.channel, d.recipient, d.reason) for a in decision.alerts for d in a.deliveries if d.state == "pending"]


def withheld(decision: Decision) -> list[str]:
    return [d.reason for a in decision.alerts for d in a.deliveries if d.state == "suppressed"]


def only(decision: Decision) -> Alert:
    assert len(decision.alerts) == 1
    return decision.alerts[0]


FIRST = [("first-report", "mail", "desk@example.org", "first-report")]


def test_a_new_story_is_told_once(make: Any) -> None:
    desk = make.desk()
    decision = desk.takes(make.article(1), make.cooperation())
    assert owed(decision) == FIRST
    story = decision.stories[0]
    assert (story.record, story.previous, story.revision) == (story.id, None, 1)
    assert [(t.channel, t.recipient, t.watchlists) for t in story.told] == [("mail", "desk@example.org", ("all",))]
    assert only(decision).matches[0].reasons == ("score 0.80 >= 0.50",)


def test_twelve_outlets_make_one_alert(make: Any) -> None:
    desk = make.desk()
    decisions = [
        desk.takes(make.article(n, title=f"Words of outlet {n}", language=("en", "zh")[n % 2]), make.cooperation()) for n in range(12)
    ]
    assert [len(d.alerts) for d in decisions] == [1] + [0] * 11
    assert len(desk.stories) == 1
    assert len(decisions[-1].stories[0].tellings) == 12


def test_the_official_source_becomes_the_head_without_a_second_alert(make: Any) -> None:
    desk = make.desk()
    desk.takes(make.article(1), make.cooperation())
    decision = desk.takes(make.article(2, tier="official"), make.cooperation(evidence=["The agency said so itself."]))
    assert decision.alerts == ()
    assert decision.stories[0].head.url == "https://news.example/2"
    assert decision.stories[0].cooperation.evidence[0].text == "The agency said so itself."


def test_a_list_that_matches_only_now_and_a_recipient_not_yet_told_are_told_once(make: Any) -> None:
    lists = {"all": make.watchlist(), "official": make.watchlist("mail", to=["chief@example.org"], tier=["official"])}
    desk = make.desk(lists)
    assert owed(desk.takes(make.article(1), make.cooperation())) == FIRST
    late = desk.takes(make.article(2, tier="official"), make.cooperation())
    assert owed(late) == [("first-report", "mail", "chief@example.org", "first-report")]
    assert len(late.stories[0].told) == 2
    assert desk.takes(make.article(3, tier="official"), make.cooperation()).alerts == ()


def test_two_lists_of_one_recipient_are_one_delivery(make: Any) -> None:
    desk = make.desk(
        {"b": make.watchlist(), "a": make.watchlist(agencies=["jaxa"]), "c": make.watchlist("slack")},
        mail=make.Route(),
        slack=make.Route(("slack",)),
    )
    alert = only(desk.takes(make.article(1), make.cooperation()))
    assert [(d.channel, d.watchlists) for d in alert.deliveries] == [("mail", ("a", "b")), ("slack", ("c",))]
    assert [m.watchlist for m in alert.matches] == ["a", "b", "c"]
    assert len({d.id for d in alert.deliveries}) == 2


def test_the_next_stage_is_a_new_story_in_the_same_record(make: Any) -> None:
    desk = make.desk()
    first = desk.takes(make.article(1), make.cooperation(stage="talks")).stories[0]
    desk.now += timedelta(days=40)
    decision = desk.takes(make.article(2, published=desk.now, fetched=desk.now), make.cooperation(stage="signed"))
    assert owed(decision) == [("stage-change", "mail", "desk@example.org", "stage-change: talks -> signed")]
    alert = only(decision)
    assert alert.was == first.cooperation
    assert (alert.story.record, alert.story.previous) == (first.record, first.id)
    assert alert.story.id != first.id


def test_the_same_stage_again_much_later_is_a_first_report_in_the_record(make: Any) -> None:
    desk = make.desk()
    first = desk.takes(make.article(1), make.cooperation()).stories[0]
    desk.now += timedelta(days=30)
    alert = only(desk.takes(make.article(2, published=desk.now, fetched=desk.now), make.cooperation()))
    assert (alert.kind, alert.was, alert.story.record, alert.story.previous) == ("first-report", None, first.record, first.id)


def test_two_events_of_the_same_parties_are_two_stories(make: Any) -> None:
    desk = make.desk()
    desk.takes(make.article(1), make.cooperation(missions=["lupex"]))
    decision = desk.takes(make.article(2), make.cooperation(missions=["xrism"]))
    assert owed(decision) == FIRST
    assert len(desk.stories) == 2
    assert len({s.record for s in desk.stories.values()}) == 2


def test_one_article_may_tell_two_stories(make: Any) -> None:
    decision = make.desk().takes(make.article(1), make.cooperation(), make.cooperation("nasa", "csa", missions=["hera"]))
    assert len(decision.stories) == len(decision.alerts) == 2
    assert len({d.id for a in decision.alerts for d in a.deliveries}) == 2


def test_what_one_article_tells_apart_stays_apart(make: Any) -> None:
    crew = make.cooperation("nasa", "isro", missions=[], activity="crew", instrument="mou")
    data = make.cooperation("nasa", "isro", missions=[], activity="data-sharing", instrument="mou")
    desk = make.desk()
    assert len(desk.takes(make.article(1, title="Fact sheet"), crew, data).stories) == 2
    assert desk.takes(make.article(1, title="Fact sheet"), crew, data).alerts == ()
    assert desk.takes(make.article(2, title="Joint statement"), data).alerts == ()
    assert [len(s.tellings) for s in desk.stories.values() if s.cooperation.activity == "data-sharing"] == [2]


def test_what_an_article_tells_besides_does_not_take_over_the_story_that_it_joins(make: Any) -> None:
    joined = make.cooperation("state:us", "state:in", missions=[], activity="exploration-framework", instrument="accession")
    crew = make.cooperation("nasa", "isro", missions=[], activity="crew", instrument="none", stage="talks")
    sheet = "Fact sheet: Hestia visit, with Zephyr Hall, Orion Dock, Port Alder and the Kappa Array"
    desk = make.desk()
    desk.takes(make.article(1, title=sheet), joined)
    desk.takes(make.article(2, title=sheet, tier="official"), joined, crew)
    first = next(s for s in desk.stories.values() if len(s.tellings) == 2)
    assert first.cooperation.instrument == "accession"
    assert desk.takes(make.article(3, title="India is in"), joined).alerts == ()


def revise(make: Any, desk: Any, was: list[Any], now: list[Any], **other: Any) -> Decision:
    page = make.article(1, revision=2, **other)
    decision: Decision = desk.takes(page, *now, before=make.classification(*was))
    return decision


def test_a_changed_fact_is_corrected_and_only_to_those_who_were_told(make: Any) -> None:
    lists = {"all": make.watchlist(), "esa": make.watchlist("mail", to=["esa@example.org"], agencies=["esa"])}
    desk = make.desk(lists)
    was, now = make.cooperation(), make.cooperation("jaxa", "isro", "esa", stage="talks")
    desk.takes(make.article(1), was)
    decision = revise(make, desk, [was], [now])
    assert owed(decision) == [
        ("correction", "mail", "desk@example.org", "correction: stage, parties"),
        ("first-report", "mail", "esa@example.org", "first-report"),
    ]
    correction = decision.alerts[0]
    assert (correction.was, correction.story.revision, correction.story.cooperation) == (was, 2, now)
    assert correction.matches[0].reasons == ("you were told about this story",)
    assert len(decision.stories) == 1


def test_a_correction_goes_out_however_old_the_article_is(make: Any) -> None:
    desk = make.desk()
    desk.takes(make.article(1), make.cooperation())
    desk.now += timedelta(days=20)
    decision = revise(make, desk, [make.cooperation()], [make.cooperation(instrument="mou")])
    assert owed(decision) == [("correction", "mail", "desk@example.org", "correction: instrument")]


def test_a_change_of_wording_tells_nobody(make: Any) -> None:
    desk = make.desk()
    was = make.cooperation()
    desk.takes(make.article(1), was)
    decision = revise(make, desk, [was], [make.cooperation(evidence=["Put more nicely."], confidence=0.6)], title="A nicer title")
    assert decision.alerts == ()
    assert decision.stories[0].revision == 1
    assert decision.stories[0].head.title == "A nicer title"
    assert decision.stories[0].head.revision == 2


def test_what_nobody_was_told_is_changed_in_silence(make: Any) -> None:
    desk = make.desk({"none": make.watchlist(agencies=["esa"])})
    desk.takes(make.article(1), make.cooperation())
    decision = revise(make, desk, [make.cooperation()], [make.cooperation(stage="talks")])
    assert (decision.alerts, decision.stories[0].revision, decision.stories[0].cooperation.stage) == ((), 1, "talks")


def test_another_outlet_may_change_its_mind_while_the_head_stands(make: Any) -> None:
    desk = make.desk()
    desk.takes(make.article(2, tier="official"), make.cooperation())
    desk.takes(make.article(1), make.cooperation())
    assert revise(make, desk, [make.cooperation()], [make.cooperation(stage="talks")]).alerts == ()
    assert len(desk.stories) == 1


def test_what_is_gone_is_withdrawn_to_those_who_were_told(make: Any) -> None:
    desk = make.desk()
    story = desk.takes(make.article(1), make.cooperation()).stories[0]
    decision = revise(make, desk, [make.cooperation()], [])
    assert owed(decision) == [("withdrawal", "mail", "desk@example.org", "withdrawal: the only report says so no more")]
    assert (only(decision).story.id, only(decision).story.revision) == (story.id, 2)
    assert only(decision).story.cooperation.mode == "asserted"


def test_what_was_withdrawn_and_is_reported_again_is_news(make: Any) -> None:
    desk = make.desk()
    desk.takes(make.article(1), make.cooperation())
    revise(make, desk, [make.cooperation()], [])
    assert revise(make, desk, [], []).alerts == ()
    again = desk.takes(make.article(2), make.cooperation())
    assert [(kind, who) for kind, _, who, _ in owed(again)] == [("stage-change", "desk@example.org")]


def test_a_page_that_was_withdrawn_and_is_back_is_news_and_is_corrected_like_any(make: Any) -> None:
    desk = make.desk()
    story = desk.takes(make.article(1), make.cooperation()).stories[0]
    revise(make, desk, [make.cooperation()], [])
    back = desk.takes(make.article(1, revision=2), make.cooperation(), before=make.classification(make.cooperation()))
    assert [(kind, who) for kind, _, who, _ in owed(back)] == [("stage-change", "desk@example.org")]
    (again,) = back.stories
    assert (again.previous, again.record, again.cooperation.mode) == (story.id, story.record, "asserted")
    wrong = desk.takes(make.article(1, revision=3), make.cooperation(stage="talks"), before=make.classification(make.cooperation()))
    assert [(alert.kind, alert.story.id) for alert in wrong.alerts] == [("correction", again.id)]
    gone = desk.takes(make.article(1, revision=3), before=make.classification(make.cooperation(stage="talks")))
    assert [(alert.kind, alert.story.id) for alert in gone.alerts] == [("withdrawal", again.id)]


def test_a_report_that_is_gone_leaves_a_story_that_others_tell(make: Any) -> None:
    desk = make.desk()
    desk.takes(make.article(1), make.cooperation())
    desk.takes(make.article(2), make.cooperation())
    decision = revise(make, desk, [make.cooperation()], [])
    assert decision.alerts == ()
    assert [t.url for t in decision.stories[0].tellings] == ["https://news.example/2"]


def test_a_revision_may_tell_something_new(make: Any) -> None:
    desk = make.desk()
    desk.takes(make.article(1), make.cooperation())
    decision = revise(make, desk, [make.cooperation()], [make.cooperation(), make.cooperation("nasa", "csa", missions=["hera"])])
    assert owed(decision) == FIRST
    assert len(desk.stories) == 2


def test_old_news_is_kept_and_not_told(make: Any) -> None:
    desk = make.desk()
    page = make.article(1, published=make.now - timedelta(days=100))
    decision = desk.takes(page, make.cooperation())
    assert withheld(decision) == ["old-news: published 2026-02-01, limit 48 h"]
    assert owed(decision) == []
    assert decision.stories[0].told == ()
    fresh = desk.takes(make.article(2), make.cooperation())
    assert owed(fresh) == FIRST


def test_a_fresh_report_after_an_old_one_of_the_same_event_is_told(make: Any) -> None:
    desk = make.desk()
    old = desk.takes(make.article(1, published=make.now - timedelta(days=3)), make.cooperation())
    fresh = desk.takes(make.article(2), make.cooperation())
    assert (withheld(old), owed(fresh)) == (["old-news: published 2026-05-09, limit 48 h"], FIRST)
    assert only(old).deliveries[0].id == only(fresh).deliveries[0].id
    assert only(old).id != only(fresh).id


def test_channels_that_are_off_or_unknown_or_reach_nobody_are_named(make: Any) -> None:
    lists = {"all": make.watchlist("off", "gone", "mail", "empty")}
    desk = make.desk(lists, off=make.Route(enabled=False), mail=make.Route(), empty=make.Route(()))
    decision = desk.takes(make.article(1), make.cooperation())
    assert owed(decision) == FIRST
    assert withheld(decision) == [
        "no-recipient: neither the watchlist nor the channel empty names one",
        "channel-unknown: gone is not in channels.yaml, or wrong there",
        "channel-disabled: off",
    ]


def test_nothing_matches_and_nothing_is_owed(make: Any) -> None:
    desk = make.desk({"esa": make.watchlist(agencies=["esa"])})
    decision = desk.takes(make.article(1), make.cooperation())
    assert decision.alerts == ()
    assert len(decision.stories) == 1
    assert desk.takes(make.article(2)) == Decision()


def test_the_same_question_has_the_same_answer(make: Any) -> None:
    def history() -> list[Decision]:
        desk = make.desk(
            {"b": make.watchlist(), "a": make.watchlist("slack")}, mail=make.Route(("x@example.org", "a@example.org")), slack=make.Route()
        )
        first = desk.takes(make.article(1), make.cooperation(), make.cooperation("nasa", "csa", missions=["hera"]))
        desk.stories = dict(reversed(desk.stories.items()))
        return [
            first,
            desk.takes(make.article(2), make.cooperation()),
            revise(make, desk, [make.cooperation()], [make.cooperation(stage="ended")]),
        ]

    assert history() == history()


def test_an_article_processed_twice_tells_nobody_twice(make: Any) -> None:
    desk = make.desk()
    desk.takes(make.article(1), make.cooperation())
    assert desk.takes(make.article(1), make.cooperation()).alerts == ()
    assert revise(make, desk, [make.cooperation()], [make.cooperation()]).alerts == ()


def test_a_denial_tells_nobody_and_what_follows_it_is_a_first_report(make: Any) -> None:
    desk = make.desk()
    assert desk.takes(make.article(1), make.cooperation(mode="negated")).alerts == ()
    after = desk.takes(make.article(2), make.cooperation())
    assert owed(after) == FIRST
    assert (only(after).was, len(desk.stories)) == (None, 2)


def test_a_denial_does_not_join_what_was_told(make: Any) -> None:
    desk = make.desk()
    told = desk.takes(make.article(1), make.cooperation()).stories[0]
    assert desk.takes(make.article(2), make.cooperation(mode="negated")).alerts == ()
    assert desk.stories[told.id].tellings == told.tellings


def test_a_step_comes_from_what_was_told_and_not_from_a_denial(make: Any) -> None:
    desk = make.desk()
    told = desk.takes(make.article(1), make.cooperation()).stories[0]
    desk.now += timedelta(days=1)
    desk.takes(make.article(2, title="No pact", published=desk.now, fetched=desk.now), make.cooperation(mode="negated"))
    desk.now += timedelta(hours=1)
    page = make.article(3, title="Work is halted", published=desk.now, fetched=desk.now)
    decision = desk.takes(page, make.cooperation(stage="suspended"))
    assert owed(decision) == [("stage-change", "mail", "desk@example.org", "stage-change: signed -> suspended")]
    assert only(decision).story.previous == told.id


def test_readings_that_differ_make_one_alert_in_every_order(make: Any) -> None:
    text = "Both study the sands with Sirocco, a lidar. They want Sirocco to fly from Nantes."
    readings = [
        make.cooperation(missions=[], instrument="mou"),
        make.cooperation(missions=[], activity="science", stage="in-development"),
        make.cooperation("state:jp", "isro", missions=[], activity="policy-dialogue", instrument="contract"),
    ]
    for order in permutations(range(3)):
        desk = make.desk()
        decisions = [desk.takes(make.article(n, title=f"Words of {n}", text=text), readings[n]) for n in order]
        assert [len(d.alerts) for d in decisions] == [1, 0, 0]
        assert len(desk.stories) == 1
