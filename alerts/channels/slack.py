"""Slack, by incoming webhook or as a bot: Block Kit within its limits."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, Self

from pydantic import SecretStr, model_validator

from alerts.channel import Channel, Receipt
from alerts.channels.webhook import SecretUrl
from alerts.facts import Facts
from alerts.guard import check_url
from alerts.http import TIME_LIMIT, Answer, post
from alerts.message import KINDS, Message, day
from spacepact.errors import SendError
from spacepact.noun import Noun
from spacepact.settings import Settings

BLOCKS, SECTION, HEADER, CONTEXT, TEXT = 50, 3_000, 150, 1_000, 12_000
SOURCES = 5
_REWRITE = (
    "invalid_payload", "invalid_blocks", "invalid_blocks_format", "invalid_attachments", "msg_blocks_too_long", "msg_too_long",
    "no_text", "too_many_attachments",
)  # fmt: skip
_BROKEN = (
    "no_service", "no_team", "no_active_hooks", "channel_not_found", "channel_is_archived", "invalid_token", "token_revoked",
    "user_not_found", "team_disabled", "action_prohibited", "posting_to_general_channel_denied",
    "not_in_channel", "is_archived", "invalid_auth", "not_authed", "account_inactive", "token_expired", "no_permission",
    "missing_scope", "org_login_required", "ekm_access_denied", "restricted_action", "team_access_not_granted", "access_denied",
    "not_allowed_token_type",
)  # fmt: skip
_LATER = (
    "fatal_error", "internal_error", "service_unavailable", "request_timeout", "ratelimited", "rate_limited", "team_added_to_org",
    "no answer of Slack's",
)  # fmt: skip
_NO_THREAD = ("thread_not_found", "message_not_found", "invalid_thread_ts", "cannot_reply_to_message")


class SlackOptions(Noun):
    """Either `url`, the incoming webhook of one conversation, or a bot's `token` and the `conversation` it may write to.

    A bot's messages about one record stand in one thread. `api` is where Slack's methods are called.
    """

    url: SecretUrl | None = None
    token: SecretStr | None = None
    conversation: str | None = None
    api: str = "https://slack.com/api"

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.url is None) == (self.token is None) or (self.token is None) != (self.conversation is None):
            raise ValueError("write either url, or token and conversation")
        return self


class Slack(Channel[SlackOptions]):
    """Posts blocks; where Slack refuses them, the same words once as plain text."""

    kind = "slack"
    Options = SlackOptions
    gap = 1.0
    size = 10
    time_limit = TIME_LIMIT

    def __init__(self, name: str, options: SlackOptions, settings: Settings) -> None:
        super().__init__(name, options, settings)
        self.url = SecretStr(f"{options.api}/chat.postMessage") if options.url is None else options.url
        check_url(self.url.get_secret_value(), settings.outbound)

    async def send(self, message: Message) -> Receipt:
        thread = self._thread(message.reply_to)
        said = await self._post({"text": fallback(message), "blocks": blocks(message), **thread})
        if said.word in _NO_THREAD and thread:
            thread = {}
            said = await self._post({"text": fallback(message), "blocks": blocks(message)})
        elif said.word in _REWRITE:
            said = await self._post({"text": fallback(message, whole=True), **thread})
        if said.word == "ok":
            return Receipt(said.answer.words if self.options.url else f"200 ok {said.ts}", said.ts)
        raise self._error(said)

    def _thread(self, reply_to: str | None) -> dict[str, Any]:
        """Answer in the thread, and show it in the conversation too: a change must not hide under an old message."""
        return {"thread_ts": reply_to, "reply_broadcast": True} if reply_to and self.options.token else {}

    async def _post(self, body: dict[str, Any]) -> _Said:
        headers = {"Content-Type": "application/json; charset=utf-8"}
        if self.options.token:
            headers["Authorization"] = f"Bearer {self.options.token.get_secret_value()}"
            body = {"channel": self.options.conversation, **body}
        content = json.dumps({**body, "unfurl_links": False}, ensure_ascii=False).encode()
        url, outbound = self.url.get_secret_value(), self.settings.outbound
        answer = await post(self.name, url, content, headers, outbound=outbound, time_limit=self.time_limit)
        return _read(answer) if self.options.token else _Said(answer, "ok" if answer.ok else answer.text.strip())

    def _error(self, said: _Said) -> SendError:
        status = said.answer.status
        broken = said.word in _BROKEN or status in (401, 403, 404, 410)
        refused = said.answer.ok and said.word not in _LATER
        permanent = broken or refused or (400 <= status < 500 and status not in (408, 425, 429))
        words = said.answer.words if not said.answer.ok else f"{status} {said.word}"
        return SendError(f"{self.name}: Slack answered {words}", permanent=permanent, broken=broken, retry_after=said.answer.retry_after)


class _Said(NamedTuple):
    """What Slack said: its word ("ok", or the name of what is wrong), and its own time stamp of the message."""

    answer: Answer
    word: str
    ts: str | None = None


def _read(answer: Answer) -> _Said:
    """Read the answer of a method of Slack's Web API (docs.slack.dev, "Responses")."""
    try:
        said = json.loads(answer.text)
        return _Said(answer, "ok" if said["ok"] else str(said["error"]), said.get("ts"))
    except (ValueError, KeyError, TypeError, AttributeError):
        return _Said(answer, "no answer of Slack's" if answer.ok else answer.text.strip()[:100])


def fallback(message: Message, *, whole: bool = False) -> str:
    """Return the words of notifications and of old clients; `whole`: all of them, where blocks are refused."""
    return _within(message.text if whole else message.subject, TEXT)


def blocks(message: Message) -> list[dict[str, Any]]:
    """Return the message as at most 50 blocks, no text longer than Slack takes, nothing a scraped text can turn into markup."""
    facts = message.facts
    if facts is None:
        return _collected(message)
    title = facts.headline if len(facts.headline) <= HEADER else facts.headline[: HEADER - 1] + "…"
    why = "Why you got this: " + "; ".join(f"{w.name} ({', '.join(w.reasons)})" for w in facts.why)
    head = {"type": "header", "block_id": message.id, "text": {"type": "plain_text", "text": title, "emoji": False}}
    return [head, *_budget(_sections(message, facts)), {"type": "context", "elements": [_markup(_within(why, CONTEXT))]}]


def _collected(message: Message) -> list[dict[str, Any]]:
    """Return a digest, one section a story with its proof and its source, or the words of a notice."""
    head = {"type": "header", "block_id": message.id, "text": {"type": "plain_text", "text": message.subject[:HEADER], "emoji": False}}
    told = [_part(facts) for facts in message.parts] or [_section(_within(message.text, SECTION))]
    note = [{"type": "context", "elements": [_markup(_within(message.note, CONTEXT))]}] if message.note else []
    return [head, *told[: BLOCKS - 2], *note]


def _part(facts: Facts) -> dict[str, Any]:
    source = facts.sources[0]
    proof = f"\n> {_within(facts.evidence[0], 350)}" if facts.evidence else ""
    lines = f"*{KINDS[facts.kind]}.* {_within(facts.headline, 200)}{proof}"
    return _section(f"{lines}\n{_source(source.url, _within(source.title, 120), f'{source.site}, {day(source.published)}')}"[:SECTION])


def _sections(message: Message, facts: Facts) -> Iterator[dict[str, Any]]:
    """Yield what stands between the headline and the reasons: the lead, the proof, the facts, the sources."""
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
