"""Lines as `spacepact classify` prints them, back into what conditions are asked about."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import ConfigDict, ValidationError

from alerts.matching import Page
from spacepact.article import Tier
from spacepact.cooperation import Classification


class Line(Classification):
    """A classified document; of what else a line holds, the keys named here are used."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    title: str = ""
    text: str = ""
    url: str = ""
    source: str = ""
    published: datetime | None = None
    language: str | None = None
    tier: Tier | None = None

    def page(self) -> Page:
        """Return what conditions are asked about; where the line has no text, keywords are looked for in its evidence."""
        evidence = (e.text for c in self.cooperations for e in c.evidence)
        text = "\n".join((self.title, self.text or "\n".join(evidence)))
        return Page(self, self.tier, self.language, self.published, text)


def read_line(row: dict[str, Any]) -> Line:
    """Return a line as a value; ValueError names the first key that is wrong."""
    try:
        return Line.model_validate({k: v for k, v in row.items() if v is not None})
    except ValidationError as error:
        first = error.errors()[0]
        raise ValueError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None
