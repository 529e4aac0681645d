"""Pages without JavaScript; every answer is one or two reads of the store."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping, Sequence, Sized
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from alerts.wording import label, mission_name, party_name
from crawler.source import Source
from spacepact.health import BAD, days
from spacepact.record import Record
from spacepact.subscribing import Subscribing
from spacepact.watching import table, verdicts
from spacepact.web.articles import article_routes
from spacepact.web.headers import SafeHeaders
from spacepact.web.health import Health, judge
from spacepact.web.records import record_routes
from spacepact.web.subscribe import subscriber_routes
from spacepact.web.websub import websub_routes
from storage import Store

log = logging.getLogger(__name__)

HERE = Path(__file__).parent
_ADDRESS = re.compile(r"([\w+])[\w.+%=~-]*@(?=[\w-])")


@dataclass(frozen=True)
class View:
    """What the pages are made from."""

    store: Store
    sources: Mapping[str, Source]
    problems: Callable[[], Sized]
    now: Callable[[], datetime]
    subscribing: Subscribing | None = None
    sign_up: Callable[[], bool] = bool
    """Says whether strangers may subscribe; those who get mail can always see to their own."""
    since: datetime | None = None
    missions: Callable[[], Mapping[str, str]] = dict
    """The names of missions, by id."""
    trouble: Callable[[], str | None] = lambda: None
    """Says why nothing can be kept, if so."""
    low: Callable[[], Sequence[str]] = tuple
    """Says which disks are nearly full."""

    def health(self) -> Health:
        """Judge the service as it is now."""
        judged = verdicts(self.sources, self.store.sources.watched(), self.now(), self.since)
        states = [(name, verdict.state) for name, verdict in judged.items()]
        broken = {lane: masked(why) for lane, why in self.store.ledger.broken().items()}
        totals = self.store.reading.totals()
        problems, trouble, low = len(self.problems()), self.trouble(), self.low()
        return judge(states, broken, totals, problems=problems, now=self.now(), trouble=trouble, low=low)


def make_site(view: View) -> Starlette:
    """Return the web application over a view."""
    pages = _templates(view)

    def page(template: str, status: int = 200, **facts: Any) -> Response:
        return HTMLResponse(pages.get_template(template).render(health=view.health(), **facts), status)

    def home(_: Request) -> Response:
        return page("stories.html", stories=view.store.reading.stories(), totals=view.store.reading.totals())

    def story(request: Request) -> Response:
        found = view.store.reading.story(request.path_params["id"])
        if found is None:
            return page("missing.html", 404, what="story")
        deliveries = view.store.reading.deliveries(story=found.id)
        record = Record(id=found.record, stories=tuple(view.store.reading.record(found.record)))
        kept = view.store.reading.standing([telling.url for telling in found.tellings])
        rulings = view.store.rulings.of(found.id)
        return page("story.html", story=found, record=record, deliveries=deliveries, rulings=rulings, kept=kept)

    def sources(_: Request) -> Response:
        rows = table(view.store, view.sources, view.now(), view.since)
        return page("sources.html", rows=sorted(rows, key=lambda row: row.state not in BAD))

    def deliveries(_: Request) -> Response:
        return page("deliveries.html", deliveries=view.store.reading.deliveries(limit=500))

    def public(template: str, status: int = 200, **facts: Any) -> Response:
        headers = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
        return HTMLResponse(pages.get_template(template).render(facts), status, headers)

    def silences(_: Request) -> Response:
        return page("silences.html", silences=view.store.silences.active(view.now()))

    routes = [
        Route("/", home),
        *record_routes(view.store, page),
        Route("/stories/{id}", story),
        *article_routes(view.store, page),
        Route("/sources", sources),
        Route("/deliveries", deliveries),
        Route("/silences", silences),
        Route("/health", lambda _: _health(view)),
        *(subscriber_routes(view.subscribing, public, sign_up=view.sign_up) if view.subscribing else ()),
        *websub_routes(view.store, view.now),
        Mount("/static", StaticFiles(directory=HERE / "static")),
    ]

    def trouble(request: Request, error: Exception) -> Response:
        log.error("page %s: the database does not answer: %s", request.url.path, str(error.args[0] if error.args else error))
        return public("trouble.html", 503)

    handlers: Any = {404: lambda *_: page("missing.html", 404, what="page"), SQLAlchemyError: trouble}
    return Starlette(routes=routes, middleware=[Middleware(SafeHeaders)], exception_handlers=handlers)


def _templates(view: View) -> Environment:
    pages = Environment(
        loader=PackageLoader("spacepact.web"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    pages.globals["sign_up"] = view.sign_up
    pages.filters["day"] = lambda moment: moment.strftime("%d %b %Y, %H:%M UTC") if moment else "-"
    pages.filters["masked"] = masked
    pages.filters["length_of"] = lambda length: days(length) if length else "-"
    pages.filters["date"] = lambda moment: moment.strftime("%d %b %Y")
    pages.filters["label"] = label
    pages.filters["party"] = party_name
    pages.filters["mission"] = lambda number: mission_name(number, view.missions(), ())
    pages.filters["web_link"] = lambda url: url if url.startswith(("http://", "https://")) else ""
    return pages


def masked(text: str) -> str:
    """Return text whose e-mail addresses show their first letter and their host only: the pages may be open to many."""
    return _ADDRESS.sub(r"\1…@", text)


def _health(view: View) -> Response:
    """Machine-readable health: 200 while something works, 503 when nothing does."""
    try:
        health = view.health()
    except SQLAlchemyError as error:
        return JSONResponse({"status": "down", "reasons": [f"the database does not answer ({type(error).__name__})"]}, 503)
    return JSONResponse(health.model_dump(mode="json"), 503 if health.status == "down" else 200)
