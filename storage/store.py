"""The one door into the database."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, delete, exists, insert, select, update

from spacepact.article import Article, Link
from spacepact.cooperation import Classification, Tagged
from spacepact.round import Outcome, Page, Rejected
from spacepact.story import Decision, Story
from spacepact.substance import fingerprint
from storage.applying import apply
from storage.archive import Archive
from storage.backfills import Backfills
from storage.candidates import candidates
from storage.database import lock_stories, reading, writing
from storage.evidence import Evidence
from storage.expected import Expectations
from storage.hubs import Hubs
from storage.ledger import Ledger
from storage.looks import Looks, in_upheaval, missing, present, told
from storage.polling import Polling
from storage.reading import Reading, read_article
from storage.rulings import Rulings
from storage.silences import Silences
from storage.sources import Sources
from storage.subscribers import Subscribers
from storage.tables import articles, links, revisions
from storage.upsert import upsert

MOST_REVISIONS = 20
"""So many former revisions of an article are kept, and the first: a page that changes every hour must not fill the disk."""
NOTHING = Classification(cooperation=False, score=0.0, scope="none")
"""What an article says whose page is gone."""

Decide = Callable[[Tagged, Classification | None, Sequence[Story]], Decision]
"""Says what follows from an article, given what its former revision said and the stories near it."""

_AT_ADDRESS = select(articles).where(articles.c.url == bindparam("url"))
_IN_WORDS = (
    select(articles)
    .where((articles.c.source == bindparam("source")) & (articles.c.fingerprint == bindparam("fingerprint")))
    .order_by(articles.c.id)
    .limit(1)
)


class Store:
    """Keeps what the pipeline decides. Every method is one transaction: all or nothing."""

    def __init__(self, engine: Engine, archive: Archive | None = None) -> None:
        self.engine = engine
        self.evidence = Evidence(engine, archive)
        self.ledger = Ledger(engine)
        self.expectations = Expectations(engine)
        self.silences = Silences(engine)
        self.sources = Sources(engine)
        self.polling = Polling(engine)
        self.hubs = Hubs(engine)
        self.subscribers = Subscribers(engine)
        self.looks = Looks(engine)
        self.backfills = Backfills(engine)
        self.reading = Reading(engine)
        self.rulings = Rulings(engine)

    @contextmanager
    def together(self) -> Iterator[Connection]:
        """One transaction for many pages (`within`): a commit waits for the disk, however much it holds."""
        with writing(self.engine) as connection:
            lock_stories(connection)
            yield connection

    def seen(self, source: str, wanted: Collection[Link]) -> set[Link]:
        """Return those links of a source that are kept in the version given."""
        urls = [link.url for link in wanted]
        found: dict[str, str] = {}
        with reading(self.engine) as connection:
            for start in range(0, len(urls), 500):
                where = (links.c.source == source) & links.c.url.in_(urls[start : start + 500])
                found.update((row.url, row.version) for row in connection.execute(select(links.c.url, links.c.version).where(where)))
        return {link for link in wanted if found.get(link.url) == link.version}

    def reject(
        self,
        source: str,
        link: Link,
        rejected: Rejected,
        now: datetime,
        page: Page | None = None,
        *,
        decide: Decide | None = None,
        within: Connection | None = None,
    ) -> Outcome:
        """Remember that a link led to no article, so that it is not fetched again in this version.

        Where it led to one before and the page is proven gone, `decide` says what follows from an article that says nothing any more.
        `within`: what `together` opened.
        """
        with writing(self.engine, within) as connection:
            if page:
                self.evidence.keep(connection, source, link, page, now)
            if rejected.gone and within is None:
                lock_stories(connection)
            row = _under(connection, source, link) if rejected.gone else None
            if row and missing(connection, row.id, source, rejected.reason, now) and decide and not in_upheaval(connection, source, now):
                mute = Tagged(article=read_article(row), classification=NOTHING, gone=True)
                decision = decide(mute, Classification.model_validate(row.classification), candidates(connection, mute, now))
                apply(connection, decision, now, url=mute.article.url)
            known = {"article_id": row.id} if row else {}
            _keep_link(connection, source, link, now, outcome="rejected", reason=rejected.reason, **known)
        return "rejected"

    def add(
        self,
        source: str,
        link: Link,
        tagged: Tagged,
        decide: Decide,
        now: datetime,
        *,
        page: Page | None = None,
        within: Connection | None = None,
    ) -> Outcome:
        """Keep an article with its tags, stories, alerts, deliveries and page, and ignore what is known, even at a new address.

        A page that was gone and is back is a revision, even in the same words: what was taken back with it stands again.
        `within`: what `together` opened.
        """
        with nullcontext(within) if within else self.together() as connection:
            row = _known(connection, tagged.article)
            outcome: Outcome = "new" if row is None else "known" if _is_same(row, tagged.article) else "revised"
            article_id = row.id if row else None
            if article_id is not None and present(connection, article_id):
                outcome = "revised"
            if outcome != "known":
                before = Classification.model_validate(row.classification) if row else None
                if row:
                    tagged = tagged.model_copy(update={"article": _revision(tagged.article, read_article(row))})
                article_id = _keep_article(connection, tagged, row, now)
                if page:
                    self.evidence.keep(connection, source, link, page, now, article=(article_id, tagged.article.revision))
                decision = decide(tagged, before, candidates(connection, tagged, now))
                apply(connection, decision, now, url=tagged.article.url)
                if any(d.state == "pending" for alert in decision.alerts for d in alert.deliveries):
                    told(connection, article_id, source, now)
            _keep_link(connection, source, link, now, outcome=outcome, article_id=article_id)
        return outcome

    def reread(self, tagged: Tagged, decide: Decide, now: datetime) -> bool:
        """Put another reading of the same page in the place of the former one: no new revision.

        False where the article has another revision by now, or is not kept at all.
        """
        article = tagged.article
        with writing(self.engine) as connection:
            lock_stories(connection)
            row = connection.execute(select(articles).where(articles.c.url == article.url)).first()
            if row is None or row.revision != article.revision:
                return False
            before = Classification.model_validate(row.classification)
            connection.execute(update(articles).where(articles.c.id == row.id).values(_values(tagged)))
            if before != tagged.classification:
                apply(connection, decide(tagged, before, candidates(connection, tagged, now)), now, url=article.url)
        return True


def _known(connection: Connection, article: Article) -> Any:
    """Return the kept article that this one is: the one at its address, or, where a source moved its pages, the one in the same words."""
    row = connection.execute(_AT_ADDRESS, {"url": article.url}).first()
    return row or connection.execute(_IN_WORDS, {"source": article.source, "fingerprint": article.fingerprint}).first()


def _is_same(row: Any, article: Article) -> bool:
    """Say whether a kept article and a fresh one say the same; the rule may be newer than the fingerprint that was kept."""
    return article.fingerprint in (row.fingerprint, fingerprint(row.title, row.text))


def _revision(article: Article, former: Article) -> Article:
    """Return an article as the next revision of another: what its page says no more about its date stays known."""
    return article.model_copy(update={"revision": former.revision + 1, "published": article.published or former.published})


def _under(connection: Connection, source: str, link: Link) -> Any:
    """Return the kept article that a link led to, unless the article was seen elsewhere since."""
    mine = (links.c.source == source) & (links.c.url == link.url)
    other = links.alias()
    later = exists().where(other.c.article_id == links.c.article_id, other.c.seen_at > links.c.seen_at)
    return connection.execute(select(articles).join(links, links.c.article_id == articles.c.id).where(mine, ~later)).first()


def _keep_link(connection: Connection, source: str, link: Link, now: datetime, **known: Any) -> None:
    row = {"version": link.version, "seen_at": now, "reason": "", "article_id": None, **known}
    upsert(connection, links, {"source": source, "url": link.url}, row)


def _keep_article(connection: Connection, tagged: Tagged, old: Any, now: datetime) -> int:
    values = _values(tagged)
    if old is None:
        return int(connection.execute(insert(articles).returning(articles.c.id), values).scalar_one())
    former = {"body": {**old.body, "text": old.text}, "classification": old.classification, "replaced_at": now}
    connection.execute(insert(revisions).values(article_id=old.id, revision=old.revision, **former))
    mine = (revisions.c.article_id == old.id) & (revisions.c.revision > 1)
    connection.execute(delete(revisions).where(mine, revisions.c.revision <= old.revision - MOST_REVISIONS))
    connection.execute(update(articles).where(articles.c.id == old.id).values(values))
    return int(old.id)


def _values(tagged: Tagged) -> dict[str, Any]:
    article, classification = tagged.article, tagged.classification
    return {
        **article.model_dump(include={"url", "source", "revision", "title", "text", "published", "language", "fetched"}),
        "fingerprint": article.fingerprint,
        "scope": classification.scope,
        "score": classification.score,
        "body": article.model_dump(mode="json", exclude={"text"}),
        "classification": classification.model_dump(mode="json"),
    }
