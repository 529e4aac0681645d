from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, func, select

from spacepact.article import Article, Link
from spacepact.cooperation import Classification, Cooperation, Evidence, Party, Tagged
from spacepact.errors import SpacepactError
from spacepact.round import Failure, Rejected, Round, Validators
from spacepact.story import Alert, Decision, Delivery, Match, Story, Telling
from storage import Store, open_database
from storage.tables import articles, deliveries, revisions, stories

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LEASE = timedelta(seconds=60)


def tagged(url: str = "https://a.example/1", text: str = "JAXA and ISRO signed.", title: str = "") -> Tagged:
    cooperation = Cooperation(
        parties=(Party(id="jaxa", name="JAXA"), Party(id="isro", name="ISRO")),
        stage="signed",
        evidence=(Evidence(text=text, start=6, end=6 + len(text)),),
        confidence=0.9,
    )
    article = Article(url=url, source="a", title=title or f"Title of {url}", text=text, published=NOW, fetched=NOW)
    return Tagged(
        article=article,
        classification=Classification(cooperation=True, score=0.9, scope="intergovernmental", cooperations=(cooperation,)),
    )


def tell(article: Tagged, _before: Classification | None, near: Sequence[Story], *, hooks: int = 1) -> Decision:
    """Every article joins the first story near it; the first report goes to some hooks."""
    of = article.article
    telling = Telling(
        url=of.url, source="a", site_name="A", tier="trade", title=of.title, language="en", published=NOW, revision=of.revision
    )
    if near:
        joined = near[0].model_copy(update={"tellings": (*near[0].tellings, telling), "last_seen": NOW})
        return Decision(stories=(joined,))
    story = Story(
        id="s1", record="s1", cooperation=article.classification.cooperations[0], tellings=(telling,), first_seen=NOW, last_seen=NOW
    )
    owed = tuple(
        Delivery(id=f"d{n}", channel=f"hook{n}", recipient=f"hook{n}", watchlists=("all",), reason="first-report") for n in range(hooks)
    )
    match = Match(watchlist="all", reasons=("agency jaxa",))
    alert = Alert(id="a1", kind="first-report", story=story, matches=(match,), decided=NOW, deliveries=owed)
    return Decision(stories=(story,), alerts=(alert,))


@pytest.fixture
def store(database: Engine) -> Store:
    return Store(database)


def test_a_known_article_is_ignored_and_a_changed_one_is_a_revision(store: Store) -> None:
    link = Link(url="https://a.example/1?x", version="v1")
    assert store.seen("a", [link]) == set()
    assert store.add("a", link, tagged(), tell, NOW) == "new"
    assert store.add("a", link, tagged(), tell, NOW) == "known"
    assert store.seen("a", [link, Link(url=link.url, version="v2")]) == {link}
    assert store.add("a", link, tagged(text="JAXA and ISRO did not sign."), tell, NOW) == "revised"
    kept = store.reading.article("https://a.example/1")
    assert kept
    assert (kept.article.revision, kept.article.text) == (2, "JAXA and ISRO did not sign.")
    with store.engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(revisions)) == 1


def test_white_space_and_case_are_no_revision(store: Store) -> None:
    link = Link(url="https://a.example/1")
    store.add("a", link, tagged(), tell, NOW)
    assert store.add("a", link, tagged(text="JAXA and  ISRO\nSIGNED."), tell, NOW) == "known"


def test_a_rejected_link_is_remembered_with_its_reason(store: Store) -> None:
    link = Link(url="https://a.example/empty")
    assert store.reject("a", link, Rejected(reason="no text"), NOW) == "rejected"
    assert store.seen("a", [link]) == {link}
    assert store.seen("b", [link]) == set()
    assert store.sources.rejected("a") == {link.url: "no text"}


