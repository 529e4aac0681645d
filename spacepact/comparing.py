"""What two revisions of an article say differently: paragraph by paragraph, and word by word inside one. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

from rapidfuzz import fuzz

from spacepact.article import Article

Kind = Literal["same", "old", "new"]
_ALIKE = 50
"""Per cent: two paragraphs that are less alike are two paragraphs, not one that was reworded."""
_MOST_WORDS, _MOST_LINES, _MOST_PAIRS = 2000, 3000, 10_000
"""What is larger is shown as a whole: comparing costs the square of it."""
_WORDS = re.compile(r"\s+|[\u3040-\u30ff\u3400-\u9fff]|\w+|[^\w\s]")
_ISLAND = 3
"""Words: fewer that stayed between two changes are part of the change, for the reader's sake."""


class Piece(NamedTuple):
    """Some words that stayed, that only the old revision has, or only the new one."""

    kind: Kind
    text: str


class Passage(NamedTuple):
    """A part of an article (`title`, `text`, `authors`, `published`) and its pieces; `same` paragraphs in a row are one passage."""

    part: str
    pieces: tuple[Piece, ...]

    @property
    def changed(self) -> bool:
        """Whether anything in it differs."""
        return any(piece.kind != "same" for piece in self.pieces)


def compare(old: Article, new: Article) -> tuple[Passage, ...]:
    """Return how a new revision differs from an old one; passages that stayed are there, too, for their place."""
    about = [
        ("title", old.title, new.title),
        ("authors", ", ".join(old.authors), ", ".join(new.authors)),
        ("published", _moment(old), _moment(new)),
    ]
    heads = (Passage(part, words(before, after)) for part, before, after in about if before != after)
    return (*heads, *(Passage("text", pieces) for pieces in _paragraphs(old.text.split("\n"), new.text.split("\n"))))


def words(old: str, new: str) -> tuple[Piece, ...]:
    """Return the words of two wordings of one paragraph."""
    one, other = _WORDS.findall(old), _WORDS.findall(new)
    if max(len(one), len(other)) > _MOST_WORDS:
        return _whole(old, new)
    raw: list[Piece] = []
    for _, i, k, j, n in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if one[i:k] == other[j:n]:
            raw.append(Piece("same", "".join(one[i:k])))
        else:
            raw += _whole("".join(one[i:k]), "".join(other[j:n]))
    return tuple(_gather(raw))


def _paragraphs(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[Piece, ...]]:
    if max(len(old), len(new)) > _MOST_LINES:
        yield _whole("\n".join(old), "\n".join(new))
        return
    for _, i, k, j, n in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if old[i:k] == new[j:n]:
            yield (Piece("same", "\n".join(old[i:k])),)
        else:
            few = (k - i) * (n - j) <= _MOST_PAIRS
            yield from _pairs(list(old[i:k]), list(new[j:n])) if few else [_whole("\n".join(old[i:k]), "\n".join(new[j:n]))]


def _pairs(old: list[str], new: list[str]) -> Iterator[tuple[Piece, ...]]:
    """Yield each new paragraph with the old one that it rewords, in order; what has no counterpart stands alone."""
    for after in new:
        at = next((i for i, before in enumerate(old) if fuzz.ratio(before, after) >= _ALIKE), None)
        if at is None:
            yield (Piece("new", after),)
            continue
        yield from ((Piece("old", before),) for before in old[:at])
        yield words(old[at], after)
        del old[: at + 1]
    yield from ((Piece("old", before),) for before in old)


def _gather(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Yield pieces with small islands of sameness taken into the change around them."""
    old = new = ""
    for n, piece in enumerate(pieces):
        inside = 0 < n < len(pieces) - 1 and len(piece.text.split()) < _ISLAND and "\n" not in piece.text
        if piece.kind == "same" and not (inside and (old or new)):
            yield from _whole(old, new)
            old = new = ""
            yield piece
        else:
            old += piece.text if piece.kind != "new" else ""
            new += piece.text if piece.kind != "old" else ""
    yield from _whole(old, new)


def _whole(old: str, new: str) -> tuple[Piece, ...]:
    return tuple(piece for piece in (Piece("old", old), Piece("new", new)) if piece.text)


def _moment(article: Article) -> str:
    return f"{article.published:%Y-%m-%d %H:%M %Z}" if article.published else "no date"
