"""What stands around an article is taken away before its text is looked for."""

from __future__ import annotations

import re
from copy import deepcopy

from lxml.html import HtmlElement

_NEVER = ("script", "style", "noscript", "template", "svg", "iframe", "button", "select", "dialog")
_AROUND = ("nav", "footer", "aside", "form", "figcaption")
_BOXES = ("div", "section", "ul", "ol", "p", "span", "header", "figure", "table", "a", "h2", "h3", "h4")
_WORDS = re.compile(
    r"(^|[\s_-])("
    r"cookies?|consent|gdpr|ccpa|newsletter|subscri(be|ption)|sign-?up|paywall|related|recommend(ed|ations?)?|most-?(read"
    r"|popular|viewed)|trending|popular-posts"
    r"|check-?also|read-?(more|next|also)|see-?also|also-?like|more-?(news|stories|from|on)|up-?next|share|sharing|social"
    r"|sharedaddy|addtoany|breadcrumbs?|comments?|disqus|respond"
    r"|advert(s|isement)?|ads?|banner-?ad|ad-(slot|container|wrapper|unit)|sponsor(ed)?|promo(tion)?|outbrain|taboola|teaser-list"
    r"|(image|photo|wp|media)-?caption(-text)?|caption|credit|copyright|author-?(bio|box|info)|about-the-author|post-?(tags"
    r"|nav|navigation|meta)|entry-meta|byline|tags|tag-list|pagination|pager|toc"
    r"|skip-link|screen-reader-text|visually-hidden|sr-only|modal|popup|overlay|site-(header|footer)|widget-area|sidebar"
    r")($|[\s_-])",
    re.IGNORECASE,
)
_HEADINGS = re.compile(
    r"(check|read|see) also|read (more|next)|related\b.*|more (from|on|in|about|news|stories)\b.*|(you )?(may"
    r"|might) also (like|be interested).*|recommended\b.*|most (read|popular|viewed)\b.*"
    r"|popular( now)?|trending( now)?|latest (news|stories|articles|posts)|in other news|up next|newsletter.*"
    r"|stay (informed|connected|up to date)\b.*|(leave a|join the) (reply|comment|conversation).*"
    r"|comments?|share (this|article).*|about the author|mehr zum thema|lesen sie auch|das könnte (sie"
    r"|dich) auch interessieren.*|lire aussi|à lire aussi|sur le même sujet|te puede interesar.*|関連記事|相关阅读|関連リンク"
    r"|читайте также",
    re.IGNORECASE,
)
_SHARE = 0.35
"""What holds more of the page's paragraphs than this is the article, whatever it is called."""
_MOSTLY_LINK = 0.75


def prune(page: HtmlElement) -> HtmlElement:
    """Return a copy without navigation, boxes, captions, notices and mere links."""
    tree = deepcopy(page)
    for element in list(tree.iter(*_NEVER)):
        _drop(element)
    whole = _weight(tree)
    for element in list(tree.iter(*_AROUND)):
        _drop_small(element, whole)
    for boxes in _boxes(tree).values():
        if sum(map(_weight, boxes)) <= _SHARE * whole:
            for element in boxes:
                _drop(element)
    for element in list(tree.iter("h2", "h3", "h4", "h5", "strong")):
        if _HEADINGS.fullmatch(" ".join(element.text_content().split()).rstrip(":")):
            _drop_box(element, whole)
    for element in list(tree.iter("p", "li")):
        if _is_mere_link(element):
            _drop(element)
    return tree


def _boxes(tree: HtmlElement) -> dict[str, list[HtmlElement]]:
    """Return the elements that are named like boxes, those of one name together."""
    found: dict[str, list[HtmlElement]] = {}
    for element in tree.iter(*_BOXES):
        name = f"{element.get('class') or ''} {element.get('id') or ''}"
        if _WORDS.search(name):
            found.setdefault(name, []).append(element)
    return found


def _drop_small(element: HtmlElement, whole: int) -> None:
    if _weight(element) <= _SHARE * whole:
        _drop(element)


def _drop_box(heading: HtmlElement, whole: int) -> None:
    box = heading.getparent()
    if box is not None and box.tag in ("div", "section", "header", "p", "li", "ul"):
        _drop_small(box, whole)
    _drop(heading)


def _drop(element: HtmlElement) -> None:
    if element.getparent() is not None:
        element.drop_tree()


def _weight(element: HtmlElement) -> int:
    paragraphs = [element] if element.tag == "p" else element.iter("p")
    return sum(_length(p) for p in paragraphs)


def _length(element: HtmlElement) -> int:
    return len(" ".join("".join(element.itertext()).split()))


def _is_mere_link(element: HtmlElement) -> bool:
    length = _length(element)
    links = sum(_length(a) for a in element.iter("a"))
    return 0 < length < 250 and links > _MOSTLY_LINK * length
