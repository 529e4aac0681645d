"""A value for every character of a text at once, by tables that fill as characters are met."""

from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray


class Table:
    """Code point -> a number other than 0, asked of `value` when the character is first met."""

    def __init__(self, value: Callable[[str], int], kind: str) -> None:
        self._value = value
        self._known = np.zeros(sys.maxunicode + 1, kind)

    def of(self, text: str) -> NDArray[np.uint32]:
        """Return the number of each character."""
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
        numbers = self._known.take(codes)
        if np.count_nonzero(numbers) < len(numbers):
            for code in set(codes[numbers == 0].tolist()):
                self._known[code] = self._value(chr(code))
            numbers = self._known.take(codes)
        return numbers
