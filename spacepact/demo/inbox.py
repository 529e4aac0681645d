"""The page that shows what the receivers got, as the people behind them would see it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from spacepact import web
from spacepact.demo.receivers import Received
from spacepact.demo.slackview import as_html
from spacepact.web.headers import SafeHeaders


def make_inbox(received: Sequence[Received], service: str) -> Starlette:
    """Return the pages over a growing list of messages; `service` is the address of the status page."""
    pages = Environment(
        loader=PackageLoader("spacepact.demo"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )

    def index(_: Request) -> Response:
        kinds = {kind: [(i, m) for i, m in enumerate(received) if m.kind == kind] for kind in ("mail", "slack", "webhook")}
        return HTMLResponse(pages.get_template("inbox.html").render(kinds=kinds, service=service))

    def message(request: Request) -> Response:
        number = request.path_params["number"]
        if number >= len(received):
            return HTMLResponse("no such message", 404)
        found = received[number]
        return HTMLResponse(pages.get_template("message.html").render(message=found, number=number, slack=as_html(found.body)))

    def mail(request: Request) -> Response:
        number = request.path_params["number"]
        html = received[number].html if number < len(received) else ""
        # A mail brings its own style; the frame's sandbox and this policy let nothing else happen.
        headers = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"}
        return HTMLResponse(html, headers=headers)

    static = StaticFiles(directory=Path(web.__file__).parent / "static")
    routes = [
        Route("/", index),
        Route("/messages/{number:int}", message),
        Route("/messages/{number:int}/mail", mail),
        Mount("/static", static),
    ]
    return Starlette(routes=routes, middleware=[Middleware(SafeHeaders)])
