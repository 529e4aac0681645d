"""Pages that are no article although they answer 200: challenges, walls, soft 404s, empty ones."""

from __future__ import annotations

import re

from lxml.html import HtmlElement

from spacepact.round import Rejected

_SHORT = 600
"""Characters: a page with more text than this is no wall, whatever words it holds."""

_CHALLENGES: tuple[tuple[str, str], ...] = (
    (r"<title>\s*(just a moment|attention required|checking your browser|ddos-guard|one moment, please)|cf-browser-verification|/cdn-cgi/challenge-platform/h/", "a challenge page instead of the article"),
    (r"<title>\s*(access (to this page has been )?denied|403 forbidden|pardon our interruption|are you (a )?(human|robot)|robot check|security check|human verification|request unsuccessful)|_incapsula_resource|px-captcha|captcha-delivery\.com|verify (that )?you are (a )?human|unusual traffic from", "access was denied: a page for robots instead of the article"),
    (r"<title>\s*(before you continue|cookie consent|privacy (settings|gate)|datenschutz-?einstellungen|zustimmung|consent|we value your privacy)|consent\.(google|yahoo|youtube)\.", "a consent wall instead of the article"),
)  # fmt: skip
_NO_PAGE = re.compile(
    r"\b(404|page (was )?not found|not found|(page|article|content|story) (is )?(no longer|not) (exists?|available|found)|page (you requested )?(could not|can't|cannot) be found"
    r"|seite (wurde )?nicht gefunden|page (non trouvée|introuvable)|página no encontrada|pagina non trovata|страница не найдена|页面不存在|ページが見つかりません)",
    re.IGNORECASE,
)  # fmt: skip


class Blocked(Rejected):
    """A wall stands before the article; later it may be gone."""


def refusal(markup: str, tree: HtmlElement, title: str, text: str) -> Rejected | None:
    """Return why a page is no article; None where it looks like one."""
    if len(text) < _SHORT:
        for pattern, words in _CHALLENGES:
            if re.search(pattern, markup[:200_000], re.IGNORECASE):
                return Blocked(reason=words)
        heading = " ".join([title, *(h.text_content() for h in tree.iter("h1", "title"))])
        if _NO_PAGE.search(heading[:500]):
            return Rejected(reason="the page says that there is no such page")
    if not text:
        return Rejected(reason="the page has no text")
    return None if title else Rejected(reason="the page has no title")
