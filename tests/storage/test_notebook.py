"""What a killed sender noted beside the database, and what the next process makes of it."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from storage import Journal, Note, Store, migrate, open_database
from storage.journal import LATEST
from storage.notebook import Notebook, fold
from storage.replay import replay
from tests.conftest import NOW
from tests.spacepact.owing import owe

LATER = NOW + timedelta(seconds=1)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(open_database(f"sqlite:///{tmp_path / 'x.sqlite'}"))
    migrate(store.engine)
    owe(store, 1, NOW, "mail", "a@desk.example", "b@desk.example")
    return store


def reserved(store: Store) -> list[Note]:
    claims = store.ledger.reserve("mail", NOW, messages=9)
    assert all(claim.plain for claim in claims)
    return [Note(c.id, "mail", (c.delivery.id,), c.fence, c.number, NOW, LATER) for c in claims]


def beside(store: Store) -> Notebook:
    book = Notebook.beside(store.engine)
    assert book
    return book


def states(store: Store) -> list[tuple[str, int]]:
    return sorted((row.state, row.tries) for row in store.reading.deliveries())


def note_and_die(store: Store, *notes: Note) -> None:
    child = os.fork()
    if child == 0:
        book = beside(store)
        for note in notes:
            book.write(note)
        os.kill(os.getpid(), signal.SIGKILL)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL


def test_what_was_noted_outlives_a_kill_and_a_second_reading_changes_nothing(store: Store, tmp_path: Path) -> None:
    one, two = reserved(store)
    sent = one._replace(ended=LATER, answer="250 ok", reference="<1@x> T")
    note_and_die(store, one, sent, two)
    (left,) = tmp_path.glob("*.notes-*")
    content = left.read_bytes()
    assert beside(store).recover(store.engine) == 3
    assert states(store) == [("pending", 1), ("sent", 1)], "the second was being tried"
    assert not left.exists()
    left.write_bytes(content + b'\n["cut off by a full di')
    assert beside(store).recover(store.engine) == 3
    assert states(store) == [("pending", 1), ("sent", 1)]


def test_a_living_process_keeps_its_notes_to_itself(store: Store, tmp_path: Path) -> None:
    one, _ = reserved(store)
    book = beside(store)
    book.write(one._replace(ended=LATER))
    assert beside(store).recover(store.engine) == 0
    book.clear()
    assert not list(tmp_path.glob("*.notes-*"))


def test_an_old_note_neither_undoes_a_replay_nor_speaks_over_the_next_sender(store: Store) -> None:
    one, two = reserved(store)
    sent = one._replace(ended=LATER, answer="250 ok")
    with store.engine.begin() as connection:
        fold([sent], connection)
    replay(store.engine, LATER, ids=[sent.message])
    assert {c.id for c in store.ledger.reserve("mail", NOW + timedelta(minutes=2), messages=9)} == {one.message, two.message}
    with store.engine.begin() as connection:
        fold([sent, two._replace(ended=LATER)], connection)
    assert {state for state, _ in states(store)} == {"pending"}, "one is asked for again, the other is somebody else's by now"


def ends(store: Store, *hurries: bool) -> tuple[int, float]:
    """Note two successes, let as many lanes end; return the number of commits, and the seconds that it took."""
    commits: list[None] = []
    event.listen(store.engine, "commit", lambda _: commits.append(None))

    async def run() -> float:
        journal, started = Journal(store.engine), time.monotonic()
        for note in reserved(store):
            journal.note(note._replace(ended=LATER, answer="250 ok"))
        commits.clear()
        await asyncio.gather(*(journal.settled(hurry=hurry) for hurry in hurries))
        return time.monotonic() - started

    seconds, shared = asyncio.run(run()), len(commits)
    assert states(store) == [("sent", 1), ("sent", 1)]
    return shared, seconds


def test_lanes_that_end_share_the_commit_of_the_notes(store: Store) -> None:
    commits, seconds = ends(store, *[False] * 50)
    assert commits == 1
    assert seconds >= LATEST, "nobody hurried"


def test_the_last_lane_that_ends_takes_all_with_it_at_once(store: Store) -> None:
    commits, seconds = ends(store, *[False] * 50, True)
    assert (commits, seconds < LATEST) == (1, True)
