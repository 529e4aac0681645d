"""One story to 10,000 mail recipients and 1,000 webhooks, beside bare client loops against the same receivers.

    python bench/fanout.py [--mails 10000] [--hooks 1000] [--database URL]

Bare: one connection, the finished bytes, nothing recorded: smtplib and aiosmtplib; httpx and aiohttp. Ours: the
service's own sender over the ledger, from `pending` to `sent`, every try recorded. Receivers run in another process
and count what they took; half of each bare loop runs before ours and half after, so that a busy machine troubles all.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import smtplib
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import aiohttp
import aiosmtplib
import httpx
import yaml
from aiosmtpd.controller import Controller
from loopback.news import Newsroom

from alerts.channels.mail import Mail
from alerts.compose import compose
from alerts.message import payload
from classifier.gazetteer import load_gazetteer
from spacepact.article import Article, Link
from spacepact.bootstrap import App, make_app
from spacepact.demo.receivers import free_port
from spacepact.settings import default_config_dir

SECRET = "whsec_c3BhY2VwYWN0LXRlc3Qtc2VjcmV0LTAx"


class Box:
    """Counts mails."""

    taken = 0

    async def handle_DATA(self, _server: Any, _session: Any, _envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        Box.taken += 1
        return "250 kept"


async def hook(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Take POSTs over one connection for as long as the client keeps it."""
    while head := await reader.readuntil(b"\r\n\r\n") if not reader.at_eof() else b"":
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0] or 0)
        await reader.readexactly(length)
        hook.taken += 1  # type: ignore[attr-defined]
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")


def receive(pipe: Connection) -> None:
    """Run both receivers; each question is answered with the numbers taken so far."""
    hook.taken = 0  # type: ignore[attr-defined]
    mail = Controller(Box(), hostname="127.0.0.1", port=free_port(), ready_timeout=20)
    mail.start()

    async def web() -> None:
        server = await asyncio.start_server(quiet, "127.0.0.1", 0, backlog=2000)
        pipe.send((mail.port, server.sockets[0].getsockname()[1]))
        while await asyncio.to_thread(pipe.recv):
            pipe.send((Box.taken, hook.taken))  # type: ignore[attr-defined]

    async def quiet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await hook(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    asyncio.run(web())


def build(home: Path, ports: tuple[int, int], mails: int, hooks: int, database: str) -> App:
    mail, web = ports
    for folder in ("sources", "watchlists"):
        (home / folder).mkdir(parents=True)
    (home / "gazetteer").symlink_to(default_config_dir() / "gazetteer")
    channels: dict[str, Any] = {"mail": {"kind": "mail", "to": [f"reader{n}@desk.example" for n in range(mails)]}}
    url = f"http://127.0.0.1:{web}/hook"
    channels |= {f"hook{n}": {"kind": "webhook", "url": f"{url}/{n}", "secret": SECRET} for n in range(hooks)}
    where = {"outbound": {"private_hosts": ["127.0.0.1"]}, "mail": {"host": "127.0.0.1", "port": mail}}
    files = {
        "settings.yaml": {"database": database or f"sqlite:///{home / 'bench.sqlite'}", **where},
        "channels.yaml": {"channels": channels},
        "watchlists/all.yaml": {"name": "All", "deliver": [{"channel": name} for name in channels]},
    }
    for name, content in files.items():
        (home / name).write_text(yaml.safe_dump(content))
    return make_app(home, os.environ)


def story(app: App) -> None:
    """Take in one article, which is owed to everybody."""
    gazetteer, _ = load_gazetteer(default_config_dir() / "gazetteer")
    news, now = Newsroom(gazetteer, 7).story(), datetime.now(UTC)
    words = "\n\n".join(news.paragraphs)
    page = Article(url="https://outlet.example/1", source="outlet", title=news.title, text=words, published=now, fetched=now, language="en")
    app.start()
    app.processor.process("outlet", Link(url=page.url), page)


def timed(work: Callable[[], Awaitable[object]]) -> float:
    started = time.perf_counter()
    asyncio.run(work())  # type: ignore[arg-type]
    return time.perf_counter() - started


def sample(app: App, lane: str) -> Any:
    """Return one finished message of a lane, and leave the ledger as it was."""
    claim = app.store.ledger.reserve(lane, datetime.now(UTC))[0]
    message = app.sender.write(claim.id, [(i.delivery, i.told) for i in claim.items])
    app.store.ledger.give_back([claim])
    return message


def plain_smtp(port: int, content: bytes, many: int) -> float:
    started = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port) as client:
        for n in range(many):
            client.sendmail("alerts@desk.example", [f"reader{n}@desk.example"], content)
    return time.perf_counter() - started


