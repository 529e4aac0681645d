"""A message as a mail (RFC 5322): headers that programs rely on, and two parts with the same facts."""

from __future__ import annotations

from binascii import b2a_qp
from datetime import datetime
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, parseaddr
from functools import lru_cache
from typing import Any

from alerts.address import parse_address
from alerts.message import Message
from spacepact.text import clean_line


class _WholeLinks(EmailPolicy):
    """The SMTP policy, but a link stays whole: folded, it would be written as encoded words, which no mail program reads as a link.

    A short line of ASCII is kept as it is: to parse and fold it again would take longer than to send the mail.
    """

    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:
        """Return a header to keep; what is not plain is parsed, once for all the mails that have it."""
        if isinstance(value, str) and value.isascii() and value.isprintable() and (len(name) + len(value) < 76 or name == _LINK):
            return name, value
        return _parsed(name, value) if isinstance(value, str) else super().header_store_parse(name, value)

    def header_fetch_parse(self, name: str, value: Any) -> Any:
        """Return a header as it is asked for."""
        return _fetched(name, value) if isinstance(value, str) and not hasattr(value, "name") else value

    def fold_binary(self, name: str, value: str) -> bytes:
        """Return a header as bytes (RFC 5322, 2.1.1: at most 998 a line)."""
        return f"{name}: {value}{self.linesep}".encode("ascii") if name == _LINK else _folded(name, value)


_LINK = "List-Unsubscribe"
_BOUNDARY = "=_spacepact"
"""Quoted-printable never holds an equals sign before an underscore (RFC 2045, 6.7)."""
_POLICY = _WholeLinks(linesep="\r\n")
_PLAIN = EmailPolicy(linesep="\r\n")


@lru_cache(64)
def _parsed(name: str, value: str) -> tuple[str, Any]:
    return _PLAIN.header_store_parse(name, value)


@lru_cache(64)
def _fetched(name: str, value: str) -> Any:
    return _PLAIN.header_fetch_parse(name, value)


@lru_cache(64)
def _folded(name: str, value: str) -> bytes:
    return _PLAIN.fold_binary(name, value)


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
    mail["Content-Type"] = f'multipart/alternative; boundary="{_BOUNDARY}"'
    mail.attach(_part(message.text, "plain"))
    mail.attach(_part(message.html, "html"))
    return mail


def _part(text: str, subtype: str) -> EmailMessage:
    """Return text as quoted-printable (RFC 2045, 6.7); the encoder of `email` itself is a loop over characters in Python."""
    part = EmailMessage(_POLICY)
    part["Content-Type"] = f'text/{subtype}; charset="utf-8"'
    part["Content-Transfer-Encoding"] = "quoted-printable"
    lines = text.replace("\r\n", "\n").encode("utf-8", "surrogateescape")
    part.set_payload(b2a_qp(lines).replace(b"\r", b"=0D").decode("ascii"))
    return part


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


@lru_cache(8)
def _host(sender: str) -> str:
    return parse_address(parseaddr(sender)[1]).rpartition("@")[2]
