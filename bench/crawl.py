"""How fast rounds and pages go through the crawler into the database, and whether memory stays flat.

    python bench/crawl.py [--pages 3000] [--rounds 400]
    python bench/crawl.py --pages 20000 --rounds 1000 --out DIR     # DIR/pages.csv, rounds.csv and their curves

Rounds: each visits one of 50 feeds that lists what is known already (the usual case), as the crawler process does.
Pages: each is fetched, extracted, tagged, decided about, and stored with its evidence (SQLite). Two processes, as in
the service: one fetches and extracts, one tags and keeps; the sites have another. Memory is told every 1,000; exit
code 1 if it grows or a visit was not well.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import os
import random
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from multiprocessing import Pipe, Process
from multiprocessing.connection import Connection
from pathlib import Path

import psutil
import yaml
from loopback.curve import draw, slope
from loopback.news import Newsroom
from loopback.site import Site, Web

from classifier.gazetteer import load_gazetteer
from crawler.engine import run
from spacepact.aside import Aside
from spacepact.bootstrap import make_app
from spacepact.keeping import Keeper
from spacepact.settings import default_config_dir
from spacepact.visits import Visitor

SITES, AT_ONCE, LISTED, STORIES = 50, 8, 30, 0.05
FLAT = 0.5
"""Megabytes that memory may grow per 1,000 pages or rounds of the second half."""


def build(home: Path, ports: list[int]) -> Path:
    config = home / "config"
    (config / "sources").mkdir(parents=True)
    (config / "watchlists").mkdir()
    (config / "channels.yaml").write_text("channels: {}\n")
    (config / "gazetteer").symlink_to(default_config_dir() / "gazetteer")
    for number, port in enumerate(ports, 1):
        about = {"name": f"Site {number}", "kind": "feed", "urls": [f"http://127.0.0.1:{port}/feed"], "language": "en", "country": "FR"}
        source = about | {"tier": "trade", "every": "10m"}
        (config / "sources" / f"site-{number:03}.yaml").write_text(yaml.safe_dump(source))
    settings = {"database": f"sqlite:///{home / 'bench.sqlite'}", "crawl": {"delay": 0, "at_once": AT_ONCE}}
    (config / "settings.yaml").write_text(yaml.safe_dump(settings))
    return config


async def visits(visitor: Visitor, names: list[str]) -> tuple[int, int]:
    """Visit sources, some at once; return how many pages were fetched and how many visits were not well."""
    limit = asyncio.Semaphore(AT_ONCE)

    async def visit(name: str) -> tuple[int, bool]:
        async with limit:
            round_ = await visitor.visit(name)
            return round_.fetched, round_.state not in ("ok", "unchanged")

    done = await asyncio.gather(*map(visit, names))
    return sum(fetched for fetched, _ in done), sum(bad for _, bad in done)


def crew(sites: int) -> tuple[psutil.Process, list[psutil.Process]]:
    """Return the process that fetches, and those that keep; not the one of the sites."""
    me = psutil.Process()
    return me, [child for child in me.children() if child.pid != sites]


def used(processes: list[psutil.Process]) -> float:
    """Return the seconds of processor time that processes had so far."""
    return sum(sum(process.cpu_times()[:2]) for process in processes)


async def measure(what: str, total: int, step: Callable[[], Awaitable[int]], sites: int, out: Path | None) -> bool:
    """Do steps until `total` is reached; print the rate, and how memory went. Returns whether it stayed flat."""
    (me, keepers), rows, done = crew(sites), [], 0
    started, before_me, before_keepers = time.perf_counter(), used([me]), used(keepers)
    while done < total:
        before, done = done, done + await step()
        memory = {"crawler_mb": me.memory_info().rss / 1e6, "keeper_mb": sum(p.memory_info().rss for p in keepers) / 1e6}
        rows.append({what: done, **memory, "mb": sum(memory.values()), "seconds": time.perf_counter() - started})
        if done // 1000 > before // 1000:
            print(f"{done:>8} {what}: {rows[-1]['mb']:.1f} MB after {rows[-1]['seconds']:.0f} s", flush=True)
    seconds = time.perf_counter() - started
    later = rows[len(rows) // 2 :]
    growth = slope([row[what] / 1000 for row in later], [row["mb"] for row in later])
    fetching, keeping = ((used(who) - was) / done * 1000 for who, was in (([me], before_me), (keepers, before_keepers)))
    load = f"load average {os.getloadavg()[0]:.1f}"
    print(f"{what:8}{done:8}{done / seconds:10.1f}/s; processor time each: {fetching:.1f} + {keeping:.1f} ms; {load}")
    ends = f"{later[0]['mb']:.1f} -> {later[-1]['mb']:.1f} MB, {growth:+.2f} MB per 1,000"
    print(f"{'':8}memory in the second half {ends}: {'flat' if growth <= FLAT else 'GROWS'}")
    if out:
        with (out / f"{what}.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, fieldnames=list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        (out / f"{what}.svg").write_text(draw(rows, across=what, unit=what, scale=1))
    return growth <= FLAT


async def bench(visitor: Visitor, publish: Callable[[], None], sites: int, chosen: argparse.Namespace) -> bool:
    names = sorted(visitor.sources)
    bad = []

    async def fresh() -> int:
        await asyncio.to_thread(publish)
        fetched, wrong = await visits(visitor, names)
        bad.append(wrong)
        return fetched

    async def quiet() -> int:
        bad.append((await visits(visitor, names))[1])
        return len(names)

    await fresh()
    flat = [await measure(*work, sites, chosen.out) for work in (("pages", chosen.pages, fresh), ("rounds", chosen.rounds, quiet))]
    print(f"visits that were not well: {sum(bad)}; articles kept: {visitor.store.reading.totals()['articles']}; {os.cpu_count()} cores")
    return all(flat) and not sum(bad)


def serve(pipe: Connection) -> None:
    """The sites' own process: tells their ports, then publishes on all of them whenever it is asked to."""
    sites = [Site(number) for number in range(1, SITES + 1)]
    Web(sites)
    gazetteer, _ = load_gazetteer(default_config_dir() / "gazetteer")
    room, dice = Newsroom(gazetteer, 3), random.Random(3)
    pipe.send([site.port for site in sites])
    with suppress(EOFError):
        while pipe.recv():
            for site in sites:
                for _ in range(LISTED):
                    site.publish(room.story() if dice.random() < STORIES else room.filler())
            pipe.send("published")


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--pages", type=int, default=3000)
    options.add_argument("--rounds", type=int, default=400)
    options.add_argument("--out", type=Path)
    chosen = options.parse_args()
    if chosen.out:
        chosen.out.mkdir(parents=True, exist_ok=True)
    ours, theirs = Pipe()
    web = Process(target=serve, args=(theirs,), daemon=True)
    web.start()
    ports: list[int] = ours.recv()

    def publish() -> None:
        ours.send("publish")
        ours.recv()

    with tempfile.TemporaryDirectory() as home:
        app = make_app(build(Path(home), ports), os.environ)
        app.start()
        aside = Aside(app.config.directory)
        visitor = replace(app.visitor, keeper=Keeper(aside))
        try:
            return 0 if run(lambda: bench(visitor, publish, web.pid or 0, chosen)) else 1
        finally:
            aside.close()


if __name__ == "__main__":
    sys.exit(main())
