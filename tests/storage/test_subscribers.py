"""Consent as the database keeps it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from spacepact.subscriber import Wish
from storage.database import reading
from storage.subscribers import Subscribers, why_not
from tests.conftest import NOW

WISH = Wish(watchlists=("lunar", "trouble"), frequency="daily", zone="Asia/Tokyo")
HOUR = timedelta(hours=1)


@pytest.fixture
def store(database: Engine) -> Subscribers:
    return Subscribers(database)


def refused(store: Subscribers, address: str, *lists: str) -> str | None:
    with reading(store.engine) as connection:
        return why_not(connection, address, lists)


def test_nobody_gets_anything_before_the_address_was_proven(store: Subscribers) -> None:
    store.ask("Ada@example.org", WISH, NOW)
    assert store.active() == []
    assert [w.address for w in store.waiting()] == ["Ada@example.org"]
    assert store.confirm("Ada@example.org", WISH, NOW, NOW + HOUR)
    (ada,) = store.active()
    assert (ada.watchlists, ada.frequency, ada.zone) == (("lunar", "trouble"), "daily", "Asia/Tokyo")
    assert store.waiting() == []


def test_c12_one_address_is_asked_once_in_a_day_however_it_is_spelt(store: Subscribers) -> None:
    spelt = ["ada@example.org", "ADA@example.org"] * 50
    with ThreadPoolExecutor(8) as pool:
        asked = list(pool.map(lambda a: store.ask(a, WISH, NOW), spelt))
    assert sum(asked) == 1
    assert not store.ask("ada@example.org", WISH, NOW + 23 * HOUR)
    assert store.ask("ada@example.org", WISH, NOW + 24 * HOUR)


def test_a_letter_is_claimed_once_and_again_only_after_its_lease(store: Subscribers) -> None:
    store.ask("ada@example.org", WISH, NOW)
    letter = store.claim_letter(NOW, HOUR)
    assert letter is not None
    assert (letter.number, letter.wish) == (1, WISH)
    assert store.claim_letter(NOW, HOUR) is None
    assert store.letters_due(NOW + HOUR)
    store.settle_letter(letter, "failed", "451 later", NOW + 2 * HOUR)
    assert not store.letters_due(NOW + HOUR)
    again = store.claim_letter(NOW + 2 * HOUR, HOUR)
    assert again is not None
    assert again.number == 2
    store.settle_letter(again, "sent", "250 OK")
    assert not store.letters_due(NOW + 99 * HOUR)


def test_a_letter_of_a_process_that_died_is_free_at_once(store: Subscribers) -> None:
    store.ask("ada@example.org", WISH, NOW)
    store.claim_letter(NOW, HOUR)
    store.release()
    assert store.letters_due(NOW)


def test_unsubscribing_from_one_list_leaves_the_others(store: Subscribers) -> None:
    store.confirm("ada@example.org", WISH, NOW, NOW)
    store.refuse("ADA@example.org", ["lunar"], "unsubscribed", NOW)
    assert store.active()[0].watchlists == ("trouble",)
    assert refused(store, "ada@example.org", "lunar") == "unsubscribed on 2026-11-23"
    assert refused(store, "ada@example.org", "lunar", "trouble") is None
    assert refused(store, "bob@example.org", "lunar") is None


def test_who_refuses_everything_gets_nothing_even_where_config_names_the_address(store: Subscribers) -> None:
    store.refuse("desk@example.org", (), "address-gone: 550 5.1.1 no such user", NOW)
    assert refused(store, "Desk@Example.org", "any") == "address-gone: 550 5.1.1 no such user on 2026-11-23"
    store.confirm("desk@example.org", WISH, NOW + HOUR, NOW + HOUR)
    assert refused(store, "desk@example.org", "lunar") is None


def test_a_confirmation_from_before_the_good_bye_does_not_count(store: Subscribers) -> None:
    store.confirm("ada@example.org", WISH, NOW, NOW)
    store.refuse("ada@example.org", (), "unsubscribed", NOW + HOUR)
    assert not store.confirm("ada@example.org", WISH, NOW, NOW + 2 * HOUR)
    assert store.active() == []
    assert store.confirm("ada@example.org", WISH, NOW + 2 * HOUR, NOW + 3 * HOUR)
    assert len(store.active()) == 1


def test_a_list_that_is_left_out_is_refused_and_one_that_is_added_is_not(store: Subscribers) -> None:
    store.confirm("ada@example.org", WISH, NOW, NOW)
    store.change("ada@example.org", Wish(watchlists=("trouble",)), NOW)
    assert refused(store, "ada@example.org", "lunar")
    store.change("ada@example.org", Wish(watchlists=("lunar",)), NOW)
    assert refused(store, "ada@example.org", "lunar") is None
    assert refused(store, "ada@example.org", "trouble")


def test_removing_forgets_all_but_the_refusal(store: Subscribers) -> None:
    store.ask("ada@example.org", WISH, NOW)
    store.confirm("ada@example.org", WISH, NOW, NOW)
    assert store.remove("ada@example.org", "removed", NOW)
    assert (store.all(), store.waiting()) == ([], [])
    assert refused(store, "ada@example.org", "lunar") == "removed on 2026-11-23"
    assert not store.remove("bob@example.org", "removed", NOW)


def test_a_key_is_made_once(store: Subscribers) -> None:
    assert store.key("signing", lambda: "one") == "one"
    assert store.key("signing", lambda: "two") == "one"
