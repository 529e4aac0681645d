"""The subscribers of a running service: what they read, what their links may do, who mails their letters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

from alerts.channels.mail import Mail
from alerts.message import Links
from alerts.subscriptions import with_subscribers
from spacepact.loading import Config
from spacepact.pipeline import Now
from spacepact.story import Delivery
from spacepact.subscribing import Postman, Subscribing
from spacepact.tokens import Tokens, new_key
from storage import Store

_FRESH = timedelta(seconds=5)


@dataclass
class Audience:
    """Follows config/ wherever it is asked for; `watchlists` deliver to subscribers as of the last `refresh`."""

    store: Store
    config: Callable[[], Config]
    now: Now

    def __post_init__(self) -> None:
        self.watchlists = self._of = self.config().watchlists
        self._read = datetime.min.replace(tzinfo=UTC)

    def refresh(self) -> None:
        """Look who subscribes now, if that was more than a few seconds ago; whoever left since is held back at the send."""
        config, now = self.config(), self.now()
        if now - self._read < _FRESH and self._of is config.watchlists:
            return
        channel = config.settings.subscribers.channel
        self.watchlists = with_subscribers(config.watchlists, self.store.subscribers.active(), channel) if channel else config.watchlists
        self._of, self._read = config.watchlists, now

    @cached_property
    def subscribing(self) -> Subscribing:
        """What subscribers and the links in mails may do."""
        settings = self.config().settings
        key = settings.web.secret.get_secret_value() if settings.web.secret else self.store.subscribers.key("signing", new_key)
        return Subscribing(self.store.subscribers, Tokens(key), settings.base_url, self.offers, self.now)

    def offers(self) -> dict[str, str]:
        """Return the watchlists that people may choose, id to name."""
        config = self.config()
        chosen = config.settings.subscribers.watchlists
        return {name: w.name for name, w in config.watchlists.lists.items() if not chosen or name in chosen}

    @cached_property
    def postman(self) -> Postman:
        """Mails the letters of the sign-up pages, as long as these are open."""
        return Postman(self.subscribing, self._mail)

    def _mail(self) -> Mail | None:
        config = self.config()
        channel = config.channels.get(config.settings.subscribers.channel or "")
        return channel if isinstance(channel, Mail) else None

    @property
    def sign_up(self) -> bool:
        """Whether strangers may subscribe."""
        return self._mail() is not None

    def links(self, delivery: Delivery) -> Links | None:
        """Return where the recipient of a mail looks after their own subscription, None for every other channel."""
        mails = isinstance(self.config().channels.get(delivery.channel), Mail) and bool(delivery.watchlists)
        return self.subscribing.links(delivery.recipient, delivery.watchlists, self.now()) if mails else None
