"""The subscriber's pages: plain forms, no script, no cookie, no session; a GET never changes anything.

What a POST may do stands in the signed link it is sent to, so a foreign page cannot make a browser do it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from spacepact.subscriber import Wish, zones
from spacepact.subscribing import Subscribing
from spacepact.tokens import BadTokenError
from spacepact.web.limiter import Limiter

Show = Callable[..., Response]
"""Renders a template with a status and facts."""

MOST_BYTES = 20_000
ZONES = ("UTC", *sorted(z for z in zones() if "/" in z and not z.startswith(("Etc/", "SystemV/", "US/", "posix", "right"))))
_BOTH = ["GET", "POST"]


class WrongFormError(ValueError):
    """What was sent is no form of ours; the text is for people."""


def subscriber_routes(subscribing: Subscribing, show: Show, *, sign_up: Callable[[], bool]) -> list[Route]:
    """Return the routes; whoever gets mail can always leave, `sign_up` says whether strangers may come now."""
    pages = _Pages(subscribing, show, sign_up)
    return [
        Route("/subscribe", pages.guarded(pages.sign_up), methods=_BOTH),
        Route("/confirm/{token}", pages.guarded(pages.confirm), methods=_BOTH),
        Route("/subscription/{token}", pages.guarded(pages.preferences), methods=_BOTH),
        Route("/unsubscribe/{lists}/{token}", pages.guarded(pages.unsubscribe), methods=_BOTH),
    ]


class _Pages:
    def __init__(self, subscribing: Subscribing, show: Show, is_open: Callable[[], bool]) -> None:
        self.subscribing, self.show, self.is_open = subscribing, show, is_open
        self.one, self.everybody = Limiter(5, timedelta(minutes=10)), Limiter(500, timedelta(hours=1))

    def guarded(self, page: Callable[[Request, dict[str, list[str]]], Response]) -> Callable[[Request], Any]:
        """Read the form, run the page beside the event loop, and put wrong links and forms into words."""

        async def endpoint(request: Request) -> Response:
            try:
                form = await _form(request) if request.method == "POST" else {}
                return await run_in_threadpool(page, request, form)
            except BadTokenError as error:
                return self.show("link.html", 410 if "old" in str(error) else 400, why=str(error))
            except WrongFormError as error:
                return self.show("link.html", 400, why=str(error))

        return endpoint

    def sign_up(self, request: Request, form: dict[str, list[str]]) -> Response:
        """Take a wish; the answer is the same whether or not the address is known."""
        if not self.is_open():
            raise HTTPException(404)
        now = self.subscribing.now()
        if request.method != "POST":
            chosen = tuple(name for name in request.query_params.getlist("list") if name in self.subscribing.offers())
            return self._sign_up_page(Wish(watchlists=chosen), "")
        wait = self.one.wait(request.client.host if request.client else "", now) or self.everybody.wait("", now)
        if wait:
            answer = self.show("link.html", 429, why="That was a little much at once. Please try again in a few minutes.")
            answer.headers["Retry-After"] = str(wait)
            return answer
        self.subscribing.tokens.read("form", _first(form, "form"), now)
        wish, address = self._wish(form), _first(form, "address").strip()
        if not wish.watchlists:
            return self._sign_up_page(wish, address, "Please choose at least one subject.")
        try:
            self.subscribing.ask(address, wish)
        except ValueError:
            return self._sign_up_page(wish, address, "This is not an e-mail address; write it like name@example.org.")
        return self.show("asked.html", address=address)

    def confirm(self, request: Request, _: dict[str, list[str]]) -> Response:
        """Show what would be confirmed; only the button does it."""
        letter = self.subscribing.letter(request.path_params["token"])
        offers = self.subscribing.offers()
        facts = {"letter": letter, "names": [offers.get(name, name) for name in letter.wish.watchlists]}
        if request.method != "POST":
            return self.show("confirm.html", **facts)
        self.subscribing.confirm(letter)
        links = self.subscribing.links(letter.address, (), self.subscribing.now())
        return self.show("confirmed.html", manage=links.manage, **facts)

    def preferences(self, request: Request, form: dict[str, list[str]]) -> Response:
        """Show, and on POST replace, what an address gets."""
        address, mine = self.subscribing.managed(request.path_params["token"])
        wish: Wish = mine or Wish()
        if request.method == "POST":
            wish = self._wish(form)
            self.subscribing.change(address, wish)
        facts = {"address": address, "wish": wish, "offers": self.subscribing.offers(), "zones": ZONES}
        return self.show("preferences.html", saved=request.method == "POST", leave=self.subscribing.leave_all(address), **facts)

    def unsubscribe(self, request: Request, _: dict[str, list[str]]) -> Response:
        """End the mails of a link: a person's button and a mail program's one click (RFC 8058) are the same POST."""
        lists = request.path_params["lists"]
        address = self.subscribing.leaving(lists, request.path_params["token"])
        facts = {"address": address, "names": self.subscribing.names(lists)}
        if request.method != "POST":
            return self.show("unsubscribe.html", **facts)
        self.subscribing.unsubscribe(address, lists)
        links = self.subscribing.links(address, (), self.subscribing.now())
        return self.show("unsubscribed.html", manage=links.manage, **facts)

    def _sign_up_page(self, wish: Wish, address: str, wrong: str = "") -> Response:
        token = self.subscribing.tokens.make("form", {}, self.subscribing.now())
        facts = {"wish": wish, "address": address, "offers": self.subscribing.offers(), "zones": ZONES}
        return self.show("subscribe.html", 400 if wrong else 200, form=token, wrong=wrong, **facts)

    def _wish(self, form: dict[str, list[str]]) -> Wish:
        offers = self.subscribing.offers()
        lists = tuple(name for name in form.get("watchlist", []) if name in offers)
        try:
            return Wish.model_validate({"watchlists": lists, "frequency": _first(form, "frequency"), "zone": _first(form, "zone")})
        except ValidationError:
            raise WrongFormError("This form was not filled in on our page.") from None


async def _form(request: Request) -> dict[str, list[str]]:
    """Return the fields of a small urlencoded form; any other body has none (a mail program's one click needs none)."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MOST_BYTES:
            raise WrongFormError("This form is too large to be one of ours.")
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return {}
    try:
        return parse_qs(body.decode("utf-8"), max_num_fields=500)
    except (UnicodeDecodeError, ValueError):
        raise WrongFormError("This form cannot be read.") from None


def _first(form: dict[str, list[str]], name: str) -> str:
    return form.get(name, [""])[0]
