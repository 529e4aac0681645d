"""Slack, by incoming webhook or as a bot: Block Kit within its limits."""

from __future__ import annotations

import asyncio
import json
from typing import Any, NamedTuple, Self

from pydantic import SecretStr, model_validator

from alerts.blocks import Block, posts, within, words
from alerts.channel import Receipt
from alerts.channels.webhook import SecretUrl
from alerts.guard import check_url
from alerts.http import TIME_LIMIT, Answer, post
from alerts.lines import Posting
from alerts.message import Message
from spacepact.errors import SendError
from spacepact.noun import Noun
from spacepact.settings import Settings

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


class Slack(Posting[SlackOptions]):
    """Posts blocks; where Slack refuses them, the same words once as plain text."""

    kind = "slack"
    Options = SlackOptions
    gap = 1.0
    size = 50
    time_limit = TIME_LIMIT

    def __init__(self, name: str, options: SlackOptions, settings: Settings) -> None:
        super().__init__(name, options, settings)
        self.url = SecretStr(f"{options.api}/chat.postMessage") if options.url is None else options.url
        check_url(self.url.get_secret_value(), settings.outbound)
        self._sent: dict[str, _Sent] = {}

    async def send(self, message: Message) -> Receipt:
        """Send every post of a message; one that was sent when a later one failed is not sent again by this process."""
        whole = posts(message)
        first = self._sent.get(message.id)
        for number in range(first.posts if first else 0, len(whole)):
            if number and first:
                await asyncio.sleep(self.gap)
            said = await self._post_whole(message, whole[number])
            if said.word != "ok":
                raise self._error(message, said)
            first = self._sent[message.id] = _Sent(number + 1, first.said if first else said)
        self._sent.pop(message.id, None)
        assert first  # noqa: S101 - there is no message without a post
        return Receipt(first.said.answer.words if self.options.url else f"200 ok {first.said.ts}", first.said.ts)

    async def _post_whole(self, message: Message, blocks: list[Block]) -> _Said:
        """Post blocks, or their words alone where Slack refuses the blocks; without the thread where it is gone."""
        thread = self._thread(message.reply_to)
        said = await self._post({"text": within(message.subject, 1_000), "blocks": blocks, **thread})
        if said.word in _NO_THREAD and thread:
            return await self._post({"text": within(message.subject, 1_000), "blocks": blocks})
        if said.word in _REWRITE:
            return await self._post({"text": "\n".join(words(blocks)), **thread})
        return said

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

    def _error(self, message: Message, said: _Said) -> SendError:
        status = said.answer.status
        broken = said.word in _BROKEN or status in (401, 403, 404, 410)
        refused = said.answer.ok and said.word not in _LATER
        permanent = broken or refused or (400 <= status < 500 and status not in (408, 425, 429))
        if permanent and not broken:
            self._sent.pop(message.id, None)
        words = said.answer.words if not said.answer.ok else f"{status} {said.word}"
        return SendError(f"{self.name}: Slack answered {words}", permanent=permanent, broken=broken, retry_after=said.answer.retry_after)


class _Said(NamedTuple):
    """What Slack said: its word ("ok", or the name of what is wrong), and its own time stamp of the message."""

    answer: Answer
    word: str
    ts: str | None = None


class _Sent(NamedTuple):
    """How many posts of a message Slack took, and what it said to the first."""

    posts: int
    said: _Said


def _read(answer: Answer) -> _Said:
    """Read the answer of a method of Slack's Web API (docs.slack.dev, "Responses")."""
    try:
        said = json.loads(answer.text)
        return _Said(answer, "ok" if said["ok"] else str(said["error"]), said.get("ts"))
    except (ValueError, KeyError, TypeError, AttributeError):
        return _Said(answer, "no answer of Slack's" if answer.ok else answer.text.strip()[:100])
