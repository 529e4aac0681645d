"""kill -9 at every point of the pipeline, again and again; the receivers outside say what was lost or doubled.

    python -m tests.crash [--kills 200] [--database URL] [--points commit|time] [--seed 1]

The same articles are taken in twice: once undisturbed, which shows what is owed, and once by processes that
are killed: `commit` kills the n-th process at its n-th step (each statement, commit, note), `time` at random
moments. After every kill an SQLite file must be whole; on PostgreSQL every fifth victim is the server's own
backend instead. Prints one line of JSON; exit 1 if anything is lost or doubled.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import Engine, event, make_url, text

from bench.loopback.news import Newsroom
from spacepact.article import Article, Link
from spacepact.bootstrap import App, make_app
from spacepact.demo.receivers import Receivers
from spacepact.settings import default_config_dir
from storage import Store, notebook, open_database
from tests.oracle import Accepted, Tally, count

SECRET = "whsec_c3BhY2VwYWN0LXRlc3Qtc2VjcmV0LTAx"
READERS = ("a@desk.example", "b@desk.example", "c@desk.example")
LEASES = timedelta(minutes=16)
"""So much later is the clock after each kill on PostgreSQL, where only time gives back what a dead process held."""


def build(home: Path, url: str, mail: int, web: str) -> App:
    (home / "sources").mkdir(parents=True)
    (home / "watchlists").mkdir()
    (home / "gazetteer").symlink_to(default_config_dir() / "gazetteer")
    hook = {"kind": "webhook", "url": f"{web}/hook/hook", "secret": SECRET}
    files = {
        "settings.yaml": {"database": url, "outbound": {"private_hosts": ["127.0.0.1"]}, "mail": {"host": "127.0.0.1", "port": mail}},
        "channels.yaml": {"channels": {"mail": {"kind": "mail", "to": list(READERS)}, "hook": hook}},
        "watchlists/all.yaml": {"name": "All", "deliver": [{"channel": "mail"}, {"channel": "hook"}]},
    }
    for name, content in files.items():
        (home / name).write_text(yaml.safe_dump(content))
    app = make_app(home, {})
    app.classifier  # noqa: B018 - compiled once, before the processes part
    return app


def articles(app: App, many: int, seed: int) -> Iterator[tuple[str, str]]:
    room = Newsroom(app.config.gazetteer, seed)
    for _ in range(many):
        news = room.story()
        yield news.title, "\n\n".join(news.paragraphs)


def live(app: App, pages: list[tuple[str, str]], started: int) -> None:
    """One life of the service: take in what is not known yet, and deliver, until nothing is left to do."""
    app.alone()
    done = app.store.reading.totals().get("articles", 0)
    os.write(started, b"!")
    for number in range(max(0, done - 1), len(pages)):
        title, words = pages[number]
        url, now = f"https://outlet.example/{number}", app.now()
        page = Article(url=url, source="outlet", title=title, text=words, published=now, fetched=now, language="en", tier="trade")
        insist(lambda page=page: app.processor.process("outlet", Link(url=page.url), page))  # type: ignore[misc]
        if number % 5 == 4:
            insist(lambda: asyncio.run(app.deliver_all()))
    insist(lambda: asyncio.run(app.deliver_all()))


def insist(work: Callable[[], object]) -> None:
    """Do again what the database did not take, as the service's clock does."""
    while True:
        try:
            work()
        except Exception as error:  # a killed backend shows in many ways
            if "terminat" not in str(error) and "closed" not in str(error) and "SSL" not in str(error):
                raise
            time.sleep(0.1)
        else:
            return


def die_at(engine: Engine, step: int) -> None:
    """Kill this process at a step: before a statement or a commit, or on either side of a note."""
    left = iter(range(step - 1, -1, -1))

    def tick(*_: object) -> None:
        if next(left) == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(engine, "before_cursor_execute", tick)
    event.listen(engine, "commit", tick)
    write = notebook.Notebook.write

    def noted(book: Any, note: Any) -> None:
        tick()
        write(book, note)
        tick()

    notebook.Notebook.write = noted  # type: ignore[method-assign]


