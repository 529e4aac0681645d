"""Pages of records: cooperations over time, looked for by a plain form."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import get_args

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from spacepact.cooperation import Stage
from spacepact.record import ANYTHING, Record, Wanted
from spacepact.text import clean_line
from spacepact.web.plot import plot
from storage import Store

MOST = 100


def record_routes(store: Store, page: Callable[..., Response]) -> list[Route]:
    """Return the routes; `page` renders a template."""

    def records(request: Request) -> Response:
        wanted = Wanted(**{name: clean_line(request.query_params.get(name, ""))[:100] for name in Wanted._fields})
        found = store.reading.records(wanted, MOST)
        return page("records.html", records=found, wanted=wanted, anything=ANYTHING, stages=get_args(Stage), most=MOST)

    def record(request: Request) -> Response:
        stories = store.reading.record(request.path_params["id"])
        if not stories:
            return page("missing.html", 404, what="record")
        found = Record(id=stories[0].record, stories=tuple(stories))
        told = {step.id: Counter(f"{row.kind} {row.state}" for row in store.reading.deliveries(story=step.id)) for step in found.steps}
        rulings = {ruling.id: ruling for step in found.steps for ruling in store.rulings.of(step.id)}
        return page("record.html", record=found, plot=plot(found), told=told, rulings=rulings.values())

    return [Route("/records", records), Route("/records/{id}", record)]
