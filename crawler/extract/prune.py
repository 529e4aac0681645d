"""What stands around an article is taken away before its text is looked for."""

from __future__ import annotations

import re

from lxml.html import HtmlElement

_TAGS = ("nav", "footer", "aside", "form", "button", "select", "figcaption", "noscript", "script", "style", "template", "svg", "iframe", "dialog")
_WORDS = re.compile(
    r"(^|[\s_-])("
    r"cookies?|consent|gdpr|ccpa|newsletter|subscri(be|ption)|sign-?up|paywall|related|recommend(ed|ations?)?|most-?(read|popular|viewed)|trending|popular-posts"
    r"|check-?also|read-?(more|next|also)|see-?also|also-?like|more-?(news|stories|from|on)|up-?next|share|sharing|social|sharedaddy|addtoany|breadcrumbs?|comments?|disqus|respond"
    r"|advert(s|isement)?|ads?|banner-?ad|ad-(slot|container|wrapper|unit)|sponsor(ed)?|promo(tion)?|outbrain|taboola|teaser-list"
    r"|(image|photo|wp|media)-?caption(-text)?|caption|credit|copyright|author-?(bio|box|info)|about-the-author|post-?(tags|nav|navigation|meta)|entry-meta|tags|tag-list|pagination|pager|toc"
    r"|skip-link|screen-reader-text|visually-hidden|sr-only|modal|popup|overlay|site-(header|footer)|widget-area|sidebar"
    r")($|[\s_-])",
    re.IGNORECASE,
)  # fmt: skip
_SHARE = 0.35
"""An element with more of the page's paragraphs than this is the article, whatever it is called."""


def prune(tree: HtmlElement) -> HtmlElement:
    """Take away navigation, boxes, captions and notices, in place; what holds the article stays."""
    whole = _weight(tree) or 1
    for element in list(tree.iter(*_TAGS)):
        _drop(element, whole)
    for element in list(tree.iter("div", "section", "ul", "ol", "p", "span", "header", "figure", "table", "a")):
        if _WORDS.search(f"{element.get('class') or ''} {element.get('id') or ''}"):
            _drop(element, whole)
    return tree


def _drop(element: HtmlElement, whole: int) -> None:
    if element.getparent() is not None and (element.tag in ("script", "style", "noscript", "template") or _weight(element) <= _SHARE * whole):
        element.drop_tree()


def _weight(element: HtmlElement) -> int:
    paragraphs = [element] if element.tag == "p" else element.iter("p")
    return sum(len(" ".join(p.itertext())) for p in paragraphs)
