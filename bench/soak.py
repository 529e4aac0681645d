"""A long run of the real service over a small web that is partly ill: is anything lost, doubled, or leaked?

    python bench/soak.py --minutes 120 --out DIR     # DIR/soak.csv, soak.svg, verdict.txt, accepted.jsonl, service.log
    python bench/soak.py --plot DIR/soak.csv         # draws the memory curve again

Of the sites 2 % hang for ever and 5 % are broken for two thirds of the time (500, garbage, resets, cut and
falsely compressed answers); all publish at an accelerated rhythm. `spacepact run` is a process of its own,
its receivers are real. What was published while a site was broken is owed like all else; a story told by two
sites is owed once. Exit 0 only if nothing was lost or doubled and memory stayed flat.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import csv
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple, TextIO

import psutil
import yaml
from loopback.curve import draw, slope
from loopback.news import Newsroom
from loopback.site import BROKEN, HANGING, Site, Web
from sqlalchemy.exc import SQLAlchemyError

from classifier.gazetteer import load_gazetteer
from spacepact.demo.receivers import Received, Receivers, free_port
from spacepact.settings import default_config_dir
from storage import Store, open_database

SAMPLE_SECONDS = 10.0
ILL_CYCLE, ILL_SECONDS = 900.0, 600.0
FLAT = 10.0
"""MB an hour: what a process may grow in the second half."""
JUDGED = 0.4
"""Hours that the second half must last before memory is judged: caches fill first."""
STORY = re.compile(r"/story-(\d+)-\d+")


class Sample(NamedTuple):
    """One line of the CSV; memory resident in MB, processor time in seconds since the start."""

    seconds: float
    service_mb: float
    crawler_mb: float
    service_cpu: float
    crawler_cpu: float
    rounds: int
    articles: int
    stories: int
    accepted: int


def build(home: Path, sites: list[Site], receivers: Receivers, every: str) -> Path:
    """Write a config directory as an operator would."""
    config = home / "config"
    (config / "sources").mkdir(parents=True)
    (config / "watchlists").mkdir()
    (config / "gazetteer").symlink_to(default_config_dir() / "gazetteer")
    for site in sites:
        about = {"name": f"Site {site.number}", "kind": "feed", "urls": [f"{site.base}/feed"], "language": "en", "country": "FR"}
        write(config / "sources" / f"site-{site.number:03}.yaml", about | {"tier": "trade", "every": every, "slowest": every})
    channels = {
        "mail": {"kind": "mail", "to": ["analyst@desk.example"]},
        "slack": {"kind": "slack", "url": f"{receivers.base}/slack/slack"},
        "hook": {"kind": "webhook", "url": f"{receivers.base}/hook/hook", "secret": receivers.secret},
    }
    write(config / "channels.yaml", {"channels": channels})
    write(config / "watchlists" / "all.yaml", {"name": "All", "deliver": [{"channel": name} for name in channels]})
    settings = {
        "database": f"sqlite:///{home / 'soak.sqlite'}",
        "web": {"port": free_port()},
        "mail": {"host": "127.0.0.1", "port": receivers.mail_port},
        "crawl": {"delay": 0, "timeout": 10, "at_once": 8},
        "outbound": {"private_hosts": ["127.0.0.1"]},
    }
    write(config / "settings.yaml", settings)
    return config


def write(path: Path, data: dict[str, object]) -> None:
    path.write_text(yaml.safe_dump(data, sort_keys=False))


class Press:
    """Publishes at a rhythm, and lets the broken sites break and mend."""

    def __init__(self, sites: list[Site], room: Newsroom, seconds_between: float) -> None:
        self.sites, self.room, self.between = sites, room, seconds_between
        self.dice = random.Random(7)
        self.owed: set[int] = set()
        self.published = 0
        hanging, broken = max(1, len(sites) * 2 // 100), max(1, len(sites) * 5 // 100)
        self.broken = {site.number: BROKEN[i % len(BROKEN)] for i, site in enumerate(sites[hanging : hanging + broken])}
        for i, site in enumerate(sites[:hanging]):
            site.trouble = HANGING[i % len(HANGING)]
        self.answering = sites[hanging:]

    def turn(self, seconds: float, *, mend: bool) -> None:
        """Do what is due `seconds` after the start; `mend` ends the publishing and all breakage that can end."""
        ill = not mend and seconds % ILL_CYCLE < ILL_SECONDS
        for site in self.sites:
            if site.number in self.broken:
                site.trouble = self.broken[site.number] if ill else None
        while not mend and self.published * self.between <= seconds:
            self.published += 1
            self._publish()

    def _publish(self) -> None:
        site, lot = self.dice.choice(self.answering), self.dice.random()
        if lot < 0.4 or not self.owed:
            news = self.room.story()
            self.owed.add(news.story or 0)
        elif lot < 0.6:
            news = self.room.retell(max(self.owed) - self.dice.randrange(min(10, len(self.owed))))
        else:
            news = self.room.filler()
        site.publish(news)


def measure(service: psutil.Process, store: Store, receivers: Receivers, started: float, before: Sample) -> Sample:
    """Return the figures of this moment; a process that is away just now has 0 MB."""
    crawlers = [child for child in service.children(recursive=True) if "crawl-worker" in child.cmdline()]
    crawlers += [keeper for crawler in crawlers for keeper in crawler.children()]
    mb = [sum(p.memory_info().rss for p in ps) / 1e6 for ps in ([service], crawlers)]
    cpu = [sum(sum(p.cpu_times()[:2]) for p in ps) for ps in ([service], crawlers)]
    counts = (before.rounds, before.articles, before.stories)
    with contextlib.suppress(SQLAlchemyError):
        totals = store.reading.totals()
        rounds = sum(store.sources.visits(datetime.now(UTC) - timedelta(days=2)).values())
        counts = (rounds, totals["articles"], totals["stories"])
    return Sample(round(time.monotonic() - started, 1), *(round(v, 2) for v in (*mb, *cpu)), *counts, len(receivers.received))


def story_of(message: Received) -> str:
    """Return the number of the story that a message tells, by the addresses in it; several are a fault of their own."""
    body = message.text + (message.html if message.mail else json.dumps(message.body))
    return "+".join(sorted(set(STORY.findall(body)), key=int)) or "none"


def missing(press: Press, receivers: Receivers) -> tuple[set[tuple[str, str]], Counter[tuple[str, str]]]:
    """Return what is owed and did not come, and what came more than once or was not owed: (channel, story)."""
    came = Counter((message.kind, story_of(message)) for message in list(receivers.received))
    owed = {(kind, str(story)) for kind in ("mail", "slack", "webhook") for story in press.owed}
    return owed - set(came), Counter({key: n for key, n in came.items() if n > 1 or key not in owed})


def soak(minutes: float, home: Path, count: int, every: str, per_minute: float) -> int:
    home.mkdir(parents=True)
    sites = [Site(number) for number in range(1, count + 1)]
    Web(sites)
    receivers = Receivers("whsec_" + base64.b64encode(os.urandom(24)).decode(), home / "accepted.jsonl")
    receivers.start()
    press = Press(sites, Newsroom(load_gazetteer(default_config_dir() / "gazetteer")[0], 11), 60 / per_minute)
    config = build(home, sites, receivers, every)
    store = Store(open_database(f"sqlite:///{home / 'soak.sqlite'}"))
    command = [sys.executable, "-m", "spacepact.cli", "--config", str(config), "run"]
    with (home / "service.log").open("w") as log, subprocess.Popen(command, stdout=log, stderr=log) as service:
        try:
            with (home / "soak.csv").open("w", newline="") as file:
                samples = watch(psutil.Process(service.pid), store, receivers, press, seconds=minutes * 60, file=file)
        finally:
            service.send_signal(signal.SIGTERM)
            code = service.wait(60)
    receivers.stop()
    (home / "soak.svg").write_text(draw(samples_of(home / "soak.csv")))
    return report(samples, press, receivers, code, home / "verdict.txt")


def watch(service: psutil.Process, store: Store, receivers: Receivers, press: Press, *, seconds: float, file: TextIO) -> list[Sample]:
    """Run the world for so long: the last twelfth of it is calm, so that all that is owed can arrive."""
    rows = csv.writer(file)
    rows.writerow(Sample._fields)
    started, samples = time.monotonic(), [Sample(0, 0, 0, 0, 0, 0, 0, 0, 0)]
    while (now := time.monotonic() - started) < seconds:
        press.turn(now, mend=now > seconds * 11 / 12)
        if now >= len(samples) * SAMPLE_SECONDS:
            samples.append(measure(service, store, receivers, started, samples[-1]))
            rows.writerow(samples[-1])
            file.flush()
            if len(samples) % 30 == 0:
                print(f"{now / 60:6.1f} min  {samples[-1]}", file=sys.stderr)
        time.sleep(0.5)
    return samples[1:]


def samples_of(path: Path) -> list[dict[str, float]]:
    with path.open() as file:
        return [{key: float(value) for key, value in row.items()} for row in csv.DictReader(file)]


def report(samples: list[Sample], press: Press, receivers: Receivers, code: int, path: Path) -> int:
    """Print and keep the verdict; 1 where anything was lost, doubled, refused or leaked."""
    lost, doubled = missing(press, receivers)
    last, later = samples[-1], samples[len(samples) // 2 :]
    hours = [s.seconds / 3600 for s in later]
    growth = {name: slope(hours, [getattr(s, f"{name}_mb") for s in later]) for name in ("service", "crawler")}
    long_enough = hours[-1] - hours[0] > JUDGED
    grown = [name for name, value in growth.items() if value > FLAT and long_enough]
    hanging, broken = len(press.sites) - len(press.answering), len(press.broken)
    lines = [
        f"minutes {last.seconds / 60:.1f}, sites {len(press.sites)} (hanging {hanging}, broken {broken})",
        f"published {press.published} pages, {len(press.owed)} stories",
        f"kept {last.articles} articles, {last.stories} stories; rounds {last.rounds}",
        f"messages accepted {len(receivers.received)} of {3 * len(press.owed)} owed; refused {len(receivers.refused)}",
        f"LOST {len(lost)}  DUP {sum(doubled.values()) - len(doubled)}  FALSE {sum('+' in k[1] or k[1] == 'none' for k in doubled)}",
        *(
            f"memory of the {name}: {later[0]._asdict()[f'{name}_mb']:.0f} MB half-way, {last._asdict()[f'{name}_mb']:.0f} MB at the end, "
            f"slope over the second half {value:+.1f} MB/h"
            for name, value in growth.items()
        ),
        f"processor: {(last.service_cpu + last.crawler_cpu) / last.seconds:.1%} of one core; load average {os.getloadavg()[0]:.2f}",
        f"the service ended with code {code} after SIGTERM",
        *(f"lost: {key}" for key in sorted(lost)[:20]),
        *(f"doubled or false: {key} x {n}" for key, n in sorted(doubled.items())[:20]),
    ]
    memory = f"memory of {', '.join(grown)} grows" if grown else "memory flat" if long_enough else "too short to judge memory"
    bad = bool(lost or doubled or receivers.refused or grown or code)
    lines.append(f"VERDICT: {'BAD' if bad else 'good'}; {memory}")
    path.write_text("\n".join(lines) + "\n")
    print("\n".join(lines))
    return int(bad)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--minutes", type=float, default=3)
    options.add_argument("--out", type=Path, default=Path("build/soak") / datetime.now(UTC).strftime("%Y%m%d-%H%M%S"))
    options.add_argument("--sites", type=int, default=100)
    options.add_argument("--every", default="60s", help="how often each site is visited")
    options.add_argument("--per-minute", type=float, default=12, help="pages published a minute")
    options.add_argument("--plot", type=Path, metavar="CSV", help="only draw the memory curve of a former run")
    chosen = options.parse_args()
    if chosen.plot:
        chosen.plot.with_suffix(".svg").write_text(draw(samples_of(chosen.plot)))
        print(chosen.plot.with_suffix(".svg"))
        return 0
    return soak(chosen.minutes, chosen.out.resolve(), chosen.sites, chosen.every, chosen.per_minute)


if __name__ == "__main__":
    sys.exit(main())
