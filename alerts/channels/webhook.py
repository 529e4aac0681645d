"""Signed webhooks (Standard Webhooks 1.0.0): a program of somebody else is told."""

from __future__ import annotations

from base64 import b64decode
from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, SecretStr
from standardwebhooks import Webhook as Signer

from alerts.channel import Channel
from alerts.http import TIME_LIMIT, check_url, post
from alerts.message import Message, payload
from spacepact.errors import SendError
from spacepact.noun import Noun


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


class WebhookOptions(Noun):
    """`previous_secret` signs too, while a receiver changes to a new secret."""

    url: SecretUrl
    secret: Secret
    previous_secret: Secret | None = None


class Webhook(Channel[WebhookOptions]):
    """POSTs the payload of docs/webhook.schema.json; only 2xx is success, 410 ends it, the rest is tried again."""

    kind = "webhook"
    Options = WebhookOptions
    time_limit = TIME_LIMIT

    async def send(self, message: Message) -> str:
        body = payload(message).model_dump_json()
        headers = self._headers(message.id, body, datetime.now(UTC))
        answer = await post(self.name, self.options.url.get_secret_value(), body.encode(), headers, time_limit=self.time_limit)
        if answer.ok:
            return answer.words
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
