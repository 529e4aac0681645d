"""E-mail over SMTP: one recipient a message, a stable Message-ID, one conversation for each record."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from email.errors import MessageError
from email.utils import parseaddr
from functools import partial
from typing import NamedTuple

from aiosmtplib import SMTP, SMTPDataError, SMTPException, SMTPResponseException

from alerts.address import Address, parse_address
from alerts.channel import Channel, Receipt, Send
from alerts.compose import compose, reference
from alerts.message import Message
from alerts.retry import QUEUE, RELAY
from alerts.watchlist import AnyOf
from spacepact.errors import SendError
from spacepact.noun import Noun
from spacepact.settings import Settings
from spacepact.text import clean_line

NOBODY = re.compile(r"5\.1\.(1|2|3|6|10)\b")
"""The enhanced codes (RFC 3463, RFC 7505) that mean an address to which nothing can ever be delivered."""


class MailOptions(Noun):
    """Who is told where a watchlist names nobody itself."""

    to: AnyOf[Address] = ()


class Patience(NamedTuple):
    """Seconds to wait for a connection, for a reply, and for the reply to the final dot (RFC 5321, 4.5.3.2.6: ten minutes)."""

    connect: float = 30.0
    reply: float = 300.0
    final: float = 600.0


class _Letter(NamedTuple):
    content: bytes
    recipient: str
    reference: str


class Mail(Channel[MailOptions]):
    """Sends multipart/alternative; 4yz is tried again, 5yz is not, a refused login stops the channel."""

    kind = "mail"
    Options = MailOptions
    patience = Patience()

    def __init__(self, name: str, options: MailOptions, settings: Settings) -> None:
        super().__init__(name, options, settings)
        self.mail = settings.mail
        try:
            self.sender = parse_address(parseaddr(self.mail.sender)[1])
        except ValueError:
            raise ValueError(f"mail.sender of settings.yaml is {self.mail.sender!r}; write Name <name@example.org>") from None

    def recipients(self, to: Sequence[str] = ()) -> tuple[str, ...]:
        return tuple(dict.fromkeys(to or self.options.to))

    async def send(self, message: Message) -> Receipt:
        async with self.session() as send:
            return await send(self.form(message))

    def form(self, message: Message) -> _Letter:
        try:
            content = compose(message, self.mail.sender, datetime.now(UTC))
            recipient = parse_address(message.recipient)
        except (MessageError, ValueError) as error:
            raise SendError(f"{self.name}: no mail can be made of {message.id}: {error}", permanent=True) from None
        return _Letter(content, recipient, reference(message, self.mail.sender))

    @asynccontextmanager
    async def session(self) -> AsyncIterator[Send]:
        """Send a run of messages over one connection; whatever comes after the server's last OK cannot undo it."""
        line = _Line(self)
        try:
            yield partial(self._send, line)
        finally:
            await line.hang_up()

    async def carry(self, content: bytes, recipient: str) -> str:
        """Hand a whole mail for one recipient to the server, and return its answer; raises SendError."""
        line = _Line(self)
        try:
            return await self._carry(line, content, recipient)
        finally:
            await line.hang_up()

    async def _send(self, line: _Line, letter: _Letter) -> Receipt:
        return Receipt(await self._carry(line, letter.content, letter.recipient), letter.reference)

    async def _carry(self, line: _Line, content: bytes, recipient: str) -> str:
        try:
            return await line.transmit(content, recipient)
        except SMTPResponseException as error:
            raise self._refused(error) from None
        except (SMTPException, OSError, ValueError) as error:
            server = f"{self.mail.host}:{self.mail.port}"
            words = "no answer in time" if isinstance(error, TimeoutError) else clean_line(str(error)) or type(error).__name__
            raise SendError(f"{self.name}: {server}: {words}", steps=RELAY) from None

    def client(self) -> SMTP:
        server = self.mail
        return SMTP(
            hostname=server.host,
            port=server.port,
            use_tls=server.tls == "implicit",
            start_tls=server.tls == "starttls",
            username=server.username,
            password=server.password.get_secret_value() if server.password else None,
            timeout=self.patience.reply,
        )

    def _refused(self, error: SMTPResponseException) -> SendError:
        """Sort a reply by its first digit (RFC 5321, 4.2.1); 530, 534 and 535 mean our login, not this message (RFC 4954, 6).

        X.1.1 and its like say that there is no such mailbox (RFC 3463, 3.2); 550 alone may also be a policy.
        """
        password = self.mail.password.get_secret_value() if self.mail.password else ""
        words = clean_line(error.message.replace(password, "[...]") if password else error.message)
        text = f"{self.name}: {self.mail.host} answered {error.code} {words}"
        login, nobody = error.code in (530, 534, 535), error.code >= 500 and bool(NOBODY.match(words))
        return SendError(text, permanent=error.code >= 500, broken=login, unreachable=nobody, steps=QUEUE)


class _Line:
    """One connection to the mail server, opened when it is needed and kept until something goes wrong."""

    def __init__(self, channel: Mail) -> None:
        self._channel = channel
        self._client: SMTP | None = None

    async def transmit(self, content: bytes, recipient: str) -> str:
        """Send one message and return the server's answer; a connection that died while it was idle is opened again."""
        done, patience = False, self._channel.patience
        try:
            client = await self._begin()
            await self._say(client, b"RCPT", b"TO:<%b>" % recipient.encode())
            async with asyncio.timeout(patience.final):
                answer = await client.data(content)
            done = answer.code == 250
        finally:
            if not done:
                self._drop()
        if not done:
            raise SMTPDataError(answer.code, answer.message)
        return clean_line(f"{answer.code} {answer.message}")

    async def _begin(self) -> SMTP:
        who = b"FROM:<%b>" % self._channel.sender.encode()
        if self._client is not None:
            try:
                await self._say(self._client, b"MAIL", who)
            except (SMTPException, OSError):
                self._drop()
            else:
                return self._client
        self._client = self._channel.client()
        await self._client.connect(timeout=self._channel.patience.connect)
        self._client.timeout = None  # its own timer on each reply takes as long as the reply; ours does not
        async with asyncio.timeout(self._channel.patience.reply):
            await self._client.mail(self._channel.sender)  # says EHLO first, or HELO
        return self._client

    async def _say(self, client: SMTP, *words: bytes) -> None:
        """Give a command that the server must agree to; the client's own methods parse the address once more, at length."""
        async with asyncio.timeout(self._channel.patience.reply):
            answer = await client.execute_command(*words)
        if answer.code not in (250, 251):
            raise SMTPResponseException(answer.code, answer.message)

    async def hang_up(self) -> None:
        """End the connection as a guest does."""
        if self._client:
            with suppress(SMTPException, OSError):
                await self._client.quit(timeout=self._channel.patience.connect)
            self._drop()

    def _drop(self) -> None:
        if self._client:
            self._client.close()
        self._client = None
