"""The one mail that is no alert: it asks whether an address wants what was asked for in its name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage

from alerts.compose import POLICY, envelope
from alerts.message import fill
from spacepact.noun import stable_id
from spacepact.subscriber import Letter


def confirmation(letter: Letter, names: Sequence[str], url: str, sender: str, now: datetime) -> EmailMessage:
    """Return the mail with the link to the page that confirms; the same Message-ID on every try."""
    number = stable_id("confirm", letter.address, letter.asked.isoformat())
    mail = EmailMessage(POLICY)
    for name, value in envelope(number, letter.address, "Please confirm your subscription to spacepact", sender, now).items():
        mail[name] = value
    words = {"names": names, "wish": letter.wish, "url": url}
    mail.set_content(fill("letter.txt", words))
    mail.add_alternative(fill("letter.html", words), subtype="html")
    return mail
