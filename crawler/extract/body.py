"""The article among the lines of a page: the paragraphs that are set alike, their headings, and the standfirst."""

from __future__ import annotations

from collections import Counter

from lxml.html import HtmlElement

from crawler.extract.furniture import is_prose, weigh
from crawler.extract.lines import Line

_DOWN = 0.6
"""The article is looked for in whatever holds so much of the prose around it."""
_AS_WELL = 0.5
"""Paragraphs set in another way belong to the article, too, where they have so much of the main ones' weight."""
_STANDFIRST = 60
_LONG = 1000
"""Characters of a line that may be a whole article without its breaks."""

Style = tuple[str, ...]


def article_lines(lines: list[Line]) -> list[Line]:
    """Return those of a page's lines that are its article."""
    home = _home(lines)
    inside = [home is None or _holds(home, line.block) for line in lines]
    styles: Counter[Style] = Counter()
    for line, is_inside in zip(lines, inside, strict=True):
        if is_inside and is_prose(line):
            styles[_style(line)] += len(line.text)
    if not styles:
        return [line for line, is_inside in zip(lines, inside, strict=True) if is_inside]
    main, most = styles.most_common(1)[0]
    wanted = {style for style, weight in styles.items() if weight >= _AS_WELL * most}
    first = next(i for i, line in enumerate(lines) if inside[i] and _style(line) == main and is_prose(line))
    chosen = [is_inside and _style(line) in wanted for line, is_inside in zip(lines, inside, strict=True)]
    _add_strays(lines, chosen, _deep_style(lines[first]))
    _add_standfirst(lines, chosen, inside, first)
    for i in range(first, len(lines) - 1):
        chosen[i] = chosen[i] or (lines[i].is_heading and inside[i] and chosen[i + 1])
    return _once([line for line, is_chosen in zip(lines, chosen, strict=True) if is_chosen])


def _add_strays(lines: list[Line], chosen: list[bool], like: Style) -> None:
    """Choose prose that is set exactly like the article elsewhere on the page, where the setting has a name."""
    if not any(like[1::2]):
        return
    for i, line in enumerate(lines):
        if not chosen[i] and is_prose(line) and _deep_style(line) == like:
            chosen[i] = True


def _add_standfirst(lines: list[Line], chosen: list[bool], inside: list[bool], first: int) -> None:
    """Choose the prose between the page's headline and the article's first paragraph."""
    headings = {line.block.tag: i for i, line in enumerate(lines[:first]) if line.is_heading}
    headline = headings.get("h1", headings.get("h2", first))
    for i in range(first):
        if (inside[i] or i > headline) and _is_standfirst(lines[i]):
            chosen[i] = True


def _once(lines: list[Line]) -> list[Line]:
    """Return lines without those that repeat what other lines say: pages show a text twice, for two kinds of readers."""
    kept: dict[str, Line] = {}
    for n, line in enumerate(lines):
        kept.setdefault(line.text if is_prose(line) else f"{n} {line.text}", line)
    said = "\n".join(line.text for line in kept.values())
    return [line for line in kept.values() if len(line.text) < _LONG or said.count(line.text[:80]) + said.count(line.text[-80:]) < 4]


def _home(lines: list[Line]) -> HtmlElement | None:
    """Return the innermost element that holds most of the prose."""
    weights = weigh(lines)
    at = next((e for e in weights if e.getparent() is None), None)
    while at is not None:
        child = max((e for e in at if e in weights), key=lambda e: weights[e], default=None)
        if child is None or weights[child] < _DOWN * weights[at]:
            break
        at = child
    if at is not None and at.tag in ("p", "blockquote") and at.getparent() is not None:
        return at.getparent()
    return at


def _holds(outer: HtmlElement, element: HtmlElement | None) -> bool:
    while element is not None and element is not outer:
        element = element.getparent()
    return element is outer


def _style(line: Line) -> Style:
    """Return how a line is set: the kind and class of what it stands in."""
    block = line.paragraph
    parent = block.getparent()
    if parent is None:
        return _named(block)
    if block.tag in ("li", "dd", "dt") or parent.tag == "blockquote":
        above = parent.getparent()
        return _named(parent if above is None else above)
    return ("", *_named(block), *_named(parent)) if block.tag == "div" else _named(parent)


def _deep_style(line: Line) -> Style:
    found: list[str] = []
    element: HtmlElement | None = line.paragraph
    while element is not None and len(found) < 6:
        found += _named(element)
        element = element.getparent()
    return tuple(found)


def _named(element: HtmlElement) -> Style:
    return element.tag, element.get("class") or ""


def _is_standfirst(line: Line) -> bool:
    return is_prose(line) and len(line.text) >= _STANDFIRST and line.linked < 0.3
