"""One e-mail address, checked before it can reach a header or an envelope."""

from __future__ import annotations

from email.errors import MessageError
from email.headerregistry import Address as _Address
from typing import Annotated

from pydantic import AfterValidator


def parse_address(text: str) -> str:
    """Return an ASCII `local@domain` (RFC 5322, 3.4.1, without display name); raises ValueError otherwise."""
    try:
        address = _Address(addr_spec=text)
    except (MessageError, ValueError, IndexError) as error:
        raise ValueError(f"{text!r} is not an e-mail address; write name@example.org") from error
    if not address.username or not address.domain or not (text.isascii() and text.isprintable()) or len(text) > 254:
        raise ValueError(f"{text!r} is not an e-mail address; write name@example.org")
    return text


Address = Annotated[str, AfterValidator(parse_address)]
"""An e-mail address without display name."""
