"""The language of a page: what its text shows, else what it says."""

from __future__ import annotations

import re

import py3langid
from lxml.html import HtmlElement

_CODE = re.compile(r"([a-zA-Z]{2})([-_][a-zA-Z0-9]{2,8})*")
_ENOUGH = 60


def language_of(tree: HtmlElement, text: str, *claims: str | None) -> str | None:
    """Return an ISO 639-1 code: the page's own claim, else what the text looks like; None if neither."""
    return language_in(text, tree.get("lang"), tree.get("{http://www.w3.org/XML/1998/namespace}lang"), *claims)


def language_in(text: str, *claims: str | None) -> str | None:
    """Return an ISO 639-1 code: the first claim that is one, else what the text looks like; None if neither."""
    for claim in claims:
        if claim and (found := _CODE.fullmatch(claim.strip())):
            return found[1].lower()
    if len(text) < _ENOUGH:
        return None
    return str(py3langid.classify(text[:4000])[0])
