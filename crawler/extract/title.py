"""The title that readers see, without the name of the outlet."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

from spacepact.text import clean_line

_SEPARATOR = re.compile(r"\s+[|·•»«:/\u2013\u2014\-‒―]+\s+|\s*[|｜│]\s*|：(?=[^：]*$)|\s*--+\s*")
_GENERIC = frozenset({"news", "home", "blog", "press release", "press releases", "article", "online", "latest news"})


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
