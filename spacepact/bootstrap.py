"""Wires concrete things together; the only place that knows them all."""

from __future__ import annotations

import asyncio
import fcntl
import gc
import logging
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property, partial
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from sqlalchemy import Connection, make_url
from sqlalchemy.exc import SQLAlchemyError

from alerts.decide import decide, tell
from alerts.digest import write
from classifier import Classifier
from classifier.gazetteer import Gazetteer
from crawler.source import Source, unknown_source
from spacepact.audience import Audience
from spacepact.chores import Chores
from spacepact.cooperation import Classification, Tagged
from spacepact.crawling import finish
from spacepact.disks import Disk, low
from spacepact.errors import SpacepactError
from spacepact.keeping import Keeper, here
from spacepact.live import Live, OfConfig
from spacepact.loading import Config, load_config
from spacepact.operators import Operators, operators
from spacepact.pipeline import Now, Processor
from spacepact.regrouping import Regrouping
from spacepact.reloading import renewed
from spacepact.room import Room
from spacepact.round import Round
from spacepact.sending import Sender
from spacepact.settings import Settings
from spacepact.silence import Silence
from spacepact.story import Decision, Story
from spacepact.tidings import Tidings
from spacepact.upkeep import Upkeep
from spacepact.watching import Watchman
from storage import Archive, Journal, Store, disks, migrate, no_room, open_database

if TYPE_CHECKING:
    from spacepact.visits import Visitor

log = logging.getLogger(__name__)


def utc_now() -> datetime:
    """Return the time; everything that needs it is handed this function."""
    return datetime.now(UTC)


