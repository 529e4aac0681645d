"""Matching: what holds, why, and that the index says the same as reading every list."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.matching import Page, Subject, Watchlists, match_classification
from alerts.watchlist import Watchlist
from alerts.world import Member, World
from spacepact.cooperation import Classification, Cooperation

IDS = ["jaxa", "isro", "nasa", "esa", "nimbus"]
FIELDS = {
    "agencies": IDS,
    "companies": ["nimbus"],
    "missions": ["lupex", "hera"],
    "countries": ["JP", "IN", "US"],
    "activity": ["joint-mission", "crew"],
    "stage": ["signed", "talks"],
    "tier": ["official", "blog"],
    "languages": ["en", "ja"],
    "roles": ["partner", "lead"],
    "keywords": ["rover", "re:pap.r", "debris"],
    "blocs": ["quad", "eu"],
}
WORLD = World(
    blocs={"quad": (Member("JP"), Member("US")), "eu": (Member("esa"),)},
    line=dict.fromkeys(("esa", "nimbus"), frozenset({"esa", "nimbus"})),
)


def match(lists: Watchlists, found: Cooperation, said: Classification, **page: Any) -> list[Any]:
    return [m for _, m in sorted(lists.match(Subject(found, Page(said, **page))).items())]


def one(make: Any, found: Any = None, /, *, score: float = 0.81, **condition: Any) -> list[str] | None:
    """The reasons why a list with this condition matches, None if it does not."""
    found = found or make.cooperation()
    lists = Watchlists({"it": make.watchlist(**condition)})
    matches = match(lists, found, make.classification(found, score=score))
    return list(matches[0].reasons) if matches else None


def test_every_given_field_must_hold_and_says_so(make: Any) -> None:
    reasons = one(make, agencies=["jaxa", "esa"], countries=["IN"], stage=["signed"], missions=["lupex"])
    assert reasons == ['agency jaxa ("JAXA")', "mission lupex", "country IN", "stage signed", "score 0.81 >= 0.50"]
    assert one(make, agencies=["jaxa"], stage=["talks"]) is None


def test_a_passing_mention_is_no_party(make: Any) -> None:
    found = make.cooperation("jaxa", "isro")
    said = make.classification(found, make.cooperation("nasa", "esa"))
    assert match(Watchlists({"a": make.watchlist(agencies=["nasa"])}), found, said) == []


def test_a_state_party_counts_for_its_country(make: Any) -> None:
    found = make.cooperation("state:fr", "isro").model_copy(update={"countries": ()})
    assert one(make, found, countries=["fr"]) == ["country FR", "score 0.81 >= 0.50"]


def test_the_default_is_cooperation_news_that_is_stated_or_announced(make: Any) -> None:
    assert one(make, make.cooperation(mode="future")) == ["score 0.81 >= 0.50"]
    for other in ({"mode": "negated"}, {"mode": "historical"}, {"scope": "domestic"}, {"scope": "commercial-international"}):
        assert one(make, make.cooperation(**other)) is None
    assert one(make, make.cooperation(mode="negated"), mode=["negated"]) == ["mode negated", "score 0.81 >= 0.50"]


def test_score_tier_and_language(make: Any) -> None:
    assert one(make, score=0.49) is None
    assert one(make, score=0.31, min_score=0.3) == ["score 0.31 >= 0.30"]
    assert one(make, tier=["official"]) is None
    found = make.cooperation()
    lists = Watchlists({"it": Watchlist.model_validate({"name": "x", "match": {"tier": "official", "languages": ["ja"]}})})
    said = make.classification(found)
    assert match(lists, found, said) == []
    assert match(lists, found, said, tier="official", language="en") == []
    assert match(lists, found, said, tier="official", language="ja")[0].reasons == ("tier official", "language ja", "score 0.80 >= 0.50")


def test_nesting(make: Any) -> None:
    either = [{"agencies": ["esa"]}, {"agencies": ["isro"], "stage": ["signed"]}]
    assert one(make, any=either) == ['agency isro ("ISRO")', "stage signed", "score 0.81 >= 0.50"]
    assert one(make, any=either, none=[{"missions": ["lupex"]}]) is None
    assert one(make, all=[{"agencies": ["jaxa"]}, {"agencies": ["isro"]}]) == [
        'agency jaxa ("JAXA")',
        'agency isro ("ISRO")',
        "score 0.81 >= 0.50",
    ]
    assert one(make, all=[{"agencies": ["jaxa"]}, {"agencies": ["esa"]}]) is None
    assert one(make, any=[{"min_score": 0.9}, {"countries": ["US"]}]) is None


def test_a_document_matches_a_list_once(make: Any) -> None:
    first, second = make.cooperation("jaxa", "isro"), make.cooperation("jaxa", "nasa", missions=["hera"])
    lists = Watchlists({"b": make.watchlist(agencies=["nasa"]), "a": make.watchlist(agencies=["jaxa"])})
    found = match_classification(lists, Page(make.classification(first, second)))
    assert [(m.watchlist, m.reasons[0]) for m in found] == [("a", 'agency jaxa ("JAXA")'), ("b", 'agency nasa ("NASA")')]
    assert match_classification(lists, Page(make.classification())) == []


def test_explain_names_what_is_missing(make: Any) -> None:
    found = make.cooperation(mode="negated")
    lists = Watchlists(
        {
            "it": make.watchlist(
                agencies=["esa"], min_score=0.9, any=[{"stage": ["talks"]}, {"missions": ["hera"]}], none=[{"countries": ["JP"]}]
            )
        }
    )
    findings = lists.explain("it", Subject(found, Page(make.classification(found, score=0.81))))
    assert [f.reason for f in findings if not f.held] == [
        "agency esa is wanted, there is isro, jaxa",
        "mode asserted or future is wanted, there is negated",
        "any: stage talks is wanted, there is signed / mission hera is wanted, there is lupex",
        "excluded: country JP",
        "score 0.81 < 0.90",
    ]
    assert [f.reason for f in findings if f.held] == ["scope intergovernmental"]


def conditions(depth: int = 2) -> st.SearchStrategy[dict[str, Any]]:
    fields: dict[str, st.SearchStrategy[Any]] = {name: st.lists(st.sampled_from(values), max_size=2) for name, values in FIELDS.items()}
    fields |= {"min_score": st.sampled_from([0.2, 0.9]), "min_sources": st.sampled_from([1, 2, 3])}
    if depth:
        fields |= {name: st.lists(conditions(depth - 1), max_size=2) for name in ("all", "any", "none")}
    return st.fixed_dictionaries({}, optional=fields)


@given(
    st.lists(conditions(), min_size=1, max_size=4),
    st.lists(st.sampled_from(IDS), min_size=1, max_size=3, unique=True),
    st.sampled_from([("signed", None), ("talks", "official")]),
    st.tuples(st.floats(0, 1), st.sampled_from([1, 2])),
)
@settings(max_examples=200, deadline=None, derandomize=True, database=None)
def test_the_index_agrees_with_reading_every_list(
    make: Any, wanted: list[dict[str, Any]], parties: list[str], seen: tuple[str, Any], amounts: tuple[float, int]
) -> None:
    lists = Watchlists({str(i): Watchlist.model_validate({"name": "x", "match": m}) for i, m in enumerate(wanted)}, world=WORLD)
    found = make.cooperation(*parties, stage=seen[0])
    subject = Subject(found, Page(make.classification(found, score=amounts[0]), seen[1], "en", None, "A paper on a rover."), amounts[1])
    by_reading = [name for name in sorted(lists.lists) if all(f.held for f in lists.explain(name, subject))]
    assert sorted(lists.match(subject)) == by_reading
