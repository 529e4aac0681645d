"""Where hubs reach us: they ask back whether we meant it, and say that there are news."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from spacepact.websub import Signature, granted
from storage import Store

MOST_BYTES = 16_000_000


def websub_routes(store: Store, now: Callable[[], datetime]) -> list[Route]:
    """Return the callback of WebSub; what is pushed there is checked and thrown away, its source becomes due."""

    def asked_back(request: Request) -> Response:
        lease, said = store.hubs.lease(request.path_params["id"]), dict(request.query_params)
        if lease is None:
            return PlainTextResponse("no such subscription", 404)
        if said.get("hub.mode") == "denied":
            store.hubs.change(lease.id, state="denied", reason=said.get("hub.reason", "the hub gave no reason")[:200])
            return PlainTextResponse("noted")
        until = granted(lease, said, now())
        if until is None:
            return PlainTextResponse("this was not asked for", 404)
        store.hubs.change(lease.id, state="active", reason="", asked_at=now(), lease_until=until)
        return PlainTextResponse(said.get("hub.challenge", ""))

    async def pushed(request: Request) -> Response:
        lease = store.hubs.lease(request.path_params["id"])
        if lease is None:
            return PlainTextResponse("no such subscription", 410)
        signature, size = Signature(lease.secret.get_secret_value(), request.headers.get("x-hub-signature", "")), 0
        async for piece in request.stream():
            size += len(piece)
            if size > MOST_BYTES:
                return PlainTextResponse("too much", 413)
            signature.update(piece)
        if signature.genuine:
            store.hubs.push(lease, now())
        return PlainTextResponse("taken", 202)  # WebSub, 7.1: a forger is not told that he was found out

    return [Route("/websub/{id}", asked_back, methods=["GET"]), Route("/websub/{id}", pushed, methods=["POST"])]
