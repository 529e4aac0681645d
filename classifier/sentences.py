"""Text cut into sentences, as offsets."""

from __future__ import annotations

import re

_END = re.compile(  # every alternative after one set of characters: the search for that set is what makes it quick
    r"""[.!?…\n。！？；۔।؟;](?:(?<=[.!?…])(?<![.!?…]{2})[.!?…]*+["”’')\]*]*+\s++(?=(?:[-–•*]\s)?["“‘'(\[*•]*[A-Z0-9À-ÞА-ЯЁ])"""
    r"""|(?<=[a-z0-9][a-z0-9]\.)(?=[A-Z][a-z]*+ [a-z])|(?<=;)\s++(?=[-–•*] )"""
    r"""|(?<=[。！？!?；])[。！？!?；]*+[”’」』）]*+|(?<=\n)\n*+(?![ \t]*[a-zà-ÿ])|(?<=[۔।؟])\s*+)"""
)
_ABBREVIATION = re.compile(
    r"(?:\b(?:[A-Z]|U\.S|U\.K|U\.N|a\.m|p\.m|Mr|Mrs|Ms|Dr|Prof|Gen|Col|Lt|Sgt|Capt|Adm|Sen|Rep|Gov|St|Inc|Corp|Co|Ltd|No|vs|approx"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec|Calif|Fla|Va|Md|Tex|Colo|Ariz|Ala|Mass|Wash|Maj|Brig|Jr|Sr|etc|e\.g|i\.e|al|Fig|Art))\.$"
)
MAX_LENGTH = 1500


def sentences(text: str) -> list[tuple[int, int]]:
    """Return (start, end) of every sentence, without blanks around; linear in the length of the text."""
    spans: list[tuple[int, int]] = []
    start = 0
    for match in _END.finditer(text):
        head = match[0]
        if head[0] == "." and _ABBREVIATION.search(text, max(start, match.start() - 8), match.start() + 1):
            continue
        _add(spans, text, start, match.end())
        start = match.end()
    _add(spans, text, start, len(text))
    return spans


def _add(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    while end - start > MAX_LENGTH:
        cut = text.rfind(" ", start + MAX_LENGTH // 2, start + MAX_LENGTH)
        cut = cut if cut > 0 else start + MAX_LENGTH
        spans.append((start, cut))
        start = cut + (text[cut : cut + 1] == " ")
    if start < end:
        spans.append((start, end))


_FOLDED_LINE = re.compile(r"(?<=[^\n.!?:;…”。])\n(?=[ \t]*[^\s\-–•*#])")
_LINE = 100
_FEWEST = 5


def unwrap(text: str, start: int) -> str:
    """Return text of the same length in which lines folded at a fixed width are whole paragraphs again, from `start` on."""
    lines = text.count("\n", start)
    if lines < _FEWEST or len(text) - start > lines * _LINE:
        return text
    body = text[start:]
    filled = sum(_LINE // 2 < len(line) <= _LINE for line in body.split("\n"))
    if filled <= lines / 3:
        return text
    whole, folded = _FOLDED_LINE.subn(" ", body)
    return text[:start] + whole if folded > lines / 3 else text
