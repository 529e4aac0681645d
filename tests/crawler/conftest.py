"""What every test of the crawler may ask for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.crawler.loopback import Crawls, Engine, Website


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    running = Engine()
    yield running
    running.close()


@pytest.fixture
def crawls(engine: Engine) -> Crawls:
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