def test_article_story_and_deliveries_are_one_transaction(store: Store) -> None:
    def fails(*_: object) -> Decision:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        store.add("a", Link(url="https://a.example/1"), tagged(), fails, NOW)
    with store.engine.connect() as connection:
        for table in (articles, stories, deliveries):
            assert connection.scalar(select(func.count()).select_from(table)) == 0
    assert store.seen("a", [Link(url="https://a.example/1")]) == set()


def test_a_page_that_its_source_moved_is_known_at_its_new_address(store: Store) -> None:
    old, new = "https://a.example/1", "https://a.example/2026/1"
    assert store.add("a", Link(url=old), tagged(old, title="Relay"), tell, NOW) == "new"
    assert store.add("a", Link(url=new), tagged(new, title="Relay"), tell, NOW) == "known"
    assert store.seen("a", [Link(url=new)]) == {Link(url=new)}
    other = tagged("https://b.example/1", title="Relay")
    other = other.model_copy(update={"article": other.article.model_copy(update={"source": "b"})})
    assert store.add("b", Link(url="https://b.example/1"), other, tell, NOW) == "new", "another outlet's copy is a telling of its own"


def test_two_writers_at_once_make_one_story(store: Store) -> None:
    def add(n: int) -> str:
        return store.add("a", Link(url=f"https://a.example/{n}"), tagged(f"https://a.example/{n}"), tell, NOW)

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(add, range(16))) == {"new"}
    (story,) = store.reading.stories()
    assert len(story.tellings) == 16
    assert len(store.reading.deliveries()) == 1


def test_candidates_share_a_party_and_say_who_was_told(store: Store) -> None:
    store.add("a", Link(url="https://a.example/1"), tagged(), tell, NOW)
    met: list[Story] = []

    def look(_: Tagged, __: Classification | None, near: Sequence[Story]) -> Decision:
        met.extend(near)
        return Decision()

    store.add("a", Link(url="https://a.example/2"), tagged("https://a.example/2"), look, NOW)
    assert [(told.channel, told.watchlists) for story in met for told in story.told] == [("hook0", ("all",))]


def test_a_state_finds_the_story_of_its_agency_and_the_other_way_round(store: Store) -> None:
    def say(url: str, party: Party) -> Tagged:
        said = tagged(url)
        cooperation = said.classification.cooperations[0].model_copy(update={"parties": (party,), "countries": ("BR",)})
        classification = said.classification.model_copy(update={"cooperations": (cooperation,)})
        return said.model_copy(update={"classification": classification})

    agency, state = Party(id="aeb", name="AEB"), Party(id="state:br", name="State:Brazil")
    for n, (first, then) in enumerate(((agency, state), (state, agency))):
        met: list[Story] = []

        def look(_: Tagged, __: Classification | None, near: Sequence[Story], met: list[Story] = met) -> Decision:
            met.extend(near)
            return Decision()

        url = f"https://a.example/{n}"
        store.add("a", Link(url=url), say(url, first), lambda *a: tell(a[0], a[1], ()), NOW)
        store.add("a", Link(url=url + "b"), say(url + "b", then), look, NOW)
        assert met


def test_a_delivery_is_claimed_once_and_settled_under_its_fence(store: Store) -> None:
    store.add("a", Link(url="https://a.example/1"), tagged(), tell, NOW)
    assert store.ledger.due_lanes(NOW) == ["hook0"]
    first = store.ledger.claim("hook0", NOW, LEASE)
    assert first
    assert (first.number, first.items[0].told.story.id) == (1, "s1")
    assert store.ledger.claim("hook0", NOW, LEASE) is None
    assert store.ledger.due_lanes(NOW) == []
    late = NOW + LEASE
    second = store.ledger.claim("hook0", late, LEASE)
    assert second
    assert second.number == 2
    assert not store.ledger.settle(first, "sent", "200", late), "the sleeper must not record over the one who took over"
    assert store.ledger.settle(second, "sent", "200", late)
    assert [row.state for row in store.reading.deliveries()] == ["sent"]
    assert not store.ledger.settle(second, "failed", "500", late, late)


