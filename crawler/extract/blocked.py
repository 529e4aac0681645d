"""Pages that are no article although they answer 200: challenges, walls, soft 404s, empty ones."""

from __future__ import annotations

import re

from lxml.html import HtmlElement

from spacepact.round import Rejected

_SHORT = 600
"""Characters: a page with more text than this is no wall, whatever words it holds."""

_WALLS: tuple[tuple[str, str], ...] = (
    (
        (
            r"<title>\s*(just a moment|attention required|checking your browser|ddos-guard|one moment, please)"
            r"|cf-browser-verification|/cdn-cgi/challenge-platform/h/\w/orchestrate"
        ),
        "a challenge page instead of the article",
    ),
    (
        (
            r"<title>\s*(access (to this page has been )?denied|403 forbidden|pardon our interruption|are you (a )?(human|robot)"
            r"|robot check|security check|human verification|request unsuccessful)"
            r"|_incapsula_resource|px-captcha|captcha-delivery\.com|verify (that )?you are (a )?human|unusual traffic from"
        ),
        "access was denied: a page for robots instead of the article",
    ),
    (
        (
            r"<title>\s*(before you continue|cookie consent|privacy (settings|gate)|datenschutz-?einstellungen|zustimmung|consent\b"
            r"|we value your privacy)|<form[^>]+action=.https://consent\."
        ),
        "a consent wall instead of the article",
    ),
)
_NO_PAGE = re.compile(
    r"\b404\b|\b(page|article|content|story|requested url)( you requested)? (was |is |could |can ?)?(no longer|not|cannot|can't)( be)? "
    r"(exists?|available|found)|^(page )?not found|seite (wurde )?nicht gefunden|page (non trouvée|introuvable)"
    r"|página no encontrada|pagina non trovata|страница не найдена|页面不存在|ページが見つかりません",
    re.IGNORECASE,
)


class Blocked(Rejected):
    """A wall stands before the article; later it may be gone."""


def refusal(markup: str, tree: HtmlElement, title: str, text: str) -> Rejected | None:
    """Return why a page is no article; None where it looks like one."""
    if len(text) < _SHORT:
        for pattern, words in _WALLS:
            if re.search(pattern, markup[:200_000], re.IGNORECASE):
                return Blocked(reason=words)
        heading = " ".join([title, *(h.text_content() for h in tree.iter("h1", "title"))])
        if _NO_PAGE.search(heading[:500]):
            return Rejected(reason="the page says that there is no such page")
    if not text:
        return Rejected(reason="the page has no text")
    return None if title else Rejected(reason="the page has no title")
