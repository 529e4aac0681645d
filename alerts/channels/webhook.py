"""Signed webhooks (Standard Webhooks 1.0.0): a program of somebody else is told."""

from __future__ import annotations

from base64 import b64decode
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, SecretStr
from standardwebhooks import Webhook as Signer

from alerts.channel import Receipt
from alerts.facts import Facts, NoticePayload, Payload
from alerts.guard import check_url
from alerts.http import TIME_LIMIT, post
from alerts.lines import Posting
from alerts.message import Message, payload
from spacepact.errors import SendError
from spacepact.noun import Noun
from spacepact.settings import Settings


def _checked_url(url: SecretStr) -> SecretStr:
    check_url(url.get_secret_value())
    return url


def _checked_secret(secret: SecretStr) -> SecretStr:
    text = secret.get_secret_value().removeprefix("whsec_")
    try:
        size = len(b64decode(text + "=" * (-len(text) % 4), validate=True))
    except ValueError:
        size = 0
    if not 24 <= size <= 64:
        raise ValueError("not a webhook secret; write whsec_ and 24 to 64 random bytes in base64")
    return secret


SecretUrl = Annotated[SecretStr, AfterValidator(_checked_url)]
Secret = Annotated[SecretStr, AfterValidator(_checked_secret)]


MOST_BYTES = 20_000
"""Standard Webhooks 1.0.0, "Payload size"."""


class WebhookOptions(Noun):
    """`previous_secret` signs too, while a receiver changes to a new secret."""

    url: SecretUrl
    secret: Secret
    previous_secret: Secret | None = None


class Webhook(Posting[WebhookOptions]):
    """POSTs the payload of docs/webhook.schema.json; only 2xx is success, 410 ends it, the rest is tried again."""

    kind = "webhook"
    Options = WebhookOptions
    size = 1
    time_limit = TIME_LIMIT

    def __init__(self, name: str, options: WebhookOptions, settings: Settings) -> None:
        super().__init__(name, options, settings)
        self.url = options.url
        check_url(self.url.get_secret_value(), settings.outbound)

    async def send(self, message: Message) -> Receipt:
        body = small(payload(message))
        headers = self._headers(message.id, body, datetime.now(UTC))
        url, outbound = self.url.get_secret_value(), self.settings.outbound
        answer = await post(self.name, url, body.encode(), headers, outbound=outbound, time_limit=self.time_limit)
        if answer.ok:
            return Receipt(answer.words)
        gone = answer.status == 410
        raise SendError(f"{self.name}: answered {answer.words}", permanent=gone, broken=gone, retry_after=answer.retry_after)

    def _headers(self, number: str, body: str, now: datetime) -> dict[str, str]:
        secrets = [s.get_secret_value() for s in (self.options.secret, self.options.previous_secret) if s]
        return {
            "Content-Type": "application/json",
            "webhook-id": number,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": " ".join(Signer(secret).sign(number, now, body) for secret in secrets),
        }


def small(whole: Payload | NoticePayload) -> str:
    """Return a payload as JSON under 20 kB: the last sources are counted instead of named, then long texts and lists are cut."""
    limit = MOST_BYTES // 5
    while len((body := whole.model_dump_json()).encode()) >= MOST_BYTES:
        if isinstance(whole, Payload) and len(whole.data.sources) > 1:
            whole = whole.model_copy(update={"data": _one_source_less(whole.data)})
        else:
            whole = whole.model_validate(_cut(whole.model_dump(), limit))
            limit //= 2
    return body


def _one_source_less(facts: Facts) -> Facts:
    return facts.model_copy(update={"sources": facts.sources[:-1], "more_sources": facts.more_sources + 1})


def _cut(value: Any, limit: int) -> Any:
    """Return plain data without a text longer than `limit`, or a list of many entries; an address is whole or null."""
    if isinstance(value, str):
        return value if len(value) <= limit else value[: limit - 1].rstrip() + "…"
    if isinstance(value, dict):
        long_link = len(value.get("url") or "") > limit
        return {key: None if key == "url" and long_link else _cut(child, limit) for key, child in value.items()}
    return tuple(_cut(child, limit) for child in value[: max(1, limit // 100)]) if isinstance(value, tuple) else value