def test_a_failed_delivery_waits_and_a_dead_one_stays(store: Store) -> None:
    store.add("a", Link(url="https://a.example/1"), tagged(), tell, NOW)
    claim = store.ledger.claim("hook0", NOW, LEASE)
    assert claim
    later = NOW + timedelta(minutes=5)
    assert store.ledger.settle(claim, "failed", "503 try later", NOW, later)
    assert store.ledger.due_lanes(NOW) == []
    again = store.ledger.claim("hook0", later, LEASE)
    assert again
    assert store.ledger.settle(again, "dead", "550 no such user", later)
    assert store.ledger.claim("hook0", later + LEASE * 9, LEASE) is None
    (row,) = store.reading.deliveries()
    assert (row.state, row.reason, row.tries) == ("dead", "550 no such user", 2)


def test_paused_and_broken_lanes_keep_what_they_owe(store: Store) -> None:
    store.add("a", Link(url="https://a.example/1"), tagged(), lambda *a: tell(*a, hooks=3), NOW)
    store.ledger.pause("hook1", NOW + LEASE)
    store.ledger.break_("hook2", "410 Gone")
    assert store.ledger.due_lanes(NOW) == ["hook0"]
    assert store.ledger.due_lanes(NOW + LEASE) == ["hook0", "hook1"]
    assert store.ledger.broken() == {"hook2": "410 Gone"}
    store.ledger.mend(["hook2"])
    assert store.ledger.due_lanes(NOW + LEASE) == ["hook0", "hook1", "hook2"]


def test_many_claimers_never_share_a_delivery(store: Store) -> None:
    store.add("a", Link(url="https://a.example/1"), tagged(), tell, NOW)
    with ThreadPoolExecutor(8) as pool:
        claims = list(pool.map(lambda _: store.ledger.claim("hook0", NOW, LEASE), range(16)))
    assert sum(claim is not None for claim in claims) == 1


def test_leases_are_given_back_at_a_restart(store: Store) -> None:
    store.add("a", Link(url="https://a.example/1"), tagged(), tell, NOW)
    assert store.ledger.claim("hook0", NOW, LEASE)
    assert store.ledger.release() == 1
    assert store.ledger.due_lanes(NOW) == ["hook0"]


def visit(state: str, **more: object) -> Round:
    return Round.model_validate({"source": "a", "state": state, "started": NOW, "finished": NOW, **more})


def test_sources_remember_schedule_validators_and_trouble(store: Store) -> None:
    assert store.sources.due(["a", "b"], NOW) == ["a", "b"]
    known = {"https://a.example/feed": Validators(etag='W/"x y"', last_modified="Mon, 01 Jan 2024 00:00:00 GMT")}
    store.sources.finish(visit("ok", validators=known, outcomes={"new": 2}), NOW + LEASE)
    assert store.sources.due(["a", "b"], NOW) == ["b"]
    assert store.sources.due(["a"], NOW + LEASE) == ["a"]
    assert store.sources.validators("a") == known
    broken = visit("failed", failures=(Failure(url="https://a.example/feed", reason="no such host"),))
    store.sources.finish(broken, NOW + LEASE)
    (state,) = store.sources.states()
    assert (state.state, state.failing_since, state.last_ok_at, state.last_new_at) == ("failed", NOW, NOW, NOW)
    assert "no such host" in state.reason
    assert store.sources.validators("a") == known, "a failed visit forgets nothing"
    store.sources.finish(visit("partial"), NOW + LEASE)
    assert store.sources.validators("a") == {}, "what is owed must be asked for in full again"


@pytest.mark.parametrize("url", ["nonsense", "oracle://x", "sqlite:////proc/nowhere/x.sqlite"])
def test_a_wrong_database_url_is_one_clear_line(url: str) -> None:
    with pytest.raises(SpacepactError, match=r"^database: "):
        open_database(url)
