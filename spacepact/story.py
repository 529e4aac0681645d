"""Stories and what is owed about them: the values that decisions return and storage keeps."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import AwareDatetime

from spacepact.article import TIERS, Tier
from spacepact.cooperation import Cooperation
from spacepact.noun import Noun
from spacepact.timing import Timing

AlertKind = Literal["first-report", "stage-change", "correction", "withdrawal", "reminder", "more-sources"]
NoticeKind = Literal["operators", "expected", "digest"]
DeliveryState = Literal["pending", "sent", "failed", "dead", "suppressed"]


class Telling(Noun):
    """One article that reports a story; by `names` and `details`, its rare words, other reports are known, by `digest` copies.

    `because` says why it stands in this story.
    """

    url: str
    source: str
    site_name: str
    tier: Tier
    title: str
    language: str | None
    published: AwareDatetime
    revision: int = 1
    names: tuple[str, ...] = ()
    details: tuple[str, ...] = ()
    digest: str = ""
    because: str = ""


class Told(Noun):
    """Somebody who was, or will be, told about a story.

    `owed` is the delivery that waits and was not tried yet; `again`: it repeats what another one told.
    """

    channel: str
    recipient: str
    watchlists: tuple[str, ...]
    owed: str | None = None
    again: bool = False


class Story(Noun):
    """The articles that report one cooperation event, across outlets and days.

    `record` links the stories of one cooperation over time; `previous` is the story of the stage
    before, `because` why it follows that; `revision` grows when what was told must be corrected; `told`
    is who was told so far. `also` are the readings of stories that a person merged into it, `apart` the
    articles that a person split off: they never come back by themselves.
    """

    id: str
    record: str
    revision: int = 1
    cooperation: Cooperation
    tellings: tuple[Telling, ...]
    first_seen: AwareDatetime
    last_seen: AwareDatetime
    previous: str | None = None
    because: str = ""
    also: tuple[Cooperation, ...] = ()
    apart: tuple[str, ...] = ()
    told: tuple[Told, ...] = ()

    @property
    def head(self) -> Telling:
        """The telling that speaks for the story: best tier first, then the earliest."""
        return min(self.tellings, key=lambda t: (TIERS.index(t.tier), t.published, t.url))

    @property
    def readings(self) -> tuple[Cooperation, ...]:
        """What a report may be like to belong here: one, unless stories were merged by hand."""
        return self.cooperation, *self.also

    @property
    def reported(self) -> datetime:
        """When it was first reported."""
        return min(t.published for t in self.tellings)

    @property
    def sources(self) -> int:
        """How many outlets report it."""
        return len({t.source for t in self.tellings})


class Match(Noun):
    """Watchlist x story, with named reasons such as `agency jaxa ("JAXA")`."""

    watchlist: str
    reasons: tuple[str, ...]


class Delivery(Noun):
    """One alert to one recipient through one channel; unique in (recipient, channel, story, revision, reminder).

    `due` is when it was planned for (None: at once), `waits` why it is not sent sooner, `batch` what it may
    share a message with, `timing` what the recipient asked for. `reminder` counts repetitions of one alert;
    it is -N where it tells that by now N sources report the story.
    """

    id: str
    channel: str
    recipient: str
    watchlists: tuple[str, ...] = ()
    state: DeliveryState = "pending"
    reason: str
    due: AwareDatetime | None = None
    waits: str = ""
    batch: str | None = None
    timing: Timing = Timing()
    reminder: int = 0


class Alert(Noun):
    """What is told about a story: everything a message needs, kept as it was when decided.

    `gone`: it is withdrawn because its only page was taken away, not because that says something else now.
    """

    id: str
    kind: AlertKind
    story: Story
    was: Cooperation | None = None
    matches: tuple[Match, ...]
    gone: bool = False
    decided: AwareDatetime
    deliveries: tuple[Delivery, ...]


class Notice(Noun):
    """What is told without a story: to operators, about an expected event, or that a digest would be empty.

    Whoever was told under the same `key` is not told again.
    """

    id: str
    kind: NoticeKind
    key: str
    subject: str
    text: str
    decided: AwareDatetime
    deliveries: tuple[Delivery, ...] = ()


class Recall(Noun):
    """A delivery that must not go out any more, and why; one that was tried already cannot be recalled."""

    delivery: str
    reason: str


class Seen(Noun):
    """An expected event that a story answers."""

    expected: str
    story: str
    url: str
    published: AwareDatetime


class Decision(Noun):
    """What follows from one article: stories as they are now, alerts with their deliveries, and what is recalled."""

    stories: tuple[Story, ...] = ()
    alerts: tuple[Alert, ...] = ()
    recalled: tuple[Recall, ...] = ()
    seen: tuple[Seen, ...] = ()
