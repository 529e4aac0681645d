"""E-mail over SMTP: one recipient a message, a stable Message-ID, one conversation for each record."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime, parseaddr
from typing import NamedTuple

from aiosmtplib import SMTP, SMTPDataError, SMTPException, SMTPResponseException

from alerts.address import Address, parse_address
from alerts.channel import Channel, Receipt
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
        try:
            content = compose(message, self.mail.sender, datetime.now(UTC)).as_bytes()
            recipient = parse_address(message.recipient)
        except (MessageError, ValueError) as error:
            raise SendError(f"{self.name}: no mail can be made of {message.id}: {error}", permanent=True) from None
        return Receipt(await self.carry(content, recipient))

    async def carry(self, content: bytes, recipient: str) -> str:
        """Hand a whole mail for one recipient to the server, and return its answer; raises SendError."""
        try:
            return await self._transmit(content, recipient)
        except SMTPResponseException as error:
            raise self._refused(error) from None
        except (SMTPException, OSError, ValueError) as error:
            server = f"{self.mail.host}:{self.mail.port}"
            raise SendError(f"{self.name}: {server}: {clean_line(str(error)) or type(error).__name__}", steps=RELAY) from None

    async def _transmit(self, content: bytes, recipient: str) -> str:
        """Send one message over one connection; whatever comes after the server's OK cannot undo it."""
        client = self._client()
        try:
            await client.connect(timeout=self.patience.connect)
            await client.mail(self.sender)
            await client.rcpt(recipient)
            answer = await client.data(content, timeout=self.patience.final)
            if answer.code != 250:
                raise SMTPDataError(answer.code, answer.message)
            with suppress(SMTPException, OSError):
                await client.quit(timeout=self.patience.connect)
        finally:
            client.close()
        return clean_line(f"{answer.code} {answer.message}")

    def _client(self) -> SMTP:
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
        words = clean_line(error.message)
        text = f"{self.name}: {self.mail.host} answered {error.code} {words}"
        login, nobody = error.code in (530, 534, 535), error.code >= 500 and bool(NOBODY.match(words))
        return SendError(text, permanent=error.code >= 500, broken=login, unreachable=nobody, steps=QUEUE)


def compose(message: Message, sender: str, now: datetime) -> EmailMessage:
    """Return the mail; raises ValueError or MessageError where a header cannot hold its value.

    The Message-ID is the delivery's id (RFC 5322, 3.6.4); later messages of a record refer to its first.
    """
    host = parse_address(parseaddr(sender)[1]).rpartition("@")[2]
    mail = EmailMessage(policy=SMTP_POLICY)
    mail["From"] = sender
    mail["To"] = message.recipient
    mail["Subject"] = clean_line(message.subject)
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{message.id}@{host}>"
    if message.thread != message.id:
        mail["In-Reply-To"] = mail["References"] = f"<{message.thread}@{host}>"
    mail["List-Id"] = f"spacepact alerts <{message.channel}.{host}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text)
    mail.add_alternative(message.html, subtype="html")
    return mail