@dataclass
class App:
    """The service, put together from config/ and not yet running."""

    config: Config
    store: Store
    now: Now = utc_now
    env: Mapping[str, str] = field(default_factory=dict)
    stopping: Callable[[], bool] = lambda: False
    _renewing: Lock = field(default_factory=Lock)
    _compiled: tuple[Gazetteer, Classifier] | None = None

    def start(self) -> None:
        """Bring the database to this version and name every mistake in config/; the rest goes on."""
        for problem in self.config.problems:
            log.error("%s", problem)
        self.migrated()
        if trouble := no_room(self.store.engine):
            raise SpacepactError(f"database: {trouble}")

    def migrated(self) -> App:
        """Bring the database to this version, and return the app: for commands that only look at it."""
        migrate(self.store.engine)
        return self

    def refresh(self) -> bool:
        """Take over what has changed in config/ since it was read; True if anything has.

        A piece of work that has begun ends with what it began with.
        """
        with self._renewing:
            former, self.config = self.config, renewed(self.config, self.env)
            return self.config is not former

    @property
    def sources(self) -> Mapping[str, Source]:
        """The sources as config/ says at every moment."""
        return Live(lambda: self.config.sources)

    def alone(self) -> None:
        """Claim an SQLite file for this process, and give back what a dead one had claimed.

        Raises SpacepactError if another `spacepact run` uses the file.
        """
        database = make_url(self.config.settings.database)
        if database.get_backend_name() != "sqlite" or not database.database:
            return
        self._lock = Path(f"{database.database}.lock").open("w")  # noqa: SIM115 - held as long as the process lives
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SpacepactError(f"database: {database.database} is in use by another spacepact run; stop it first") from None
        Journal(self.store.engine).recover()
        released = self.store.ledger.release()
        self.store.subscribers.release()
        for channel, why in self.store.ledger.broken().items():
            log.warning("channel %s was broken (%s); a restart tries it again", channel, why)
            self.store.ledger.mend([channel])
        if released:
            log.info("%d deliveries were in flight at the last stop; they are sent again under the same id", released)

    @property
    def classifier(self) -> Classifier:
        """Says what an article tells; compiles the gazetteer's matcher, again when the gazetteer has changed."""
        gazetteer = self.config.gazetteer
        if self._compiled is None or self._compiled[0] is not gazetteer:
            self._compiled = gazetteer, Classifier(gazetteer)
            gc.freeze()  # what was loaded stays: no collection looks at it again
        return self._compiled[1]

    @OfConfig
    def processor(self) -> Processor:
        """Tags articles and decides about them."""
        return Processor(self.store, self.classifier, self._decide, self.now, self.audience.refresh)

    def _decide(
        self,
        tagged: Tagged,
        before: Classification | None,
        stories: Sequence[Story],
        *,
        now: datetime,
        silences: Sequence[Silence],
    ) -> Decision:
        config, lists = self.config, self.audience.watchlists
        return decide(
            tagged,
            before,
            stories,
            now=now,
            silences=silences,
            watchlists=lists,
            channels=config.channels,
            policy=config.settings.alerts,
            expected=config.expected,
        )

    @OfConfig
    def regrouping(self) -> Regrouping:
        """What a person may put right about stories and records."""
        return Regrouping(self.store, self._tell, self.now, self.audience.refresh)

    def _tell(self, tagged: Tagged, story: Story, *, now: datetime, silences: Sequence[Silence]) -> Decision:
        config, lists = self.config, self.audience.watchlists
        return tell(tagged, story, watchlists=lists, channels=config.channels, policy=config.settings.alerts, now=now, silences=silences)

    @cached_property
    def audience(self) -> Audience:
        """The subscribers."""
        return Audience(self.store, lambda: self.config, self.now)

    @OfConfig
    def upkeep(self) -> Upkeep:
        """Alerts that come due: grouped ones, digests, expected events."""
        config = self.config
        return Upkeep(self.store, config.watchlists, config.channels, config.expected, config.settings.alerts.timing, self.now)

    @cached_property
    def visitor(self) -> Visitor:
        """Crawls sources, one visit at a time for each; only the crawler's process loads Scrapy."""
        from spacepact.visits import Visitor  # noqa: PLC0415

        settings = self.config.settings
        keeper = Keeper(here(lambda: self.processor))
        return Visitor(self.store, keeper, self.sources, settings.crawl, self.now, self.refresh, settings.base_url)

    def finish(self, round_: Round) -> None:
        """Keep the result of a visit, unless config/ names the source no more."""
        sources = self.config.sources
        if round_.source in sources:
            finish(self.store, sources, round_)

    @OfConfig
    def sender(self) -> Sender:
        """Sends what is owed over the channels that are switched on."""
        channels = {name: channel for name, channel in self.config.channels.items() if channel.enabled}
        missions = {entry.id: entry.name for entry in self.config.gazetteer.entries}
        watchlists = {name: watchlist.name for name, watchlist in self.config.watchlists.lists.items()}
        make = partial(write, missions=missions, watchlists=watchlists, links=self.audience.links)
        return Sender(self.store, channels, make, self.now, self.stopping, self.operators, tuple(self.config.sources))

    @OfConfig
    def operators(self) -> Operators:
        """Who hears of the service's own troubles."""
        return operators(self.config.settings.alerts.operators, self.config.channels)

    @cached_property
    def watchman(self) -> Watchman:
        """Who looks after the sources from the first moment that he is asked."""
        return Watchman(self.store, self.sources, lambda: self.config.settings.watch, self.tell, self.now)

    def tell(self, connection: Connection, tidings: Tidings) -> None:
        """Owe operators what is new about the sources, within a transaction; the log says it too."""
        log.warning("%s\n%s", tidings.subject, tidings.text)
        self.operators.tell(self.store.ledger, tidings.key, tidings.subject, tidings.text, self.now(), within=connection)

    @cached_property
    def room(self) -> Room:
        """Whether anything can be kept."""

        async def shout(key: str, subject: str, text: str) -> bool:
            told = self.operators.notice(key, subject, text, self.now())
            return await self.operators.shout(told, self.sender.channels, self.sender.write)

        def tell(key: str, subject: str, text: str) -> None:
            self.operators.tell(self.store.ledger, key, subject, text, self.now())

        return Room(lambda: no_room(self.store.engine, self._directories), shout, tell, self.now)

    @property
    def _directories(self) -> list[Path]:
        archive = self.store.evidence.archive
        return [archive.directory] if archive else []

    def low_disks(self) -> list[Disk]:
        """Return the disks on which there is little room left."""
        return low(self._disks(), self.config.settings.watch)

    def _disks(self) -> list[Disk]:
        return disks(self.store.engine, self._directories)

    def due_sources(self) -> list[str]:
        """Return the sources whose next visit has come; none while nothing can be kept."""
        return [] if self.room.trouble else self.store.sources.due(self.config.sources, self.now())

    def due_lanes(self) -> list[str]:
        """Return the channels that owe something now."""
        return [] if self.room.trouble else [lane for lane in self.store.ledger.due_lanes(self.now()) if lane in self.config.channels]

    def due_letters(self) -> Sequence[str]:
        """Return the letters of the sign-up pages that are due."""
        return [] if self.room.trouble else self.audience.postman.due()

    @cached_property
    def chores(self) -> Chores:
        """What comes due without an article."""
        return Chores(
            self.store, self.room, self.watchman, self._disks, self.tell, lambda: self.upkeep, lambda: self.config.settings, self.now
        )

    def crawler_command(self) -> list[str]:
        """Return how to start the crawler process over the same config."""
        quiet = ["--quiet"] if log.getEffectiveLevel() > logging.INFO else []
        return [sys.executable, "-m", "spacepact.cli", "--config", str(self.config.directory), *quiet, "crawl-worker"]

    async def visit_all(self, names: Collection[str]) -> int:
        """Visit the named sources (all, if none is named) once each; returns how many failed."""
        unknown = [name for name in names if name not in self.config.sources]
        if unknown:
            raise SpacepactError(unknown_source(unknown[0], self.config.sources))
        limit = asyncio.Semaphore(self.config.settings.crawl.at_once)

        async def visit(name: str) -> bool:
            async with limit:
                try:
                    return (await self.visitor.visit(name)).state == "failed"
                except SQLAlchemyError as error:
                    log.error("source %s: the visit cannot be kept: %s", name, error.args[0])  # noqa: TRY400 - a line, no traceback
                    return True

        return sum(await asyncio.gather(*map(visit, names or self.config.sources)))

    async def deliver(self, lane: str) -> int:
        """Send what a lane owes now, over the channel as config/ says now; returns how many messages were sent."""
        return await self.sender.deliver(lane)

    async def deliver_all(self) -> int:
        """Send all that is due now; returns how many were sent."""
        await self.chores.do("deliveries")
        return sum(await asyncio.gather(*map(self.deliver, self.due_lanes())))


def make_app(directory: Path, env: Mapping[str, str], now: Now = utc_now) -> App:
    """Return the service for a config directory; raises SpacepactError where nothing could work."""
    config = load_config(directory, env)
    return App(config, Store(open_database(config.settings.database), archive(config.settings)), now, env)


def archive(settings: Settings) -> Archive | None:
    """Return where fetched pages are kept, None where they are not."""
    if not settings.evidence.enabled:
        return None
    database = make_url(settings.database)
    file = database.database if database.get_backend_name() == "sqlite" else None
    beside = Path(file).parent if file and file != ":memory:" else Path("data")
    return Archive(Path(settings.evidence.directory) if settings.evidence.directory else beside / "evidence")
