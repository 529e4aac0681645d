"""Several services over one database: every message once, every visit once. A1, A2 and A3 of the list of faults."""

from __future__ import annotations

import asyncio
import os
import random
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from alerts.channels.webhook import Webhook, WebhookOptions
from alerts.digest import write
from spacepact.bootstrap import utc_now
from spacepact.demo.receivers import Receivers
from spacepact.sending import Sender
from spacepact.settings import Outbound, Settings
from storage import Store, migrate, open_database
from storage.tables import rounds
from tests.oracle import Count, accepted
from tests.spacepact.owing import owe

if TYPE_CHECKING:
    from conftest import House

OURS = Settings(outbound=Outbound(private_hosts=("127.0.0.1",)))
HOOKS = tuple(f"hook{n:02}" for n in range(20))
SECRET = "whsec_c3BhY2VwYWN0LXRlc3Qtc2VjcmV0LTAx"


@pytest.fixture
def shared_house(house: House, fresh_postgresql: str) -> House:
    """A house whose services keep everything in one PostgreSQL database."""
    house.server, house.port = fresh_postgresql, 0
    house.build(every="2s")
    return house


def ready(house: House, many: int) -> None:
    """Start some services and wait until each of them serves."""
    services = [house.run() for _ in range(many)]
    for service in services:
        service.wait_for(lambda s=service: "web page on" in s.log.read_text())  # type: ignore[misc]


def test_a1_three_workers_make_one_post_of_one_story(shared_house: House, tally: Count) -> None:
    house = shared_house
    published, house.outlet.pages = house.outlet.pages, {}
    ready(house, 3)
    house.outlet.pages = published
    house.services[0].wait_for(lambda: house.arrived("webhook"))
    time.sleep(3)
    took = [one for one in accepted(house.receivers.received) if one.lane == "hook"]
    assert tally({one[:3] for one in took}, took).ambig == 0
    assert len(took) == 1


@pytest.mark.long
def test_a2_three_workers_and_their_clocks_do_the_work_of_one(shared_house: House, tally: Count) -> None:
    house = shared_house
    ready(house, 3)
    store = house.store
    for wave in range(5):
        for n in range(100):
            owe(store, wave * 100 + n, utc_now(), "hook", "hook")
        time.sleep(2)
    owed = {("hook", "hook", f"s{n} 1") for n in range(500)}
    house.services[0].wait_for(lambda: {one[:3] for one in accepted(house.receivers.received)} >= owed)
    time.sleep(1)
    took = [one for one in accepted(house.receivers.received) if one.lane == "hook" and one.about.startswith("s")]
    tally(owed, took)
    with store.engine.connect() as connection:
        begun = list(connection.scalars(select(rounds.c.started).order_by(rounds.c.started)))
    assert len(begun) >= 4
    assert min(after - before for before, after in pairwise(begun)) > timedelta(seconds=1), "each slot of 2 s is visited once"


@pytest.fixture
def receivers(tmp_path: Any) -> Iterator[Receivers]:
    each = Receivers(SECRET, tmp_path / "accepted.jsonl")
    each.start()
    yield each
    each.stop()


def consume(url: str, base: str, many: int, owed: int) -> None:
    """The life of one worker process: some senders, each with its own loop and connections, until nothing is owed."""

    def one(number: int) -> None:
        store, dice = Store(open_database(url)), random.Random(number)
        options = {name: WebhookOptions(url=SecretStr(f"{base}/hook/{name}"), secret=SecretStr(SECRET)) for name in HOOKS}
        sender = Sender(store, {name: Webhook(name, each, OURS) for name, each in options.items()}, write, utc_now)
        end = time.monotonic() + max(1200, owed)
        while store.reading.totals().get("sent", 0) < owed and time.monotonic() < end:
            lanes = store.ledger.due_lanes(utc_now())
            for lane in dice.sample(lanes, len(lanes)):
                asyncio.run(sender.deliver(lane))
            time.sleep(0.5)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(many)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a3_twenty_producers_and_twenty_consumers(fresh_postgresql: str, receivers: Receivers, tally: Count) -> None:
    each = int(os.environ.get("SPACEPACT_A3_EVENTS", "10"))  # make faults: 200, as the list of faults says
    store = Store(open_database(fresh_postgresql))
    migrate(store.engine)
    fork = get_context("spawn")
    workers = [fork.Process(target=consume, args=(fresh_postgresql, receivers.base, 10, 20 * each)) for _ in range(2)]
    for worker in workers:
        worker.start()

    def produce(number: int) -> None:
        store = Store(open_database(fresh_postgresql))
        for n in range(each):
            owe(store, number * each + n, utc_now(), HOOKS[number], HOOKS[number])

    producers = [threading.Thread(target=produce, args=(number,)) for number in range(20)]
    for thread in producers:
        thread.start()
    for thread in (*producers, *workers):
        thread.join()
    owed = {(HOOKS[n // each], HOOKS[n // each], f"s{n} 1") for n in range(20 * each)}
    tally(owed, accepted(receivers.received))
