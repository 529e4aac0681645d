"""A message that tries a channel: it looks like any other, and nobody can take it for news."""

from __future__ import annotations

from datetime import datetime

from spacepact.cooperation import Cooperation, Evidence, Party
from spacepact.noun import stable_id
from spacepact.story import Alert, Delivery, Match, Story, Telling

SENTENCE = "This is a test message that an operator of spacepact has sent; nothing was signed by anybody."


def sample(channel: str, recipient: str, link: str, now: datetime) -> tuple[Delivery, Alert]:
    """Return what `spacepact channel test` sends over a channel; another id at every moment."""
    cooperation = Cooperation(
        parties=(Party(id="test-north", name="Test Agency North"), Party(id="test-south", name="Test Agency South")),
        stage="signed",
        activity="joint-mission",
        missions=("test-message",),
        evidence=(Evidence(text=SENTENCE, start=0, end=len(SENTENCE)),),
        confidence=1.0,
    )
    number = stable_id("test", channel, recipient, now.isoformat())
    telling = Telling(
        url=link,
        source="spacepact",
        site_name="spacepact",
        tier="official",
        title="Test message of spacepact",
        language="en",
        published=now,
    )
    story = Story(id=number, record=number, cooperation=cooperation, tellings=(telling,), first_seen=now, last_seen=now)
    delivery = Delivery(id=number, channel=channel, recipient=recipient, watchlists=("test",), reason="test")
    match = Match(watchlist="test", reasons=(f"somebody ran: spacepact channel test {channel}",))
    return delivery, Alert(id=number, kind="first-report", story=story, matches=(match,), decided=now, deliveries=(delivery,))
