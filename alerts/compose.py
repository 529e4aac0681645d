"""A message as a mail (RFC 5322): headers that programs rely on, and two parts with the same facts."""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, parseaddr

from alerts.address import parse_address
from alerts.message import Message
from spacepact.text import clean_line


class _WholeLinks(EmailPolicy):
    """The SMTP policy, but a link stays whole: folded, it would be written as encoded words, which no mail program reads as a link."""

    def fold_binary(self, name: str, value: str) -> bytes:
        """Return a header as bytes (RFC 5322, 2.1.1: at most 998 a line)."""
        if name.lower() == "list-unsubscribe":
            return f"{name}: {value}{self.linesep}".encode("ascii")
        return super().fold_binary(name, value)


_POLICY = _WholeLinks(linesep="\r\n")


def compose(message: Message, sender: str, now: datetime) -> EmailMessage:
    """Return the mail; raises ValueError or MessageError where a header cannot hold its value.

    The Message-ID is the delivery's id (RFC 5322, 3.6.4); later messages of a record refer to
    the first that this recipient got, and a correction keeps its subject. Where the
    link that unsubscribes is https, mail programs may POST to it by themselves (RFC 2369, RFC 8058).
    """
    host = _host(sender)
    first, _, told = (message.reply_to or f"<{message.thread}@{host}>").partition(" ")
    mail = envelope(message.id, message.recipient, _subject(message, told), sender, now)
    if first != mail["Message-ID"]:
        mail["In-Reply-To"] = mail["References"] = first
    mail["List-Id"] = f"spacepact alerts <{message.channel}.{host}>"
    if message.links:
        mail["List-Unsubscribe"] = f"<{message.links.unsubscribe}>"
        if message.links.unsubscribe.startswith("https://"):
            mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(message.text)
    mail.add_alternative(message.html, subtype="html")
    return mail


def _subject(message: Message, told: str) -> str:
    """Return the subject: of the first mail, `told`, where this one sets the same story right, so that they stay one conversation."""
    facts = message.facts
    same = facts is not None and facts.kind in ("correction", "withdrawal") and facts.story == facts.record
    return f"Re: {told.removeprefix('Re: ')}" if told and same else message.subject


def reference(message: Message, sender: str) -> str:
    """Return how later mails refer to this one: its Message-ID, and its subject where it is about one story."""
    number = f"<{message.id}@{_host(sender)}>"
    return f"{number} {clean_line(message.subject)}" if message.facts else number


def envelope(number: str, recipient: str, subject: str, sender: str, now: datetime) -> EmailMessage:
    """Return a mail without content: one recipient, a stable id, and the word that no machine need answer it (RFC 3834)."""
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = sender
    mail["To"] = recipient
    mail["Subject"] = clean_line(subject)
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{number}@{_host(sender)}>"
    mail["Auto-Submitted"] = "auto-generated"
    return mail


def _host(sender: str) -> str:
    return parse_address(parseaddr(sender)[1]).rpartition("@")[2]
