"""Do two reports stand on one text? MinHash digests over runs of words, small enough to be kept with every report. Pure."""

from __future__ import annotations

import re
from itertools import islice

from rensa import RMinHash

COPY = 0.6
"""From this share of common runs on, two texts are one, republished: two writers on one event share far less."""

_HASHES = 48
_RUN = 4
_FEWEST = 30
_MOST = 600
_TOKEN = re.compile(r"[぀-ヿ一-鿿]|[^\W_]+")


def digest(text: str) -> str:
    """Return the digest of a text's beginning, in hexadecimal digits; empty where a text is too short to be known again."""
    tokens = [match[0] for match in islice(_TOKEN.finditer(text.casefold()), _MOST)]
    if len(tokens) < _FEWEST:
        return ""
    sketch = RMinHash(num_perm=_HASHES, seed=1)
    sketch.update([" ".join(tokens[i : i + _RUN]) for i in range(len(tokens) - _RUN + 1)])
    return "".join(f"{number:08x}" for number in sketch.digest())


def in_common(one: str, other: str) -> float:
    """Return about which share of their runs of words two texts have in common, by their digests."""
    if not one or len(one) != len(other):
        return 0.0
    return sum(one[i : i + 8] == other[i : i + 8] for i in range(0, len(one), 8)) / (len(one) // 8)
