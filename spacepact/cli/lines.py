"""Lines as `spacepact classify` prints them, back into what conditions are asked about."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from pydantic import ConfigDict, ValidationError

from alerts.matching import Page
from spacepact.article import Article, Tier
from spacepact.cooperation import Classification, Tagged


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

    def tagged(self, address: str) -> Tagged:
        """Return an article that was told when it was published; ValueError where the line does not say when.

        `address` stands where the line has no url.
        """
        if self.published is None:
            raise ValueError("published is missing; a backtest needs to know when")
        when = self.published if self.published.tzinfo else self.published.replace(tzinfo=UTC)
        url = self.url or address
        article = Article(
            url=url,
            source=self.source or urlsplit(url).hostname or address,
            tier=self.tier or "trade",
            title=self.title,
            text=self.text or "\n".join(e.text for c in self.cooperations for e in c.evidence),
            published=when,
            language=self.language,
            fetched=when,
        )
        return Tagged(
            article=article, classification=Classification.model_validate(self.model_dump(include=set(Classification.model_fields)))
        )


def read_line(row: dict[str, Any]) -> Line:
    """Return a line as a value; ValueError names the first key that is wrong."""
    try:
        return Line.model_validate({k: v for k, v in row.items() if v is not None})
    except ValidationError as error:
        first = error.errors()[0]
        raise ValueError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None
