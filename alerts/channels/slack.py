"""Slack incoming webhooks: Block Kit within its limits."""

from __future__ import annotations

import json
import re
from typing import Any

from alerts.channel import Channel
from alerts.channels.webhook import SecretUrl
from alerts.http import TIME_LIMIT, Answer, post
from alerts.message import KINDS, Message, day
from spacepact.errors import SendError
from spacepact.noun import Noun

BLOCKS, SECTION, HEADER, TEXT = 50, 3_000, 150, 12_000
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
            if not answer.ok:
                raise SendError(f"{self.name}: Slack answered {answer.words}, to plain text too", permanent=True)
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
    return _within(escape(message.text if whole else message.subject), TEXT)


def blocks(message: Message) -> list[dict[str, Any]]:
    """Return the message as at most 50 blocks, no text longer than Slack takes, nothing a scraped text can turn into markup."""
    facts = message.facts
    lines = [f"*{row.name}*  {escape(str(row))}" for row in message.rows]
    parts = [*([f"*{KINDS[facts.kind]}.* {escape(message.lead)}"] if message.lead else [])]
    parts += [f"> {piece}" for sentence in facts.evidence for piece in pieces(sentence, SECTION - 10)]
    parts += ["\n".join(lines), "\n".join(_source(s.url, s.title, f"{s.site}, {day(s.published)}") for s in facts.sources[:5])]
    parts += [f"+{more} more sources" for more in [len(facts.sources[5:]) + facts.more_sources] if more]
    body = [_section(part) for text in parts for part in _lines(text)]
    why = "Why you got this: " + "; ".join(f"{w.name} ({', '.join(w.reasons)})" for w in facts.why)
    head = {"type": "header", "text": {"type": "plain_text", "text": _within(facts.headline, HEADER), "emoji": False}}
    return [head, *_budget(body), {"type": "context", "elements": [_markup(_within(escape(why), 1_000))]}]


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


def _lines(text: str) -> list[str]:
    """Return text in parts of whole lines that each fit into one section."""
    parts = [""]
    for line in text.splitlines():
        if len(parts[-1]) + len(line) >= SECTION:
            parts.append("")
        parts[-1] += line[:SECTION] + "\n"
    return [part.strip() for part in parts if part.strip()]


def _budget(body: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return as many sections as a message may hold; the source, which comes first, has the rest."""
    kept, left = [], TEXT - HEADER - 1_000
    for section in body[: BLOCKS - 2]:
        left -= len(section["text"]["text"])
        if left < 0:
            break
        kept.append(section)
    return kept


def _source(url: str | None, title: str, where: str) -> str:
    name = escape(_within(title, 300))
    link = f"<{escape(url).replace('|', '%7C')}|{name}>" if url else name
    return f"{link} {escape(where)}"


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": _markup(text)}


def _markup(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _within(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
