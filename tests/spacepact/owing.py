"""Stories that are owed to somebody, kept as the service keeps them."""

from __future__ import annotations

from datetime import datetime

from spacepact.article import Article, Link
from spacepact.cooperation import Classification, Cooperation, Evidence, Party, Tagged
from spacepact.story import Alert, Decision, Delivery, Match, Story, Telling
from storage import Store


def owe(
    store: Store,
    number: int,
    now: datetime,
    channel: str,
    *recipients: str,
    lists: tuple[str, ...] = ("lunar",),
    record: str = "",
    batch: str | None = None,
) -> None:
    """Keep an article whose story is owed to each recipient; the deliveries are called `<number>-<recipient>`."""
    proof = Evidence(text="They signed.", start=0, end=12)
    found = Cooperation(parties=(Party(id="jaxa", name="JAXA"), Party(id="isro", name="ISRO")), evidence=(proof,), confidence=0.9)
    url = f"https://a.example/{number}"
    article = Article(url=url, source="a", title="T", text=f"They signed {number}.", published=now, fetched=now)
    telling = Telling(url=url, source="a", site_name="A", tier="trade", title="T", language="en", published=now)
    at = {"first_seen": now, "last_seen": now}
    story = Story(id=f"s{number}", record=record or f"s{number}", cooperation=found, tellings=(telling,), **at)
    owed = tuple(
        Delivery(id=f"{number}-{r}", channel=channel, recipient=r, watchlists=lists, reason="first-report", batch=batch) for r in recipients
    )
    match = Match(watchlist="lunar", reasons=("agency jaxa",))
    alert = Alert(id=url, kind="first-report", story=story, matches=(match,), decided=now, deliveries=owed)
    said = Classification(cooperation=True, score=0.9, scope="intergovernmental", cooperations=(found,))
    decision = Decision(stories=(story,), alerts=(alert,))
    store.add("a", Link(url=url), Tagged(article=article, classification=said), lambda *_: decision, now)
