"""A hundred other services through Apprise (https://appriseit.com), the extra spacepact[apprise].

Apprise says yes or no, not what the receiver answered, and connects by itself: the host in its address is
checked, but not pinned. Where a service has a kind of its own here, prefer that.
"""

from __future__ import annotations

import asyncio
import logging
from importlib import import_module
from typing import Annotated, Any

from pydantic import AfterValidator, SecretStr

from alerts.channel import Channel, Receipt
from alerts.guard import RefusedError, check_host, lookup
from alerts.http import TIME_LIMIT
from alerts.message import Message
from spacepact.errors import SendError
from spacepact.noun import Noun
from spacepact.settings import Settings


def _has_scheme(url: SecretStr) -> SecretStr:
    if "://" not in url.get_secret_value():
        raise ValueError("not an address of Apprise; write service://token, see https://appriseit.com/services/")
    return url


class AppriseOptions(Noun):
    """One address as Apprise writes it, such as `mattermost://host/token`; it is a secret."""

    url: Annotated[SecretStr, AfterValidator(_has_scheme)]


class Apprise(Channel[AppriseOptions]):
    """Sends subject and plain text; a failure is tried again, for Apprise does not say whether that can help."""

    kind = "apprise"
    Options = AppriseOptions
    gap = 1.0
    time_limit = TIME_LIMIT

    def __init__(self, name: str, options: AppriseOptions, settings: Settings) -> None:
        super().__init__(name, options, settings)
        try:
            library: Any = import_module("apprise")
        except ModuleNotFoundError:
            raise ValueError("kind apprise needs the extra: pip install '.[apprise]'") from None
        self._service = library.Apprise.instantiate(options.url.get_secret_value(), suppress_exceptions=True)
        if self._service is None:
            raise ValueError("Apprise knows no such service, or part of its address is missing; see https://appriseit.com/services/")
        self._library = library
        for talker in ("apprise", "urllib3"):
            logging.getLogger(talker).setLevel(logging.CRITICAL)  # they write addresses, which are secrets

    async def send(self, message: Message) -> Receipt:
        host = getattr(self._service, "host", None)
        try:
            async with asyncio.timeout(self.time_limit):
                if host:
                    await check_host(host, self.settings.outbound, lookup)
                taken = await self._notify(message)
        except TimeoutError:
            raise SendError(f"{self.name}: no answer within {self.time_limit:g} s") from None
        except (RefusedError, OSError) as error:
            raise SendError(f"{self.name}: {error if isinstance(error, RefusedError) else 'the host has no address'}") from None
        if not taken:
            raise SendError(f"{self.name}: the service did not take the message (Apprise does not say why)")
        return Receipt("taken by the service")

    async def _notify(self, message: Message) -> bool:
        self._service.socket_connect_timeout = self._service.socket_read_timeout = self.time_limit
        sender = self._library.Apprise()
        sender.add(self._service)
        return bool(await sender.async_notify(title=message.subject, body=message.text, body_format="text"))
