"""What the demonstration prints: progress while it runs, then what was collected, tagged, alerted and rightly left alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from rich.console import Console
from rich.table import Table

from alerts.wording import party_names
from spacepact.cooperation import Tagged
from spacepact.demo.content import Outlet, Page
from spacepact.demo.verdict import Verdict
from spacepact.story import Story
from storage.reading import DeliveryRow
from storage.sources import SourceState


def collected(console: Console, outlets: Sequence[Outlet], articles: Sequence[Tagged], states: Sequence[SourceState]) -> None:
    """Print one line an outlet: how many pages it has, how many became articles, how many are cooperation news."""
    table = Table("Outlet", "Kind", "Tier", "Pages", "Articles", "Cooperation", "Last visit said", title="Collected")
    said = {state.id: state.reason for state in states}
    for outlet in outlets:
        of = [t for t in articles if t.article.source == outlet.id]
        news = sum(t.classification.cooperation for t in of)
        table.add_row(
            outlet.name, outlet.kind, outlet.tier, str(len(outlet.pages)), str(len(of)), str(news), said.get(outlet.id, "not visited")
        )
    console.print(table)


def told(console: Console, rows: Sequence[DeliveryRow], stories: Mapping[str, Story]) -> None:
    """Print one line an alert: what it says, who was told over which channel, and why."""
    table = Table("Alert", "Parties", "Stage", "Articles", "Told", "Why", title="Alerts")
    by_alert: dict[tuple[str, int, str], list[DeliveryRow]] = {}
    for row in sorted(rows, key=lambda r: (r.created, r.story_id or "", r.channel)):
        if row.state == "sent" and row.story_id:
            by_alert.setdefault((row.story_id, row.revision, row.kind), []).append(row)
    for (story_id, _, kind), group in by_alert.items():
        story = stories[story_id]
        parties = ", ".join(party_names(story.cooperation))
        people = ", ".join(f"{r.channel}: {r.recipient}" if r.channel == "desk-mail" else r.channel for r in group)
        why = ", ".join(sorted({name for r in group for name in r.watchlists}))
        table.add_row(kind, parties, story.cooperation.stage, str(len(story.tellings)), people, why)
    console.print(table)


def left_alone(console: Console, pages: Iterable[tuple[str, Page]], articles: Mapping[str, Tagged]) -> None:
    """Print what was rightly not alerted, grouped by the analyst's reason."""
    table = Table("Article", "Why no alert", "Scope found", title="Rightly not alerted")
    for url, page in pages:
        if not page.expect.cooperation and url in articles:
            table.add_row(page.title, page.expect.why, articles[url].classification.scope)
    console.print(table)


def held_back(console: Console, rows: Sequence[DeliveryRow]) -> None:
    """Print how many deliveries were held back, by reason."""
    reasons = Counter(row.reason for row in rows if row.state == "suppressed")
    for reason, count in reasons.items():
        console.print(f"held back: {count} x {reason}")


def verdict(console: Console, result: Verdict, counts: Mapping[str, int], seconds: float) -> None:
    """Print whether exactly the expected alerts arrived."""
    for name in ("missing", "unexpected", "lost", "doubled", "refused"):
        for line in getattr(result, name):
            console.print(f"[bold red]{name}[/]: {line}", highlight=False)
    numbers = ", ".join(f"{count} {name}" for name, count in counts.items())
    mark = "[bold green]exactly the expected alerts arrived[/]" if result.right else "[bold red]not exactly the expected alerts arrived[/]"
    console.print(f"{mark}: {numbers}; lost {len(result.lost)}, doubled {len(result.doubled)}; {seconds:.1f} s")
