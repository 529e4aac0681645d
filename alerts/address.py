"""One e-mail address, checked before it can reach a header or an envelope."""

from __future__ import annotations

import re
from email.errors import MessageError
from email.headerregistry import Address as _Address
from typing import Annotated

from pydantic import AfterValidator

_LONGEST = 254
_PLAIN = re.compile(r"[\w+-]+(\.[\w+-]+)*@[\w-]+(\.[\w-]+)*", re.ASCII)
"""What nearly every address looks like: to parse these as well would take longer than to write the mail around them."""


def parse_address(text: str) -> str:
    """Return an ASCII `local@domain` (RFC 5322, 3.4.1, without display name); raises ValueError otherwise."""
    if len(text) <= _LONGEST and _PLAIN.fullmatch(text):
        return text
    try:
        address = _Address(addr_spec=text)
    except (MessageError, ValueError, IndexError) as error:
        raise ValueError(f"{text!r} is not an e-mail address; write name@example.org") from error
    if not address.username or not address.domain or not (text.isascii() and text.isprintable()) or len(text) > _LONGEST:
        raise ValueError(f"{text!r} is not an e-mail address; write name@example.org")
    return text


Address = Annotated[str, AfterValidator(parse_address)]
"""An e-mail address without display name."""
