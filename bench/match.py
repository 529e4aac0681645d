"""One article against many watchlists: the index, and two loops over every list, in the same run.

    python bench/match.py [LISTS]           default 100,000; a tenth of them is measured too

Articles: the real ones of ../shared (classified here) where they are, else those of the demonstration.
Lists: drawn once with a fixed seed, with the names of the shipped gazetteer; the first entries of a
kind are asked for more often than the last (Zipf). In a hundred lists:

    40 agencies (1-3), half with stages or activities      5 companies, in a role
    14 missions (1-4)                                      5 keywords; one in ten a regular expression
    10 two countries together (all)                        4 a bloc, but not one activity (none)
     8 an agency or a mission (any, nested)                4 a tier or a language with a country
    10 broad: by activity, stage or nothing at all, with a score of their own

"50 reasons" finds all lists that hold, and puts into words why for the first 50; "all ids" names all that
hold, "all reasons" says why for each: only who tells them all pays for it. The plain loop reads the
conditions as they stand in the lists; the other loop finds them made ready as sets; neither gives reasons.
Times are of the processor, so that what else the machine does is not counted.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import statistics
import time
from collections.abc import Callable, Iterable
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any, get_args

from alerts.index import NESTED
from alerts.matching import Page, Subject, Watchlists
from alerts.subject import asked, facts
from alerts.watchlist import Condition, Watchlist
from classifier import Classifier
from classifier.gazetteer import Gazetteer, load_gazetteer
from spacepact.cooperation import Activity, Instrument, Stage
from spacepact.demo.content import load_outlets
from spacepact.loading import known_names, known_world
from spacepact.settings import default_config_dir

GOLD = Path(__file__).parents[2] / "shared" / "gold" / "dev.docs.jsonl"
WORDS = [
    "lunar",
    "debris",
    "rideshare",
    "climate",
    "spaceport",
    "cybersecurity",
    "quantum",
    "ground station",
    "sample return",
    "卫星",
    "луна",
]
MOST_PLAIN = 5
HITS = 50


class Draw:
    """Draws lists; the same seed gives the same lists."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        known = known_names(gazetteer)
        self.chance = random.Random(11)
        order = [e.id for e in gazetteer.entries]
        self.names = {kind: [i for i in order if i in getattr(known, kind)] for kind in ("agencies", "companies", "missions")}
        self.names |= {"countries": sorted(known.countries), "blocs": sorted(known.blocs)}

    def some(self, kind: str, most: int = 1) -> list[str]:
        names = self.names[kind]
        return [names[min(int(self.chance.paretovariate(0.6)) - 1, len(names) - 1)] for _ in range(self.chance.randint(1, most))]

    def of(self, kind: Any, most: int = 2) -> list[str]:
        return self.chance.sample(get_args(kind), self.chance.randint(1, most))

    def condition(self) -> dict[str, Any]:
        make = self.chance.choices(list(self.mixture), list(self.mixture.values()))[0]
        made: dict[str, Any] = make()
        return made

    @cached_property
    def mixture(self) -> dict[Callable[[], dict[str, Any]], int]:
        """Makers of conditions, and how many of a hundred lists each makes."""
        some, of, chance = self.some, self.of, self.chance
        return {
            lambda: {"agencies": some("agencies", 3)}: 20,
            lambda: {"agencies": some("agencies", 3), "stage": of(Stage, 3)}: 10,
            lambda: {"agencies": some("agencies", 3), "activity": of(Activity, 3)}: 10,
            lambda: {"missions": some("missions", 4)}: 14,
            lambda: {"all": [{"countries": some("countries")}, {"countries": some("countries", 3)}]}: 10,
            lambda: {"any": [{"agencies": some("agencies", 2), "stage": of(Stage)}, {"missions": some("missions", 3)}]}: 8,
            lambda: {"companies": some("companies", 4), "roles": chance.sample(["lead", "partner", "supplier"], 2)}: 5,
            lambda: {"keywords": [self.word(), chance.choice(WORDS)]}: 5,
            lambda: {"blocs": some("blocs", 2), "none": [{"activity": of(Activity, 1)}]}: 4,
            lambda: {"countries": some("countries", 2), "tier": ["official"]}: 2,
            lambda: {"countries": some("countries"), "languages": ["fr"]}: 2,
            lambda: {**self.broad(), "min_score": round(chance.uniform(0.5, 0.95), 2)}: 10,
        }

    def word(self) -> str:
        first, second = self.chance.choices(WORDS, k=2)
        return f"re:{first}\\w* {second}" if self.chance.random() < 0.1 else f"{first} {second}"

    def broad(self) -> dict[str, Any]:
        kinds: list[dict[str, Any]] = [
            {},
            {"activity": self.of(Activity, 4)},
            {"stage": self.of(Stage, 4)},
            {"instrument": self.of(Instrument, 3)},
        ]
        return self.chance.choice(kinds)


def pages(classifier: Classifier) -> list[Page]:
    """Return the articles that tell a cooperation, classified."""
    if GOLD.exists():
        rows = [json.loads(line) for line in GOLD.read_text("utf-8").splitlines()]
        texts = [(row["title"], row["text"], row["lang"]) for row in rows]
    else:
        texts = [(p.title, "\n".join(p.paragraphs), o.language) for o in load_outlets() for p in o.pages]
    said = ((classifier.classify(title, text, language=language), f"{title}\n{text}", language) for title, text, language in texts)
    return [Page(c, "trade", language, None, text) for c, text, language in said if c.cooperations]


