"""What every test of the crawler may ask for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from crawler.engine import manners
from tests.crawler.loopback import Crawls, Engine, Website


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    running = Engine()
    yield running
    running.close()


@pytest.fixture
def crawls(engine: Engine) -> Crawls:
    known = manners()  # ports of the loopback are used again; what their former hosts said is not theirs
    known.rules.clear()
    known.hosts.clear()
    return Crawls(engine)


@pytest.fixture
def website() -> Iterator[Website]:
    server = Website()
    yield server
    server.close()


@pytest.fixture
def other_website() -> Iterator[Website]:
    server = Website()
    yield server
    server.close()