def one_life(app: App, pages: list[tuple[str, str]], step: int | None, wait: float | None, backend: bool) -> bool:  # noqa: FBT001
    """Run the service in a process of its own, and kill it; True if it came to its end instead."""
    ready, started = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.close(ready)
            if step:
                die_at(app.store.engine, step)
            live(app, pages, started)
            code = 0
        finally:
            os._exit(code)
    os.close(started)
    os.read(ready, 1)
    os.close(ready)
    if wait is not None:
        time.sleep(wait)
        if backend:
            end_backends(app.config.settings.database)
            time.sleep(wait)
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
    status = os.waitpid(child, 0)[1]
    if not os.WIFSIGNALED(status) and os.waitstatus_to_exitcode(status):
        sys.exit("crash: the service ended by itself, see above")
    return not os.WIFSIGNALED(status)


def end_backends(url: str) -> None:
    engine = open_database(url)
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"))
    engine.dispose()


def whole(url: str) -> bool:
    """Say whether an SQLite file is sound; PostgreSQL looks after itself."""
    if make_url(url).get_backend_name() != "sqlite":
        return True
    engine = open_database(url)
    with engine.connect() as connection:
        return bool(connection.scalar(text("PRAGMA integrity_check")) == "ok")


def receive(log: Path, pipe: Connection) -> None:
    """The life of the process outside: keep what arrives."""
    receivers = Receivers(SECRET, log)
    receivers.start()
    pipe.send((receivers.mail_port, receivers.base))
    pipe.recv()


@contextmanager
def outside(log: Path) -> Iterator[tuple[int, str]]:
    """Run receivers in another process."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=receive, args=(log, theirs), daemon=True)
    process.start()
    yield ours.recv()
    process.kill()
    process.join()


def took(log: Path) -> list[Accepted]:
    lines = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
    return [Accepted(kind, recipient, number, number) for kind, recipient, number, _ in lines]


def sweep(kills: int, url: str, points: str, seed: int, stories: int) -> tuple[Tally, dict[str, int]]:
    """Return what the kills did, and how many there were of each sort."""
    dice, done = random.Random(seed), {"kills": 0, "whole": 0}
    with tempfile.TemporaryDirectory() as folder:
        home, calm, stormy = Path(folder), Path(folder) / "calm.jsonl", Path(folder) / "stormy.jsonl"
        with outside(calm) as (mail, web):
            app = build(home / "calm", f"sqlite:///{home / 'calm.sqlite'}", mail, web)
            app.start()
            app.store.engine.dispose()
            pages = list(articles(app, stories, seed))
            one_life(app, pages, None, None, backend=False)
        with outside(stormy) as (mail, web):
            app = build(home / "stormy", url or f"sqlite:///{home / 'stormy.sqlite'}", mail, web)
            url = app.config.settings.database
            app.start()
            app.store.engine.dispose()
            later, ended = timedelta(), False
            while not ended:
                calmly = done["kills"] >= kills
                step = None if calmly or points == "time" else 1 + done["kills"] % 150
                wait = None if calmly or points == "commit" else dice.uniform(0, 0.3)
                backend = not calmly and points == "time" and not url.startswith("sqlite") and done["kills"] % 5 == 4
                now = replace(app, store=Store(open_database(url)), now=lambda shift=later: datetime.now(UTC) + shift)  # type: ignore[misc]
                now._compiled = app._compiled
                ended = one_life(now, pages, step, wait, backend)
                done["kills"] += not ended
                done["whole"] += not ended and whole(url)
                later += timedelta() if url.startswith("sqlite") else LEASES
                print(f"\r{done['kills']} of {kills} kills", end="", file=sys.stderr)
        owed = [one[:3] for one in took(calm)]
        print(file=sys.stderr)
        return count(owed, took(stormy), done["kills"]), {**done, "owed": len(owed)}


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--kills", type=int, default=200)
    options.add_argument("--database", default="", help="a fresh PostgreSQL database; default: an SQLite file")
    options.add_argument("--points", choices=("commit", "time"), default="time")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--stories", type=int, help="default: as many as it takes to outlast the kills")
    chosen = options.parse_args()
    stories = chosen.stories or max(20, chosen.kills * 4)
    tally, done = sweep(chosen.kills, chosen.database, chosen.points, chosen.seed, stories)
    print(json.dumps({**tally._asdict(), **done, "stories": stories}))
    return int(bool(tally.lost or tally.dup or done["whole"] < done["kills"]))


if __name__ == "__main__":
    sys.exit(main())