def compiled(lists: dict[str, Watchlist], **known: Any) -> tuple[Watchlists, float]:
    start = time.process_time()
    made = Watchlists(lists, **known)
    return made, time.process_time() - start


def ask(index: Watchlists, page: Page) -> int:
    """The matching of one article: for each cooperation the lists that hold; ids and reasons of the first."""
    held = told = 0
    for cooperation in page.classification.cooperations:
        matches = index.match(Subject(cooperation, page))
        held += len(matches)
        for name in islice(matches, HITS - told):
            assert matches[name].reasons
            told += 1
    return held


def ask_ids(index: Watchlists, page: Page) -> list[str]:
    return [name for c in page.classification.cooperations for name in index.match(Subject(c, page))]


def ask_all(index: Watchlists, page: Page) -> list[str]:
    return [m.watchlist for c in page.classification.cooperations for m in index.match(Subject(c, page)).values()]


Rule = tuple[list[tuple[str, frozenset[Any]]], float, float, "list[Rule]", "list[Rule]", "list[Rule]"]
"""A condition made ready: fields with the values of which one must be there, the least score and sources, all, any, none."""


def rule(condition: Condition, index: Watchlists) -> Rule:
    groups = [(name, frozenset(values)) for name, values in asked(condition, index.world)]
    nested = ([rule(c, index) for c in getattr(condition, name)] for name in NESTED)
    return groups, condition.min_score or 0, condition.min_sources or 0, *nested


def holds(rule: Rule, there: dict[str, frozenset[str]], score: float, sources: int) -> bool:
    groups, least, fewest, every, some, none = rule
    return (
        score >= least
        and sources >= fewest
        and not any(values.isdisjoint(there[name]) for name, values in groups)
        and all(holds(child, there, score, sources) for child in every)
        and (not some or any(holds(child, there, score, sources) for child in some))
        and not any(holds(child, there, score, sources) for child in none)
    )


def loop_over(rules: Callable[[Watchlists], Iterable[tuple[str, Rule]]]) -> Callable[[Watchlists, Page], list[str]]:
    """Return the plain loop: every list, one after the other, until something fails; no reasons."""

    def loop(index: Watchlists, page: Page) -> list[str]:
        told = []
        for cooperation in page.classification.cooperations:
            found = facts(Subject(cooperation, page), index.world, index.keywords)
            there = {name: frozenset(values) for name, values in found.items()}
            told += [name for name, one in rules(index) if holds(one, there, page.classification.score, 1)]
        return told

    return loop


def measure(ask_: Callable[[Watchlists, Page], object], index: Watchlists, some: list[Page]) -> list[float]:
    times = []
    for page in some:
        fresh = Page(page.classification, page.tier, page.language, page.published, page.text)
        start = time.process_time()
        ask_(index, fresh)
        times.append((time.process_time() - start) * 1000)
    return sorted(times)


def row(name: str, times: list[float]) -> str:
    p99 = times[min(len(times) - 1, int(len(times) * 0.99))]
    return f"{name:34}{statistics.median(times):11.3f}{p99:11.3f}{times[-1]:11.3f}"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("lists", type=int, nargs="?", default=100_000)
    count = options.parse_args().lists
    gazetteer, _ = load_gazetteer(default_config_dir() / "gazetteer")
    world = known_world(gazetteer)
    articles = pages(Classifier(gazetteer))
    draw = Draw(gazetteer)
    lists = {f"list-{i:06}": Watchlist.model_validate({"name": "drawn", "match": draw.condition()}) for i in range(count)}
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    index, seconds = compiled(lists, world=world)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    tenth, _ = compiled(dict(list(lists.items())[::10]), world=world)
    some = articles[:MOST_PLAIN]
    plain = loop_over(lambda index: ((name, rule(question, index)) for name, question in index.questions.items()))
    prepared = {name: rule(question, index) for name, question in index.questions.items()}
    ready = loop_over(lambda _: prepared.items())
    for loop in (plain, ready):
        assert all(sorted(loop(index, page)) == sorted(ask_ids(index, page)) for page in some), "the index and a loop disagree"
    hits = [ask(index, page) for page in articles]
    fast, few = measure(ask, index, articles), measure(ask, tenth, articles)
    plain_times, ready_times, same = measure(plain, index, some), measure(ready, index, some), measure(ask, index, some)
    print(f"{len(articles)} articles that tell a cooperation ({'real' if GOLD.exists() else 'of the demonstration'}), {count:,} lists")
    print(f"hits an article: median {statistics.median(hits):,.0f}, most {max(hits):,}")
    print(f"compiled in {seconds:.1f} s, {grown:.0f} MB more; {len(set(index.questions.values())):,} different questions")
    for name, times in (("plain loop", plain_times), ("loop over rules made ready", ready_times)):
        print(f"{name} / index with reasons, same articles, medians: {statistics.median(times) / statistics.median(same):,.0f} times")
    print(f"{count:,} lists / {count // 10:,} lists, medians: {statistics.median(fast) / statistics.median(few):.2f} times the time")
    print(f"{'processor ms an article':34}{'median':>11}{'p99':>11}{'most':>11}")
    print(row(f"index, {count:,} lists, {HITS} reasons", fast))
    print(row(f"index, {count // 10:,} lists, {HITS} reasons", few))
    print(row(f"index, {count:,} lists, all ids", measure(ask_ids, index, articles)))
    print(row(f"index, {count:,} lists, all reasons", measure(ask_all, index, articles)))
    print(row(f"plain loop, {count:,} lists", plain_times))
    print(row(f"rules made ready, {count:,} lists", ready_times))


if __name__ == "__main__":
    main()
