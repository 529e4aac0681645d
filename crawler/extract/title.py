"""The title that readers see, without the name of the outlet."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

from spacepact.text import clean_line

_SEPARATOR = re.compile(r"\s+[|·•»«:/\u2013\u2014\-‒―]+\s+|\s*[|｜│]\s*|：(?=[^：]*$)|\s*--+\s*")
_LEAST = 12
"""Characters: shorter words prove nothing by being part of others."""
_GENERIC = frozenset({"news", "home", "blog", "press release", "press releases", "article", "online", "latest news"})


def headline(own: str, claims: list[str], shown: list[str], named: str) -> str:
    """Return the headline of a page.

    `own` is that of its structured data, `claims` what it says to those who link to it, best first,
    `shown` its first-level headings, `named` its `<title>`; all without the outlet's name. Pages
    often have one for search engines and another for readers: what they show decides.
    """
    seen = {_key(heading): heading for heading in shown}
    said = [claim for claim in [own, *claims] if claim]
    if said and (confirmed := next((claim for claim in said if _key(claim) in seen), None)):
        return confirmed
    if own:
        return own
    headings = [h for h in shown if h.casefold() not in _GENERIC]
    for claim in filter(None, [*claims, named]):
        return next((h for h in headings if _is_cut_from(h, claim)), claim)
    return next(iter([*headings, *shown]), "")


def _is_cut_from(heading: str, claim: str) -> bool:
    """Return whether a claim is the heading with something appended, as outlets append their name."""
    rest = claim[len(heading) :]
    return len(heading) >= _LEAST and claim.startswith(heading) and _SEPARATOR.match(rest) is not None


def plain_title(title: str, site_name: str | None, url: str) -> str:
    """Return a title without the outlet's name at its end (or its start)."""
    title = clean_line(title)
    outlet = {_key(site_name or ""), *_host_keys(url)} - {""}
    while True:
        shorter = _without_last(title, outlet)
        if shorter == title:
            return _without_first(title, outlet)
        title = shorter


def _without_last(title: str, outlet: set[str]) -> str:
    cuts = list(_SEPARATOR.finditer(title))
    for cut in cuts[-2:][::-1]:
        head, tail = title[: cut.start()].strip(), title[cut.end() :].strip()
        if len(head) >= 4 and _names_outlet(tail, outlet):
            return head
    return title


def _without_first(title: str, outlet: set[str]) -> str:
    cut = _SEPARATOR.search(title)
    if cut and len(title) - cut.end() >= 10 and _key(title[: cut.start()]) in outlet:
        return title[cut.end() :].strip()
    return title


def _names_outlet(words: str, outlet: set[str]) -> bool:
    key = _key(words)
    if not key or len(words) > 60:
        return False
    if words.casefold() in _GENERIC or key in outlet:
        return True
    return any(
        len(o) >= 3 and len(key) >= 3 and (o in key or key in o) and min(len(o), len(key)) * 3 >= max(len(o), len(key)) for o in outlet
    )


def _host_keys(url: str) -> set[str]:
    labels = (urlsplit(url).hostname or "").split(".")
    names = [x for x in labels[:-1] if x not in ("www", "co", "com", "org", "gov", "ac")]
    return {_key(x) for x in names} | {_key("".join(labels[-2:]))}


def _key(words: str) -> str:
    plain = unicodedata.normalize("NFKD", words.casefold())
    return "".join(c for c in plain if c.isalnum()).removeprefix("the")
