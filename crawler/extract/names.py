"""The words by which pages name what stands around an article: in classes, in ids, in headings."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from lxml.html import HtmlElement

Kind = Literal["hidden", "apart", "box"]
"""`hidden` is not shown at all; `apart` is never the article; a `box` is not, unless it holds most of the page."""

_APART = re.compile(
    r"(^|[\s_-])(comments?|commentlist|kommentare?|comentarios|commentaires|disqus|cookies?|consent|gdpr|ccpa|sourcepoint|outbrain|taboola"
    r"|newsletter|related|recommend(ed|ations?)?|most-?(read|popular|viewed)|trending|popular-posts|site-(header|footer)|breadcrumbs?)($|[\s_-])",
    re.IGNORECASE,
)
_BOX = re.compile(
    r"(^|[\s_-])("
    r"subscri(be|ption)|sign-?up|paywall|teaser-list|check-?also|read-?(more|next|also)|see-?also|also-?like|more-?(news|stories|from|on)"
    r"|up-?next|share|sharing|social|sharedaddy|addtoany|respond|advert(s|isement)?|ads?|banner-?ad|ad-(slot|container|wrapper|unit)"
    r"|sponsor(ed)?|promo(tion)?|(image|photo|wp|media)-?caption(-text)?|caption|credit|copyright|author-?(bio|box|info)|about-the-author"
    r"|post-?(tags|nav|navigation|meta)|entry-meta|byline|tags|tag-list|pagination|pager|toc|skip-link|screen-reader-text"
    r"|visually-hidden|sr-only|modal|popup|overlay|widget-area|sidebar"
    r")($|[\s_-])",
    re.IGNORECASE,
)
BODY = re.compile(r"(article|entry|post|story|main|page)-?_?_?(body|content|text)", re.IGNORECASE)
"""Names of what holds the article."""
_LONGEST = 40
"""Characters: longer ids are made of the headline, and may say anything."""
_UNSHOWN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_HIDDEN = frozenset({"hidden", "is-hidden", "d-none", "hide"})
HEADINGS = re.compile(
    r"(check|read|see) also|read (more|next)|related\b.*|more (from|on|in|about|news|stories)\b.*|(you )?(may"
    r"|might) also (like|be interested).*|recommended\b.*|most (read|popular|viewed)\b.*"
    r"|popular( now)?|trending( now)?|latest (news|stories|articles|posts)|in other news|up next|newsletter.*"
    r"|stay (informed|connected|up to date)\b.*|(leave a|join the) (reply|comment|conversation).*"
    r"|(\d+ )?comments?|share (this|article).*|about the author|mehr zum thema|lesen sie auch|das könnte (sie"
    r"|dich) auch interessieren.*|lire aussi|à lire aussi|sur le même sujet|te puede interesar.*|関連記事|相关阅读|関連リンク"
    r"|читайте также",
    re.IGNORECASE,
)
"""Headings of boxes that lead away from the article."""


def kind_of(element: HtmlElement) -> tuple[Kind, str] | None:
    """Return what an element's attributes call it, and the name by which they do; None for an ordinary one."""
    said = element.items()
    if not said:
        return None
    given = dict(said)
    if "hidden" in given or given.get("aria-hidden") == "true" or _UNSHOWN.search(given.get("style", "")):
        return "hidden", f"{given.get('class', '')} {given.get('id', '')}"
    name = f"{given.get('class', '')} {given.get('id', '')}"
    kind = _kind(name) if len(name) > 1 else None
    return (kind, name) if kind else None


@lru_cache(4096)
def _kind(name: str) -> Kind | None:
    words = name.split()
    if not _HIDDEN.isdisjoint(words):
        return "hidden"
    name = " ".join(word for word in words if len(word) <= _LONGEST)
    return "apart" if _APART.search(name) else "box" if _BOX.search(name) else None
