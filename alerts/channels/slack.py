"""Slack incoming webhooks: Block Kit within its limits."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from alerts.channel import Channel
from alerts.channels.webhook import SecretUrl
from alerts.http import TIME_LIMIT, Answer, post
from alerts.message import KINDS, Message, day
from spacepact.errors import SendError
from spacepact.noun import Noun

BLOCKS, SECTION, HEADER, CONTEXT, TEXT = 50, 3_000, 150, 1_000, 12_000
SOURCES = 5
_REWRITE = (
    "invalid_payload",
    "invalid_blocks",
    "invalid_attachments",
    "msg_blocks_too_long",
    "msg_too_long",
    "no_text",
    "too_many_attachments",
)
_BROKEN = (
    "no_service", "no_team", "no_active_hooks", "channel_not_found", "channel_is_archived", "invalid_token", "token_revoked",
    "user_not_found", "team_disabled", "action_prohibited", "posting_to_general_channel_denied",
)  # fmt: skip


class SlackOptions(Noun):
    """The address that Slack gave out for one conversation; it is a secret."""

    url: SecretUrl


class Slack(Channel[SlackOptions]):
    """Posts blocks; where Slack refuses them, the same words once as plain text."""

    kind = "slack"
    Options = SlackOptions
    gap = 1.0
    time_limit = TIME_LIMIT

    async def send(self, message: Message) -> str:
        answer = await self._post({"text": fallback(message), "blocks": blocks(message), "unfurl_links": False})
        if answer.status == 400 and answer.text.strip() in _REWRITE:
            answer = await self._post({"text": fallback(message, whole=True), "unfurl_links": False})
        if answer.ok:
            return answer.words
        raise self._error(answer)

    async def _post(self, body: dict[str, Any]) -> Answer:
        content = json.dumps(body, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json; charset=utf-8"}
        return await post(self.name, self.options.url.get_secret_value(), content, headers, time_limit=self.time_limit)

    def _error(self, answer: Answer) -> SendError:
        broken = answer.text.strip() in _BROKEN or answer.status in (401, 403, 404, 410)
        permanent = broken or (400 <= answer.status < 500 and answer.status not in (408, 425, 429))
        return SendError(f"{self.name}: Slack answered {answer.words}", permanent=permanent, broken=broken, retry_after=answer.retry_after)


def fallback(message: Message, *, whole: bool = False) -> str:
    """Return the words of notifications and of old clients; `whole`: all of them, where blocks are refused."""
    return _within(message.text if whole else message.subject, TEXT)


def blocks(message: Message) -> list[dict[str, Any]]:
    """Return the message as at most 50 blocks, no text longer than Slack takes, nothing a scraped text can turn into markup."""
    facts = message.facts
    title = facts.headline if len(facts.headline) <= HEADER else facts.headline[: HEADER - 1] + "…"
    why = "Why you got this: " + "; ".join(f"{w.name} ({', '.join(w.reasons)})" for w in facts.why)
    head = {"type": "header", "block_id": message.id, "text": {"type": "plain_text", "text": title, "emoji": False}}
    return [head, *_budget(_sections(message)), {"type": "context", "elements": [_markup(_within(why, CONTEXT))]}]


def _sections(message: Message) -> Iterator[dict[str, Any]]:
    """Yield what stands between the headline and the reasons: the lead, the proof, the facts, the sources."""
    facts = message.facts
    if len(facts.headline) > HEADER:
        yield from _joined(pieces(facts.headline, SECTION))
    if message.lead:
        yield from _joined(_prefixed(f"*{KINDS[facts.kind]}.* ", message.lead))
    for sentence in facts.evidence:
        for piece in _prefixed("> ", sentence):
            yield _section(piece)
    yield from _joined(line for row in message.rows for line in _prefixed(f"*{row.name}*  ", str(row)))
    yield from _joined(_source(s.url, s.title, f"{s.site}, {day(s.published)}") for s in facts.sources[:SOURCES])
    more = len(facts.sources[SOURCES:]) + facts.more_sources
    if more:
        yield _section(f"+{more} more {'sources' if more > 1 else 'source'}")


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


def _prefixed(prefix: str, text: str) -> list[str]:
    return [prefix + piece for piece in pieces(text, SECTION - len(prefix))]


def _joined(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Yield sections of as many whole lines as fit; no line is longer than a section."""
    part = ""
    for line in lines:
        if part and len(part) + 1 + len(line) > SECTION:
            yield _section(part)
            part = ""
        part += "\n" * bool(part) + line
    if part:
        yield _section(part)


def _budget(sections: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield as many sections as one message may hold; whoever wants the rest follows the link to the source."""
    left = TEXT - HEADER - CONTEXT
    for section, _ in zip(sections, range(BLOCKS - 2), strict=False):
        left -= len(section["text"]["text"])
        if left >= 0:
            yield section


def _source(url: str | None, title: str, where: str) -> str:
    name, place = _within(title, 500), _within(where, 300)
    return f"<{escape(url).replace('|', '%7C')}|{name}> {place}" if url and len(url) < 2_000 else f"{name} {place}"


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": _markup(text)}


def _markup(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _within(text: str, limit: int) -> str:
    """Return escaped text, cut where it is too long."""
    first, *rest = pieces(text, limit - 1) or [""]
    return first + "…" if rest else first
