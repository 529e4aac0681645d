"""Delivery status notifications (RFC 3464): which of our mails could not be delivered, to whom, and why."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from email.message import Message
from typing import NamedTuple

from alerts.channels.mail import NOBODY
from spacepact.text import clean_line

_LINK = re.compile(r"<(https?://[^<>\s]+)>")


class Failure(NamedTuple):
    """One recipient that a mail server gave up on: the address as it wrote it, RFC 3463 status, and its words."""

    address: str
    status: str
    words: str

    @property
    def nobody(self) -> bool:
        """Whether there is no such mailbox, as against a full or a picky one."""
        return bool(NOBODY.match(self.status))


class Bounce(NamedTuple):
    """What came back: who failed, and the unsubscribe link of the mail of ours that it brings back (None: it brings none)."""

    failures: tuple[Failure, ...]
    link: str | None


def read_bounce(content: bytes) -> Bounce:
    """Return what a mail says about failed deliveries; nothing where it is no notification. Never raises."""
    mail = email.message_from_bytes(content, policy=email.policy.compat32)
    return Bounce(tuple(_failures(mail)), next(_links(mail), None))


def _failures(mail: Message) -> Iterator[Failure]:
    for part in mail.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        for fields in part.get_payload() if part.is_multipart() else ():
            if isinstance(fields, Message) and _field(fields, "Action").casefold() == "failed":
                address = _field(fields, "Original-Recipient") or _field(fields, "Final-Recipient")
                yield Failure(address.rpartition(";")[2].strip(), _field(fields, "Status"), _field(fields, "Diagnostic-Code"))


def _links(mail: Message) -> Iterator[str]:
    """Yield the unsubscribe links in the mail or the headers that were returned."""
    for part in mail.walk():
        kind = part.get_content_type()
        returned = part
        if kind == "text/rfc822-headers":
            returned = email.message_from_string(str(part.get_payload()), policy=email.policy.compat32)
        elif part is mail or kind.startswith("multipart/"):
            continue
        found = _LINK.search(_field(returned, "List-Unsubscribe"))
        if found:
            yield found[1]


def _field(fields: Message, name: str) -> str:
    return clean_line(str(fields.get(name, "")))
