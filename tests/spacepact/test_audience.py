"""The subscribers of a running service follow the tables within seconds and config/ at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from alerts.channels.mail import Mail, MailOptions
from alerts.matching import Watchlists
from alerts.watchlist import Watchlist
from spacepact.audience import Audience
from spacepact.settings import Settings, SignUp
from spacepact.story import Delivery
from spacepact.subscriber import Wish
from storage import Store, migrate, open_database
from tests.conftest import NOW


class House:
    """A config that a test may change, and a clock that it may turn."""

    def __init__(self, store: Store) -> None:
        self.now = NOW
        self.config: Any = None
        self.configure("mail", "lunar", "trouble")
        self.store = store
        self.audience = Audience(store, lambda: self.config, lambda: self.now)

    def configure(self, channel: str | None, *lists: str, offered: tuple[str, ...] = ()) -> None:
        settings = Settings(subscribers=SignUp(channel=channel, watchlists=offered), base_url="https://alerts.example.org")
        watched = Watchlists({name: Watchlist(name=name.title()) for name in lists})
        channels = {"mail": Mail("mail", MailOptions(), settings), "hook": object()}
        self.config = SimpleNamespace(settings=settings, watchlists=watched, channels=channels)

    def subscribe(self, address: str, *lists: str) -> None:
        self.store.subscribers.confirm(address, Wish(watchlists=lists), self.now, self.now)

    def readers(self, name: str) -> list[str]:
        self.audience.refresh()
        return [address for target in self.audience.watchlists.lists[name].deliver for address in target.to]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    engine = open_database(f"sqlite:///{tmp_path / 'test.sqlite'}")
    migrate(engine)
    yield House(Store(engine))
    engine.dispose()


def test_a_new_subscriber_counts_within_seconds(house: House) -> None:
    assert house.readers("lunar") == []
    house.subscribe("ada@example.org", "lunar")
    house.now += timedelta(seconds=5)
    assert house.readers("lunar") == ["ada@example.org"]
    assert house.readers("trouble") == []


def test_a_config_that_changed_counts_at_once(house: House) -> None:
    house.subscribe("ada@example.org", "lunar", "new")
    assert house.readers("lunar") == ["ada@example.org"]
    house.configure("mail", "lunar", "new")
    assert house.readers("new") == ["ada@example.org"]
    house.configure(None, "lunar", "new")
    assert house.readers("new") == []


def test_a_config_that_changes_while_an_article_is_decided_loses_no_subscriber(house: House) -> None:
    house.subscribe("ada@example.org", "lunar")
    house.audience.refresh()
    house.configure("mail", "lunar")
    assert len(house.audience.watchlists.lists["lunar"].deliver) == 1


@pytest.mark.parametrize(("channel", "is_open"), [("mail", True), ("hook", False), ("nowhere", False), (None, False)])
def test_sign_up_is_open_where_a_mail_channel_is_named(house: House, channel: str | None, *, is_open: bool) -> None:
    house.configure(channel, "lunar")
    assert house.audience.sign_up == is_open
    house.store.subscribers.ask("ada@example.org", Wish(watchlists=("lunar",)), NOW)
    assert house.audience.postman.due() == (["letters"] if is_open else [])


def test_people_choose_among_what_settings_offer(house: House) -> None:
    assert house.audience.offers() == {"lunar": "Lunar", "trouble": "Trouble"}
    house.configure("mail", "lunar", "trouble", offered=("lunar", "gone"))
    assert house.audience.offers() == {"lunar": "Lunar"}


def test_only_mails_about_watchlists_lead_to_a_subscription(house: House) -> None:
    def links(channel: str, *lists: str) -> object:
        return house.audience.links(Delivery(id="d", channel=channel, recipient="ada@example.org", watchlists=lists, reason="x"))

    assert links("mail", "lunar")
    assert links("hook", "lunar") is None
    assert links("mail") is None, "operators cannot end what the service says about its own troubles with a click"
