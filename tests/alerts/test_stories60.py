"""Sixty cooperation stories of invented outlets, hard neighbours side by side, told to the service in the order of time."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cache
from itertools import chain, combinations
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from alerts.copies import digest, in_common
from classifier import Classifier
from spacepact.article import Article
from spacepact.settings import default_config_dir

SENTENCE_END = re.compile(r"。|[.!?][\"”»]?(?:\s|$)")
FOLDER = Path(__file__).with_name("stories60")


class Report(NamedTuple):
    """One report: the event it is about, and its article."""

    event: str
    article: Article


def reports() -> list[Report]:
    """All reports, in the order of time."""
    files = (yaml.safe_load(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.yaml")))
    stories = [story for file in files for story in file["stories"]]
    return sorted(
        (Report(s["id"], article(s["id"], n, r)) for s in stories for n, r in enumerate(s["reports"])), key=lambda r: r.article.fetched
    )


def article(event: str, number: int, report: dict[str, Any]) -> Article:
    outlet = report["outlet"]
    return Article(
        url=f"https://news.example/{event}/{number}",
        source=outlet.casefold().replace(" ", "-"),
        site_name=outlet,
        tier=report.get("tier", "trade"),
        title=report["title"],
        text=report["text"].strip(),
        language=report["language"],
        published=report["published"],
        fetched=report["published"],
    )


@cache
def told(make: Any) -> dict[str, set[str]]:
    """The stories that each report was found to tell, by its address."""
    classifier, desk = Classifier.load(default_config_dir() / "gazetteer"), make.desk()
    for _, page in reports():
        said = classifier.classify(page.title, page.text, language=page.language, published=page.published)
        desk.now = page.fetched
        desk.takes(page, *said.cooperations)
    found: dict[str, set[str]] = defaultdict(set)
    for story in desk.stories.values():
        for telling in story.tellings:
            found[telling.url].add(story.id)
    return found


def pairs(groups: Iterable[Iterable[str]]) -> set[tuple[str, ...]]:
    return set(chain.from_iterable(combinations(sorted(urls), 2) for urls in groups))


def by_event() -> dict[str, list[str]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for event, page in reports():
        groups[event].append(page.url)
    return groups


def test_the_service_finds_the_sixty_stories(make: Any, record_property: Any) -> None:
    want, found = pairs(by_event().values()), told(make)
    tellings: dict[str, list[str]] = defaultdict(list)
    for url, stories in found.items():
        for story in stories:
            tellings[story].append(url)
    got = pairs(tellings.values())
    right = len(want & got)
    precision, recall = right / len(got), right / len(want)
    f1 = 2 * precision * recall / (precision + recall)
    print(f"{len(want)} pairs: precision {precision:.3f}, recall {recall:.3f}, F1 {f1:.3f}")
    record_property("f1", f1)
    assert f1 >= 0.93


def test_the_set_is_as_it_says() -> None:
    groups = by_event()
    assert len(groups) == 60
    assert all(3 <= len(urls) <= 6 for urls in groups.values())
    languages = Counter(page.language for _, page in reports())
    assert set(languages) == {"en", "fr", "de", "es", "it", "pt", "ru", "zh", "ja"}
    assert min(languages.values()) >= 8


def test_the_reports_are_written_anew_and_not_copied() -> None:
    digests = [digest(page.text) for _, page in reports()]
    assert max(in_common(a, b) for a, b in combinations(digests, 2)) < 0.3


@pytest.mark.parametrize("page", [r.article for r in reports()], ids=lambda p: p.url.removeprefix("https://news.example/"))
def test_a_report_is_full(page: Article) -> None:
    assert 3 <= len(SENTENCE_END.findall(page.text)) <= 8
    assert page.title not in page.text
