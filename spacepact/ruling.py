"""What a person decided about stories: it holds against what the rules would say."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime

from spacepact.noun import Noun

RulingKind = Literal["merge", "split", "record-merge", "record-split"]


class Ruling(Noun):
    """Stories merged or split by hand: who did it, why, and when.

    `stories`: of a merge the one that stays, then the one that went into it; of a split the one that was
    whole, then the one that was split off. `articles` are those that went.
    """

    id: str
    kind: RulingKind
    stories: tuple[str, ...]
    articles: tuple[str, ...] = ()
    author: str
    reason: str = ""
    made: AwareDatetime

    @property
    def because(self) -> str:
        """What the story page says about it."""
        what = "merged" if self.kind.endswith("merge") else "split off"
        return f"{what} by {self.author} on {self.made:%Y-%m-%d}" + (f": {self.reason}" if self.reason else "")
