"""A page as readers see it: lines of text, each with the element that it stands in."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field

from lxml import etree
from lxml.html import HtmlElement

from crawler.extract.names import Kind, kind_of

_SPACE = re.compile(r"[ \t\n\r\f\xa0]+")
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
AROUND = frozenset({"nav", "footer", "aside", "form", "figcaption"})
_BLOCKS = frozenset(
    {
        *HEADINGS, *AROUND, "address", "article", "blockquote", "body", "center", "dd", "details", "div", "dl", "dt", "fieldset", "figure",
        "header", "hr", "html", "li", "main", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr",
        "ul",
    }
)  # fmt: skip
_UNSEEN = frozenset(
    {
        "audio", "button", "canvas", "datalist", "dialog", "embed", "head", "iframe", "input", "map", "math", "noscript", "object",
        "option", "script", "select", "style", "svg", "template", "textarea", "video",
    }
)  # fmt: skip


@dataclass(slots=True)
class Line:
    """A run of text between two breaks. `block` holds it, `linked` is the share of characters in links.

    `goes_on` says that only a box inside its paragraph cut it off from the line before.
    """

    text: str
    block: HtmlElement
    linked: float
    goes_on: bool = False

    @property
    def is_heading(self) -> bool:
        """Return whether the page sets it as a heading."""
        return self.block.tag in HEADINGS

    @property
    def paragraph(self) -> HtmlElement:
        """Return the element that breaks lines: an inline box stands in one."""
        found = self.block
        while found.tag not in _BLOCKS and (above := found.getparent()) is not None:
            found = above
        return found


@dataclass
class Sheet:
    """A page's lines in reading order, and its elements that may stand around the article."""

    page: HtmlElement
    lines: list[Line] = field(default_factory=list)
    named: dict[tuple[Kind, str], list[HtmlElement]] = field(default_factory=lambda: defaultdict(list))
    around: list[HtmlElement] = field(default_factory=list)


def read(page: HtmlElement) -> Sheet:
    """Return the lines of a page; scripts, controls and players have none. Linear in the page."""
    sheet = Sheet(page)
    _Walk(sheet).run()
    return sheet


class _Walk:
    """One pass over a page, without recursion: pages may be nested as deep as they like."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.blocks = [sheet.page]
        self.inline: set[HtmlElement] = set()
        self.pieces: list[str] = []
        self.linked = 0
        self.links = 0
        self.goes_on = False

    def run(self) -> None:
        walk = etree.iterwalk(self.sheet.page, events=("start", "end"))
        unseen: HtmlElement | None = None
        for event, element in walk:
            if event == "start":
                if element.tag in _UNSEEN:
                    walk.skip_subtree()
                    unseen = element
                else:
                    self.enter(element)
            elif unseen is not None and element is unseen:
                unseen = None
                self.take(element.tail)
            else:
                self.leave(element)
        self.end_line()

    def enter(self, element: HtmlElement) -> None:
        """Note what an element is; a line ends where a block or a named box begins."""
        tag = element.tag
        kind = kind_of(element)
        if kind:
            self.sheet.named[kind].append(element)
        if tag in AROUND:
            self.sheet.around.append(element)
        if kind or tag in _BLOCKS:
            self.end_line()
            self.blocks.append(element)
            if tag not in _BLOCKS:
                self.inline.add(element)
                self.goes_on = True
        elif tag == "br":
            self.end_line()
        if tag == "a":
            self.links += 1
        self.take(element.text)

    def leave(self, element: HtmlElement) -> None:
        if self.blocks[-1] is element:
            self.end_line()
            self.blocks.pop()
            self.goes_on = element in self.inline
        if element.tag == "a":
            self.links -= 1
        if element is not self.sheet.page:
            self.take(element.tail)

    def take(self, text: str | None) -> None:
        if text:
            self.pieces.append(text)
            if self.links:
                self.linked += len(text.strip())

    def end_line(self) -> None:
        if self.pieces:
            if text := _SPACE.sub(" ", "".join(self.pieces)).strip():
                self.sheet.lines.append(Line(text, self.blocks[-1], self.linked / len(text), self.goes_on))
            self.pieces.clear()
        self.linked, self.goes_on = 0, False
