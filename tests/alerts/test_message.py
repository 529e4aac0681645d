"""What a message says, and that nothing scraped can do harm in it."""

from __future__ import annotations

import re
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest

from alerts.blocks import posts, words
from alerts.digest import write
from alerts.facts import web_link
from alerts.message import payload, render
from alerts.wording import enumerate_names, headline, mission_name, phase
from spacepact.cooperation import Mode, Stage
from spacepact.story import AlertKind


class Page(HTMLParser):
    """Tags, attributes and words of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.words = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.mark.parametrize(
    ("stage", "mode", "words"),
    [
        ("signed", "asserted", "Signed"),
        ("talks", "asserted", "In talks"),
        ("signed", "future", "To be signed"),
        ("in-development", "future", "Development planned"),
        ("launched", "negated", "Not launched"),
        ("talks", "negated", "No talks"),
        ("signed", "hypothetical", "Possible: signed"),
        ("operating", "historical", "History: in operation"),
    ],
)
def test_stage_and_mode_in_words(make: Any, stage: Stage, mode: Mode, words: str) -> None:
    assert phase(make.cooperation(stage=stage, mode=mode)) == words


def test_headlines(make: Any) -> None:
    assert headline(make.cooperation(), ["LUPEX"]) == "Signed: JAXA and ISRO on LUPEX (joint mission)"
    assert (
        headline(make.cooperation("cnsa", "unspecified", activity="other", stage="proposed"), [])
        == "Proposed: CNSA and a partner not named"
    )
    many = make.cooperation("jaxa", "isro", "esa", "nasa", "cnes", "cnsa")
    assert headline(many, ["A", "B", "C"]) == "Signed: JAXA, ISRO, ESA and 3 more on A and 2 more (joint mission)"


@pytest.mark.parametrize(
    ("names", "line"),
    [([], ""), (["A"], "A"), (["A", "B"], "A and B"), (["A", "B", "C"], "A, B and C"), (["A", "B", "C", "D"], "A, B and 2 more")],
)
def test_enumerations(names: list[str], line: str) -> None:
    assert enumerate_names(names, most=3) == line


def test_a_mission_is_called_as_the_gazetteer_or_the_text_has_it() -> None:
    assert mission_name("change-6", {"change-6": "Chang'e 6"}, ["Change-6"]) == "Chang'e 6"
    assert mission_name("sentinel-6", {}, ["the Sentinel 6 satellite"]) == "Sentinel 6"
    assert mission_name("smile", {}, ["smiles", "中欧SMILE卫星"]) == "SMILE"
    assert mission_name("hera", {}, ["ephemeral"]) == "Hera"


@pytest.mark.parametrize(
    ("url", "good"),
    [
        ("https://a.example/x?y=1&z=2", True),
        ("http://a.example", True),
        ("javascript:alert(1)", False),
        ("JaVaScRiPt:alert(1)", False),
        ("data:text/html,x", False),
        ("//a.example", False),
        ("https://", False),
        ("https://a.example/\n<script>", False),
        ('https://a.example/"onclick=', False),
        ("https://[::1", False),
    ],
)
def test_only_plain_web_addresses_become_links(url: str, *, good: bool) -> None:
    assert (web_link(url) is not None) == good


@pytest.mark.parametrize(
    "evil",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "</title></style><svg onload=alert(1)>",
        "{{ 7*7 }}{% raw %}",
        "&lt;b&gt;",
    ],
)
def test_scraped_text_is_only_text(make: Any, evil: str) -> None:
    clean = Page(make.message().html)
    found = make.cooperation(evidence=[evil], date=evil, missions=["x"])
    party = found.parties[0].model_copy(update={"name": evil})
    page = Page(
        make.message(
            make.article(title=evil, site_name=evil, language="en"), found.model_copy(update={"parties": (party, found.parties[1])})
        ).html
    )
    assert set(page.tags) == set(clean.tags)
    assert {name for name, _ in page.attributes} == {name for name, _ in clean.attributes}
    assert page.words.count(evil) >= 5


def test_an_address_that_is_no_link_is_not_linked(make: Any) -> None:
    message = make.message(make.article(url="javascript:alert(1)"))
    assert "javascript:" not in message.html + message.text
    assert message.facts.sources[0].url is None


def test_the_html_is_small_and_loads_nothing(make: Any) -> None:
    desk = make.desk({})
    for n in range(40):
        desk.takes(make.article(n, title="A title of some length " * 10), make.cooperation(evidence=["Words " * 700] * 3))
    desk.lists = {"all": make.watchlist()}
    message = make.rendered(desk.takes(make.article(41), make.cooperation()).alerts[0])
    assert len(message.html.encode()) < 100_000
    page = Page(message.html)
    assert not {"img", "script", "link", "iframe", "form", "object"} & set(page.tags)
    assert not re.search(r"url\(|@import|src=", message.html)
    assert ("name", "color-scheme") in page.attributes
    assert "and 21 more sources" in message.text


def test_sources_are_counted_and_the_official_one_comes_first(make: Any) -> None:
    desk = make.desk({})
    desk.takes(make.article(1), make.cooperation())
    desk.takes(make.article(2), make.cooperation())
    desk.lists = {"all": make.watchlist()}
    message = make.rendered(desk.takes(make.article(3, tier="official", title="Statement"), make.cooperation()).alerts[0])
    assert message.facts.sources[0].title == "Statement"
    assert "+2 sources" in message.html
    assert "(official)" in message.html


def test_a_stage_change_says_what_it_was(make: Any) -> None:
    desk = make.desk()
    desk.takes(make.article(1), make.cooperation(stage="talks"))
    desk.now += timedelta(days=1)
    next_day = make.article(2, title="Ink on LUPEX", published=desk.now, fetched=desk.now)
    message = make.rendered(desk.takes(next_day, make.cooperation(stage="signed", instrument="mou")).alerts[0])
    assert message.lead == "Before: “In talks: JAXA and ISRO on LUPEX (joint mission)”."
    assert "Stage       Signed (was: In talks)" in message.text
    assert "Instrument  memorandum of understanding (was: none named)" in message.text
    assert message.subject == "Signed: JAXA and ISRO on LUPEX (joint mission)"


def test_a_correction_and_a_withdrawal_warn(make: Any) -> None:
    desk = make.desk()
    was = make.classification(make.cooperation())
    desk.takes(make.article(1), make.cooperation())
    corrected = make.rendered(desk.takes(make.article(1, revision=2), make.cooperation("jaxa", "esa"), before=was).alerts[0])
    assert "CORRECTION. We told you: “Signed: JAXA and ISRO" in corrected.text
    assert "Parties     JAXA, ESA (was: JAXA, ISRO)" in corrected.text
    before = make.classification(make.cooperation("jaxa", "esa"))
    withdrawn = make.rendered(desk.takes(make.article(1, revision=3), before=before).alerts[0])
    assert "Do not rely on it" in withdrawn.text
    assert "line-through" in withdrawn.html
    assert "line-through" not in corrected.html


@pytest.mark.parametrize(
    ("gone", "why", "fate"),
    [(True, "has been taken away by its outlet", "taken away since"), (False, "has been changed, and says so no more", "changed since")],
)
def test_a_withdrawal_says_what_became_of_the_page(make: Any, *, gone: bool, why: str, fate: str) -> None:
    desk = make.desk()
    desk.takes(make.article(1), make.cooperation())
    decided = desk.takes(make.article(1, revision=2), before=make.classification(make.cooperation()), gone=gone)
    alert = decided.alerts[0]
    message = make.rendered(alert)
    assert message.text.startswith("Withdrawn: Signed: JAXA and ISRO on LUPEX")
    assert f"WITHDRAWN. We told you the following. The page that reported it {why}; nobody else reports it." in message.text
    assert f"Source ({fate}): Outlet 1" in message.text
    assert message.text.count(fate) == 1
    assert f"; {fate}</span>" in message.html
    assert payload(message).data.page_gone is gone
    assert any(fate in text for text in words(block for post in posts(message) for block in post))
    digest = write(message.id, [(alert.deliveries[0], alert), (alert.deliveries[0], alert)])
    for part in (digest.text, digest.html):
        assert f": the page was {fate}. Do not rely on it." in part
        assert "Before" not in part


def test_a_recipient_reads_only_of_the_lists_that_reach_him(make: Any) -> None:
    desk = make.desk({"mine": make.watchlist(), "theirs": make.watchlist("mail", to=["other@example.org"])})
    alert = desk.takes(make.article(1), make.cooperation()).alerts[0]
    shown = {d.recipient: [w.name for w in render(alert, d, watchlists={"mine": "My list"}).facts.why] for d in alert.deliveries}
    assert shown == {"desk@example.org": ["My list"], "other@example.org": ["theirs"]}


def test_a_very_long_subject_is_cut(make: Any) -> None:
    found = make.cooperation()
    party = found.parties[0].model_copy(update={"name": "Agency " * 90})
    message = make.message(make.article(), found.model_copy(update={"parties": (party, found.parties[1])}))
    assert len(message.subject) <= 180
    assert message.subject.endswith("…")
    assert message.facts.headline.endswith("(joint mission)")


def test_the_title_is_no_second_proof_of_itself(make: Any) -> None:
    page = make.article(title="JAXA and ISRO sign up for LUPEX")
    twice = make.cooperation(evidence=(make.sentence, page.title))
    assert make.message(page, twice).facts.evidence == (make.sentence,)
    assert make.message(page, make.cooperation(evidence=(page.title,))).facts.evidence == (page.title,)


def test_what_the_next_stage_does_not_name_is_no_change_but_a_correction_says_it(make: Any) -> None:
    desk = make.desk({"japan": make.watchlist()}, mail=make.Route(("desk@example.org",)))
    alert = desk.takes(make.article(1), make.cooperation(stage="talks", instrument="mou")).alerts[0]
    now = alert.story.model_copy(update={"cooperation": make.cooperation(stage="signed", instrument="none")})

    def changes(kind: AlertKind) -> list[str]:
        said = alert.model_copy(update={"kind": kind, "story": now, "was": alert.story.cooperation})
        return [change.fact for change in make.rendered(said).facts.changes]

    assert changes("stage-change") == ["Stage"]
    assert changes("correction") == ["Stage", "Instrument"]
