"""Subscribing by e-mail, from the sign-up to the last good-bye: what a link may do, and what follows.

Nothing is sent to an address before it was proven: a sign-up only has a letter sent, whose link leads to a
page, whose button confirms. Every link is signed for one purpose.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.address import parse_address
from alerts.bounce import Failure, read_bounce
from alerts.channels.mail import Mail
from alerts.letter import confirmation
from alerts.message import Links
from alerts.retry import next_try
from spacepact.errors import SendError, SpacepactError
from spacepact.subscriber import Letter, Subscriber, Wish
from spacepact.tokens import BadTokenError, Tokens
from storage.subscribers import EVERYTHING, Subscribers

log = logging.getLogger(__name__)

REMOVED = "removed by the operator"
ALL = "_all"
"""Stands for every watchlist in a link; no watchlist can be called so."""
_LONGEST = 300
_LEASE = timedelta(minutes=15)
_KEPT = timedelta(days=30)
"""How long a request that nobody confirmed is remembered."""


@dataclass(frozen=True)
class Subscribing:
    """What subscribers and their links may do; `offers` are the watchlists (id to name) that people may choose."""

    store: Subscribers
    tokens: Tokens
    base_url: str
    offers: Callable[[], Mapping[str, str]]
    now: Callable[[], datetime]

    def ask(self, address: str, wish: Wish) -> bool:
        """Have somebody asked to confirm a wish; False if they were asked within a day. Raises ValueError on what is no address."""
        return self.store.ask(parse_address(address), self._offered(wish), self.now())

    def admit(self, address: str, wish: Wish) -> None:
        """Take in somebody whose consent the operator holds; raises ValueError on what is no address.

        Who said no themselves, or does not exist, is not taken in: no operator's list speaks louder than that.
        """
        now = self.now()
        refusals = [r for r in self.store.refusals(address) if r.reason != REMOVED and r.watchlist in (EVERYTHING, *wish.watchlists)]
        if refusals:
            why = f"{refusals[0].reason} on {refusals[0].since:%Y-%m-%d}"
            raise SpacepactError(f"{address}: {why}; it can subscribe again by itself, or be asked to (leave --confirmed away)")
        if not self.store.confirm(parse_address(address), self._offered(wish), now, now):
            raise SpacepactError(f"{address} unsubscribed in the future; is the clock of this machine right?")

    def letter(self, token: str) -> Letter:
        """Read the link of a confirmation; raises BadTokenError."""
        content, made = self.tokens.read("confirm", token, self.now())
        return Letter(address=content["a"], wish=Wish.model_validate(content["w"]), asked=made)

    def confirm(self, letter: Letter) -> None:
        """Begin to send what somebody asked for; raises BadTokenError if they unsubscribed since."""
        if not self.store.confirm(letter.address, letter.wish, letter.asked, self.now()):
            raise BadTokenError("You unsubscribed after this link was sent.")

    def managed(self, token: str) -> tuple[str, Subscriber | None]:
        """Read a link to the preferences: the address, and what it gets now; raises BadTokenError."""
        content, _ = self.tokens.read("manage", token, self.now())
        return content["a"], self.store.get(content["a"])

    def change(self, address: str, wish: Wish) -> None:
        """Replace what a proven address gets."""
        self.store.change(address, self._offered(wish), self.now())

    def leaving(self, lists: str, token: str) -> str:
        """Read a link that unsubscribes from `lists`; returns the address, raises BadTokenError."""
        return str(self.tokens.read("unsubscribe", token, self.now(), bound=lists)[0]["a"])

    def unsubscribe(self, address: str, lists: str) -> None:
        """Send an address nothing of these lists any more, from now on."""
        names = () if lists == ALL else lists.split(",")
        self.store.refuse(address, names, "unsubscribed", self.now())
        log.info("somebody unsubscribed from %s", "everything" if lists == ALL else lists)

    def bounced(self, content: bytes) -> list[str]:
        """Write no more to whom a returned mail proves not to exist; returns what followed, a line a recipient.

        Anybody can make up such a mail, so it must bring back a link that we signed; the link says to whom we wrote.
        """
        bounce = read_bounce(content)
        lists, _, token = (bounce.link or "").rpartition("/unsubscribe/")[2].partition("/")
        try:
            address = self.leaving(lists, token)
        except BadTokenError:
            return []
        return [self._failed(address, failure) for failure in bounce.failures]

    def _failed(self, address: str, failure: Failure) -> str:
        said = f"{failure.status} {failure.words}".strip()
        if not failure.nobody:
            return f"{address}: {said}; the address exists, nothing was changed"
        self.store.refuse(address, (), f"address-gone: {said}", self.now())
        return f"{address}: {said}; it is not written to any more"

    def names(self, lists: str) -> list[str]:
        """Return what the lists of a link are called, none where it means everything."""
        offers = self.offers()
        return [] if lists == ALL else [offers.get(name, name) for name in lists.split(",")]

    def links(self, address: str, watchlists: Collection[str], now: datetime) -> Links:
        """Return the links for one message to one address."""
        joined = ",".join(sorted(watchlists))
        lists = joined if 0 < len(joined) <= _LONGEST else ALL
        return Links(self._leave(address, lists, now), self._url("subscription", self.tokens.make("manage", {"a": address}, now)))

    def _leave(self, address: str, lists: str, now: datetime) -> str:
        return self._url("unsubscribe", lists, self.tokens.make("unsubscribe", {"a": address}, now, bound=lists))

    def leave_all(self, address: str) -> str:
        """Return the path of the page that ends everything for an address."""
        return self._leave(address, ALL, self.now()).removeprefix(self.base_url.rstrip("/"))

    def confirm_url(self, letter: Letter) -> str:
        """Return the link that a letter carries."""
        content = {"a": letter.address, "w": letter.wish.model_dump(mode="json")}
        return self._url("confirm", self.tokens.make("confirm", content, letter.asked))

    def _url(self, *parts: str) -> str:
        return "/".join([self.base_url.rstrip("/"), *parts])

    def _offered(self, wish: Wish) -> Wish:
        unknown = [name for name in wish.watchlists if name not in self.offers()]
        if unknown:
            raise SpacepactError(f"no watchlist is offered as {unknown[0]!r}; there are: {', '.join(sorted(self.offers())) or 'none'}")
        return wish


@dataclass(frozen=True)
class Postman:
    """Mails the letters that ask for confirmation; trouble is recorded and tried again. Without a channel they wait."""

    subscribing: Subscribing
    channel: Callable[[], Mail | None]

    def due(self) -> list[str]:
        """Return the one lane of letters where something waits."""
        return ["letters"] if self.channel() and self.subscribing.store.letters_due(self.subscribing.now()) else []

    async def deliver(self, _: str = "letters") -> int:
        """Mail every letter that is due; returns how many were taken by the mail server."""
        store, sent = self.subscribing.store, 0
        while (channel := self.channel()) and (letter := store.claim_letter(self.subscribing.now(), _LEASE)):
            sent += await self._mail(channel, letter)
        store.forget(self.subscribing.now() - _KEPT)
        return sent

    async def _mail(self, channel: Mail, letter: Letter) -> bool:
        subscribing, store = self.subscribing, self.subscribing.store
        names = [subscribing.offers().get(name, name) for name in letter.wish.watchlists]
        mail = confirmation(letter, names, subscribing.confirm_url(letter), channel.mail.sender, subscribing.now())
        try:
            answer = await channel.carry(mail.as_bytes(), letter.address)
        except SendError as error:
            again = next_try(letter.number, error, subscribing.now(), random.uniform(-1, 1))  # noqa: S311 - spreads load, guards nothing
            store.settle_letter(letter, "failed" if again else "dead", str(error), again)
            log.warning("a confirmation could not be mailed, try %d: %s", letter.number, error)
            return False
        store.settle_letter(letter, "sent", answer)
        return True
