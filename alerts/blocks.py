"""A message as Slack's Block Kit, within its limits; what does not fit into one post goes into the next, and nothing is dropped.

Limits: docs.slack.dev/reference/block-kit (50 blocks, 3,000 characters a section, 150 a header); all texts of a post
together stay under 12,000, where Slack begins to answer msg_blocks_too_long.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from alerts.facts import Facts
from alerts.message import KINDS, Message, day

Block = dict[str, Any]

BLOCKS, SECTION, HEADER, CONTEXT, TEXT = 50, 3_000, 150, 1_000, 12_000
SOURCES = 5


def posts(message: Message) -> list[list[Block]]:
    """Return the message as one post or more; nothing in it that a scraped text can turn into markup."""
    facts = message.facts
    title = facts.headline if facts else message.subject
    body = [*_long(title), *(_story(message, facts) if facts else _collected(message))]
    shared = list(_packed(body))
    names = [title] if len(shared) == 1 else [f"{_cut(title, HEADER - 12)} ({n}/{len(shared)})" for n in range(1, len(shared) + 1)]
    return [
        [_header(f"{message.id}-{n}" if n else message.id, name), *part] for n, (name, part) in enumerate(zip(names, shared, strict=True))
    ]


def words(post: Iterable[Block]) -> list[str]:
    """Return every text of a post."""
    return [t["text"] for b in post for t in b.get("elements", [b.get("text")])]


def _story(message: Message, facts: Facts) -> Iterator[Block]:
    """Yield what stands under the headline: the lead, the proof, the facts, the sources, the reasons."""
    if message.lead:
        yield from _joined(_prefixed(f"*{KINDS[facts.kind]}.* ", message.lead))
    fate = f"; {facts.fate}" if facts.fate else ""
    for sentence in facts.evidence:
        yield from map(_section, _prefixed("> ", sentence))
    yield from _joined(line for row in message.rows for line in _prefixed(f"*{row.name}*  ", str(row)))
    yield from _joined(_source(s.url, s.title, f"{s.site}, {day(s.published)}{fate}") for s in facts.sources[:SOURCES])
    more = len(facts.sources[SOURCES:]) + facts.more_sources
    if more:
        yield _section(f"+{more} more {'sources' if more > 1 else 'source'}")
    yield _context("Why you got this: " + "; ".join(f"{w.name} ({', '.join(w.reasons)})" for w in facts.why))


def _collected(message: Message) -> Iterator[Block]:
    """Yield a digest, a section a story with its proof and its source, or the words of a notice."""
    if message.lead or not message.parts:
        yield from _joined(pieces(message.lead or message.text, SECTION))
    for facts in message.parts:
        yield from _joined(_part(facts))
    if message.note:
        yield _context(message.note)


def _part(facts: Facts) -> Iterator[str]:
    fate = f": the page was {facts.fate}" if facts.fate else ""
    kind = "" if facts.kind == "first-report" else f"{KINDS[facts.kind]}{fate}. "
    yield from (f"{kind}*{piece}*" for piece in pieces(facts.headline.replace("*", ""), SECTION - len(kind) - 2))
    for sentence in facts.evidence[:1]:
        yield from _prefixed("> ", sentence)
    more = len(facts.sources) - 1 + facts.more_sources
    also = f", +{more} {'sources' if more > 1 else 'source'}" if more else ""
    yield from (_source(s.url, s.title, f"{s.site}, {day(s.published)}{also}") for s in facts.sources[:1])


def _packed(blocks: Iterable[Block]) -> Iterator[list[Block]]:
    """Yield the blocks in posts of at most 49, and a header, that are not too long together."""
    part: list[Block] = []
    size = HEADER
    for block in blocks:
        length = sum(map(len, words([block])))
        if part and (len(part) == BLOCKS - 1 or size + length > TEXT):
            yield part
            part, size = [], HEADER
        part.append(block)
        size += length
    yield part


def escape(text: str) -> str:
    """Return text that Slack shows as it is: no links, no mentions (docs.slack.dev, formatting message text)."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def pieces(text: str, size: int) -> list[str]:
    """Return escaped text in pieces of at most `size` characters, cut between words where there are any."""
    found, piece = [], ""
    for word in re.findall(r"\s*\S{1,200}", text):
        if len(piece) + len(escape(word)) > size:
            found.append(piece.strip())
            piece = ""
        piece += escape(word)
    return [*found, piece.strip()] if piece.strip() else found


def _long(title: str) -> Iterator[Block]:
    """Yield the whole of a title that the header must cut."""
    if len(title) > HEADER:
        yield from _joined(pieces(title, SECTION))


def _prefixed(prefix: str, text: str) -> list[str]:
    return [prefix + piece for piece in pieces(text, SECTION - len(prefix))]


def _joined(lines: Iterable[str]) -> Iterator[Block]:
    """Yield sections of as many whole lines as fit; no line is longer than a section."""
    part = ""
    for line in lines:
        if part and len(part) + 1 + len(line) > SECTION:
            yield _section(part)
            part = ""
        part += "\n" * bool(part) + line
    if part:
        yield _section(part)


def _source(url: str | None, title: str, where: str) -> str:
    name, place = within(title, 500), within(where, 300)
    return f"<{escape(url).replace('|', '%7C')}|{name}> {place}" if url and len(url) < 2_000 else f"{name} {place}"


def _header(number: str, text: str) -> Block:
    return {"type": "header", "block_id": number, "text": {"type": "plain_text", "text": _cut(text, HEADER), "emoji": False}}


def _cut(text: str, size: int) -> str:
    return text if len(text) <= size else text[: size - 1].rstrip() + "…"


def _section(text: str) -> Block:
    return {"type": "section", "text": _markup(text)}


def _context(text: str) -> Block:
    return {"type": "context", "elements": [_markup(piece) for piece in pieces(text, CONTEXT)[:10]]}


def _markup(text: str) -> Block:
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def within(text: str, limit: int) -> str:
    """Return escaped text, cut where it is too long."""
    first, *rest = pieces(text, limit - 1) or [""]
    return first + "…" if rest else first
