"""Names with a prefix, each put together when it is first asked for: to look a text up is cheaper than to make it."""

from __future__ import annotations


class Prefixed(dict[str, str]):
    """Name -> prefix and name. Names of features are few, so that they may all be kept."""

    def __init__(self, prefix: str) -> None:
        super().__init__()
        self._prefix = prefix

    def __missing__(self, name: str) -> str:
        made = self[name] = self._prefix + name
        return made
