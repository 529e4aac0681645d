"""The page of one article: its revisions, what changed, and whether its outlet took it away."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from spacepact.revisions import changes
from storage import Store

_MOST = 2**31 - 1
"""What a database takes for a number of a row."""


def article_routes(store: Store, page: Callable[..., Response]) -> list[Route]:
    """Return the routes; `page` fills a template."""

    def article(request: Request) -> Response:
        number = request.path_params["number"]
        history = store.reading.history(number=number) if number <= _MOST else None
        if history is None:
            return page("missing.html", 404, what="article")
        shown = history.tagged.article
        return page("article.html", article=shown, history=history, changes=changes(history), stories=store.reading.told_by(shown.url))

    return [Route("/articles/{number:int}", article)]
