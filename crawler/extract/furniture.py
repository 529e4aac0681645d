"""What stands around an article: navigation, boxes, captions, notices. It is named so, or it is headed so."""

from __future__ import annotations

from collections.abc import Iterable

from lxml.html import HtmlElement

from crawler.extract.lines import Line, Sheet
from crawler.extract.names import BODY, HEADINGS

_SHARE = 0.35
"""What holds more of the page's prose than this is the article, whatever it is called."""
_HIDDEN = 0.5
"""The same for what is hidden at first: some pages show the article by script."""
_ENOUGH = 400
"""Characters of prose that must remain where something bigger than the article is cut off."""
_PROSE = 40
_MOSTLY_LINK = 0.75
_HALF_LINK = 0.5
_BOXES = frozenset({"div", "section", "header", "p", "li", "ul"})

Weights = dict[HtmlElement, int]


def is_prose(line: Line) -> bool:
    """Return whether a line reads like a paragraph, not like a label, a heading or a link."""
    return len(line.text) >= _PROSE and line.linked < 0.5 and not line.is_heading


def weigh(lines: Iterable[Line]) -> Weights:
    """Return how many characters of prose each element holds, all that it encloses included."""
    weights: Weights = {}
    own: Weights = {}
    for line in lines:
        if is_prose(line):
            own[line.block] = own.get(line.block, 0) + len(line.text)
    for block, weight in own.items():
        element: HtmlElement | None = block
        while element is not None:
            weights[element] = weights.get(element, 0) + weight
            element = element.getparent()
    return weights


def without_furniture(sheet: Sheet) -> list[Line]:
    """Return the lines that may belong to the article."""
    weights = weigh(sheet.lines)
    cut = set(_furniture(sheet, weights))
    known: dict[HtmlElement, bool] = {}
    return [line for line in sheet.lines if not _is_mere_link(line) and not _within(line.block, cut, known)]


def _furniture(sheet: Sheet, weights: Weights) -> Iterable[HtmlElement]:
    whole = weights.get(sheet.page, 0)
    yield from (e for e in sheet.around if weights.get(e, 0) <= _SHARE * whole)
    for (kind, name), elements in sheet.named.items():
        if kind == "hidden":
            yield from (e for e in elements if weights.get(e, 0) <= _HIDDEN * whole)
            continue
        weight = sum(weights.get(e, 0) for e in elements)
        if weight <= _SHARE * whole or (kind == "apart" and whole - weight >= _ENOUGH and not BODY.search(name)):
            yield from elements
    for line in sheet.lines:
        if len(line.text) <= 60 and HEADINGS.fullmatch(line.text.rstrip(":")):
            box = line.block.getparent()
            headed = [line.block] if box is None or box.tag not in _BOXES else [line.block, box]
            yield from (e for e in headed if weights.get(e, 0) <= _SHARE * whole)


def _within(element: HtmlElement, cut: set[HtmlElement], known: dict[HtmlElement, bool]) -> bool:
    """Return whether an element or what encloses it is cut; `known` remembers."""
    path = []
    at: HtmlElement | None = element
    while at is not None and at not in known and at not in cut:
        path.append(at)
        at = at.getparent()
    answer = at is not None and (at in cut or known[at])
    known.update(dict.fromkeys(path, answer))
    return answer


def _is_mere_link(line: Line) -> bool:
    most = _HALF_LINK if line.block.tag == "li" else _MOSTLY_LINK
    return line.linked > most and len(line.text) < 250
