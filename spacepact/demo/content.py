"""The demonstration's fictional outlets and articles as data, and what a careful analyst would expect of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from alerts.watchlist import Watchlist
from spacepact.article import Tier
from spacepact.cooperation import Activity, Instrument, Stage
from spacepact.noun import Noun
from spacepact.story import AlertKind, Told
from spacepact.yamlfile import read_yaml

OUTLETS = Path(__file__).with_name("outlets")
Format = Literal["atom", "json", "rss", "sitemap", "html"]
RoundNumber = Literal[1, 2]
ROUNDS: tuple[RoundNumber, ...] = (1, 2)


class Expect(Noun):
    """What a careful analyst expects of one article, and in one line why.

    `parties` are gazetteer ids, `countries` the codes that belong to them; `instrument` stands only where
    the text names it. Articles with the same `story` report the same event; `alert` is none where another
    article told the story, or where it is too old.
    """

    cooperation: bool
    why: str = Field(min_length=1)
    parties: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    stage: Stage | None = None
    activity: Activity | None = None
    instrument: Instrument | None = None
    story: str | None = None
    alert: AlertKind | Literal["none"] = "none"

    @model_validator(mode="after")
    def _whole(self) -> Self:
        facts = (self.parties, self.countries, self.stage, self.activity, self.story)
        if not all(facts) if self.cooperation else (any(facts) or self.alert != "none"):
            raise ValueError("parties, countries, stage, activity and story are wanted for cooperation news, and only for it")
        return self


class Version(Noun):
    """What an article says from the second round on; `hours_ago` is the age of the change."""

    title: str
    paragraphs: tuple[str, ...]
    hours_ago: float = 0.3
    expect: Expect


class Page(Noun):
    """One fictional article; `hours_ago` is its age when the demonstration starts.

    `late`: appears in the second round. `missing`: is listed, but answers 404. `path` stands for the
    outlet's own path pattern. `{weekday}` in a paragraph becomes the weekday of publication.
    """

    slug: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    title: str
    authors: tuple[str, ...] = ()
    hours_ago: float = Field(gt=0)
    caption: str | None = None
    path: str | None = None
    late: bool = False
    missing: bool = False
    paragraphs: tuple[str, ...]
    second: Version | None = None
    expect: Expect


class Outlet(Noun):
    """One fictional outlet: where it lists its articles, in which format, and in which page frame it shows them."""

    id: str
    name: str
    kind: Literal["feed", "sitemap", "listing"]
    format: Format
    index: str
    path: str
    frame: str
    links: str | None = None
    tier: Tier
    language: str
    country: str
    disallow: tuple[str, ...] = ()
    nav: tuple[str, ...]
    teasers: tuple[str, ...]
    pages: tuple[Page, ...] = ()

    def address(self, page: Page) -> str:
        """Return the path of a page on this outlet's server."""
        return page.path or self.path.replace("{slug}", page.slug)


class Expectation(Noun):
    """One alert that must arrive: in which round, about which articles, and who is told for which watchlists."""

    story: str
    round: RoundNumber
    alert: AlertKind
    parties: tuple[str, ...]
    stage: Stage
    urls: tuple[str, ...]
    deliveries: tuple[Told, ...]


class _Pages(Noun):
    articles: tuple[Page, ...]


def load_outlets(directory: Path = OUTLETS) -> tuple[Outlet, ...]:
    """Read every outlet with its articles; raises ConfigError where a file is wrong."""
    return tuple(
        read_yaml(path, Outlet).model_copy(update={"pages": read_yaml(directory / "articles" / path.name, _Pages).articles})
        for path in sorted(directory.glob("*.yaml"))
    )


def load_lists(directory: Path = OUTLETS) -> dict[str, Watchlist]:
    """Read the demonstration's watchlists, by id."""
    return {path.stem: read_yaml(path, Watchlist) for path in sorted((directory / "watchlists").glob("*.yaml"))}


def expected(outlets: Sequence[Outlet], lists: Mapping[str, Watchlist], url: Callable[[Outlet, Page], str]) -> tuple[Expectation, ...]:
    """Return the alerts that must arrive, and no others, in the order of the rounds.

    A correction goes to those who were told, whatever their lists say of it now.
    """
    told: dict[str, tuple[Told, ...]] = {}
    alerts: list[Expectation] = []
    for number in ROUNDS:
        for expect in _news(outlets, number):
            if expect.story is None or expect.stage is None or expect.alert == "none":
                continue
            deliveries = told[expect.story] if expect.alert == "correction" else recipients(expect, lists)
            told[expect.story] = deliveries
            alerts.append(
                Expectation(
                    story=expect.story,
                    round=number,
                    alert=expect.alert,
                    parties=expect.parties,
                    stage=expect.stage,
                    urls=tuple(url(o, p) for o in outlets for p in o.pages if p.expect.story == expect.story),
                    deliveries=deliveries,
                )
            )
    return tuple(alerts)


def recipients(expect: Expect, lists: Mapping[str, Watchlist]) -> tuple[Told, ...]:
    """Return who asked for such news, each (channel, recipient) once; a channel without addresses is its own recipient."""
    asked: dict[tuple[str, str], list[str]] = {}
    for name, watchlist in lists.items():
        if _asks(watchlist, expect):
            for target in watchlist.deliver:
                for recipient in target.to or (target.channel,):
                    asked.setdefault((target.channel, recipient), []).append(name)
    return tuple(Told(channel=c, recipient=r, watchlists=tuple(names)) for (c, r), names in sorted(asked.items()))


def _news(outlets: Iterable[Outlet], number: RoundNumber) -> Iterator[Expect]:
    """Yield what is new in a round: articles that appear in it, and in the second round the changed ones."""
    for page in (p for o in outlets for p in o.pages):
        if page.late == (number == 2):
            yield page.expect
        elif page.second and number == 2:
            yield page.second.expect


def _asks(watchlist: Watchlist, expect: Expect) -> bool:
    wanted = watchlist.match
    fields = (
        (wanted.agencies, expect.parties),
        (wanted.countries, expect.countries),
        (wanted.stage, (expect.stage,)),
    )
    return all(not asked or set(asked) & set(given) for asked, given in fields)