async def async_smtp(port: int, content: bytes, many: int) -> None:
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port) as client:
        for n in range(many):
            await client.sendmail("alerts@desk.example", [f"reader{n}@desk.example"], content)


async def httpx_posts(port: int, content: bytes, many: int) -> None:
    async with httpx.AsyncClient() as client:
        for n in range(many):
            (await client.post(f"http://127.0.0.1:{port}/hook/{n}", content=content)).raise_for_status()


async def aiohttp_posts(port: int, content: bytes, many: int) -> None:
    async with aiohttp.ClientSession(raise_for_status=True) as client:
        for n in range(many):
            async with client.post(f"http://127.0.0.1:{port}/hook/{n}", data=content) as answer:
                await answer.read()


def beside(ours: Callable[[], float], loops: Mapping[str, Callable[[int], float]], many: int) -> list[tuple[str, float, float, int]]:
    """Time our sender with half of each bare loop before it and half after; returns rows of name, ours, theirs and the number."""
    if not many:
        return []
    before = {name: loop(many // 2) for name, loop in loops.items()}
    mine = ours()
    return [(name, mine, before[name] + loop(many - many // 2), many) for name, loop in loops.items()]


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--mails", type=int, default=10_000)
    options.add_argument("--hooks", type=int, default=1_000)
    options.add_argument("--database", default="", help="a fresh PostgreSQL database; default: an SQLite file")
    chosen = options.parse_args()
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    receivers = multiprocessing.get_context("spawn").Process(target=receive, args=(theirs,), daemon=True)
    receivers.start()
    smtp, web = ours.recv()
    with tempfile.TemporaryDirectory() as folder:
        app = build(Path(folder), (smtp, web), chosen.mails, chosen.hooks, chosen.database)
        story(app)
        mail = app.config.channels["mail"]
        assert isinstance(mail, Mail)
        letter = compose(sample(app, "mail"), mail.sender, datetime.now(UTC))
        body = payload(sample(app, "hook0")).model_dump_json().encode() if chosen.hooks else b""
        lanes = [f"hook{n}" for n in range(chosen.hooks)]

        async def posts() -> None:
            await asyncio.gather(*map(app.deliver, lanes))

        mailing = {
            f"mail, {len(letter)} bytes, to smtplib": lambda many: plain_smtp(smtp, letter, many),
            "mail, to aiosmtplib": lambda many: timed(lambda: async_smtp(smtp, letter, many)),
        }
        posting = {
            f"webhooks, {len(body)} bytes, to httpx": lambda many: timed(lambda: httpx_posts(web, body, many)),
            "webhooks, to aiohttp": lambda many: timed(lambda: aiohttp_posts(web, body, many)),
        }
        rows = [
            *beside(lambda: timed(lambda: app.deliver("mail")), mailing, chosen.mails),
            *beside(lambda: timed(posts), posting, chosen.hooks),
        ]
        totals = app.store.reading.totals()
    ours.send(True)
    taken = ours.recv()
    expected = (chosen.mails * 3, chosen.hooks * 3)
    print(f"{'':34}{'ratio':>8}{'ours/s':>10}{'bare/s':>10}   messages")
    for name, mine, other, many in rows:
        print(f"{name:34}{other / mine:8.2f}{many / mine:10.0f}{many / other:10.0f}   {many}")
    print(f"the ledger says {totals.get('sent', 0)} sent; receivers took {taken}, expected {expected}; load {os.getloadavg()[0]:.1f}")
    return int(taken != expected or totals.get("sent") != chosen.mails + chosen.hooks)


if __name__ == "__main__":
    sys.exit(main())
