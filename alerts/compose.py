"""A message as a mail (RFC 5322): headers that programs rely on, and two parts with the same facts."""

from __future__ import annotations

from binascii import b2a_qp
from collections.abc import Iterable
from datetime import datetime
from email.policy import EmailPolicy
from email.utils import format_datetime, parseaddr
from functools import lru_cache

from alerts.address import parse_address
from alerts.message import Message
from spacepact.text import clean_line

POLICY = EmailPolicy(linesep="\r\n")
_LINK = "List-Unsubscribe"
_BOUNDARY = "=_spacepact"
"""Quoted-printable never holds an equals sign before an underscore (RFC 2045, 6.7)."""


def compose(message: Message, sender: str, now: datetime) -> bytes:
    """Return the mail; raises ValueError or MessageError where a header cannot hold its value.

    The Message-ID is the delivery's id (RFC 5322, 3.6.4); later messages of a record refer to
    the first that this recipient got, and a correction keeps its subject. Where the
    link that unsubscribes is https, mail programs may POST to it by themselves (RFC 2369, RFC 8058).
    """
    host = _host(sender)
    first, _, told = (message.reply_to or f"<{message.thread}@{host}>").partition(" ")
    headers = envelope(message.id, message.recipient, _subject(message, told), sender, now)
    if first != headers["Message-ID"]:
        headers |= {"In-Reply-To": first, "References": first}
    headers["List-Id"] = f"spacepact alerts <{message.channel}.{host}>"
    if message.links:
        headers[_LINK] = f"<{message.links.unsubscribe}>"
        if message.links.unsubscribe.startswith("https://"):
            headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    headers |= {"MIME-Version": "1.0", "Content-Type": f'multipart/alternative; boundary="{_BOUNDARY}"'}
    return b"".join(
        (*_lines(headers.items()), b"\r\n", _part(message.text, "plain"), _part(message.html, "html"), f"--{_BOUNDARY}--\r\n".encode())
    )


def _lines(headers: Iterable[tuple[str, str]]) -> Iterable[bytes]:
    """Yield headers as bytes (RFC 5322, 2.1.1: at most 998 a line).

    A short line of ASCII is kept as it is: to parse and fold it again would take longer than to send the mail. A link
    stays whole, too: folded, it would be written as encoded words, which no mail program reads as a link.
    """
    for name, value in headers:
        plain = value.isascii() and value.isprintable() and (len(name) + len(value) < 76 or name == _LINK)
        yield f"{name}: {value}\r\n".encode() if plain else _folded(name, value)


@lru_cache(64)
def _folded(name: str, value: str) -> bytes:
    return POLICY.fold_binary(*POLICY.header_store_parse(name, value))


def _part(text: str, subtype: str) -> bytes:
    """Return text as quoted-printable (RFC 2045, 6.7); the encoder of `email` itself is a loop over characters in Python."""
    head = f'--{_BOUNDARY}\r\nContent-Type: text/{subtype}; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
    lines = b2a_qp(text.replace("\r\n", "\n").encode("utf-8", "surrogateescape"))
    return head.encode() + lines.replace(b"\r", b"=0D").replace(b"\n", b"\r\n") + b"\r\n"


def _subject(message: Message, told: str) -> str:
    """Return the subject: of the first mail, `told`, where this one sets the same story right, so that they stay one conversation."""
    facts = message.facts
    same = facts is not None and facts.kind in ("correction", "withdrawal") and facts.story == facts.record
    return f"Re: {told.removeprefix('Re: ')}" if told and same else message.subject


def reference(message: Message, sender: str) -> str:
    """Return how later mails refer to this one: its Message-ID, and its subject where it is about one story."""
    number = f"<{message.id}@{_host(sender)}>"
    return f"{number} {clean_line(message.subject)}" if message.facts else number


def envelope(number: str, recipient: str, subject: str, sender: str, now: datetime) -> dict[str, str]:
    """Return the headers of every mail: one recipient, a stable id, and the word that no machine need answer it (RFC 3834)."""
    return {
        "From": sender,
        "To": recipient,
        "Subject": clean_line(subject),
        "Date": format_datetime(now),
        "Message-ID": f"<{number}@{_host(sender)}>",
        "Auto-Submitted": "auto-generated",
    }


@lru_cache(8)
def _host(sender: str) -> str:
    return parse_address(parseaddr(sender)[1]).rpartition("@")[2]
