"""Names of authors, one by one."""

from __future__ import annotations

import re

from spacepact.text import clean_line

_BY = re.compile(r"^\s*(by|von|par|por|di|door|av|af|от)\s+", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*[,;|/]\s*|\s+(?:and|und|et|y|e|och|og|en|&)\s+")
_NO_NAME = re.compile(r"://|(^|\s)@|\w@\w")


def clean_authors(said: list[str]) -> tuple[str, ...]:
    """Return the names of persons or bodies, each once; addresses and handles are none."""
    names = [clean_line(name) for line in said if not _NO_NAME.search(line) for name in _BETWEEN.split(_BY.sub("", line))]
    return tuple(dict.fromkeys(n for n in names if 2 < len(n) <= 80 and not n.isdigit()))
