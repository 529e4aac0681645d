"""All sources at a glance, as Markdown: by continent and tier, then one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from crawler.continents import CONTINENTS, continent
from crawler.source import Source
from spacepact.article import TIERS


def overview(sources: Mapping[str, Source]) -> str:
    """Return the tables that docs/source-list.md holds."""
    return "\n".join([*_counts(sources), "", *_each(sources)]) + "\n"


def _counts(sources: Mapping[str, Source]) -> Iterator[str]:
    counts = Counter((continent(s.country), s.tier) for s in sources.values())
    yield f"| continent | {' | '.join(TIERS)} | all | countries | languages |"
    yield "|---" * (len(TIERS) + 4) + "|"
    places = [c for c in CONTINENTS if any(counts[c, tier] for tier in TIERS)]
    for place in places:
        here = [s for s in sources.values() if continent(s.country) == place]
        of_tier = " | ".join(str(counts[place, tier]) for tier in TIERS)
        yield f"| {place} | {of_tier} | {len(here)} | {len({s.country for s in here})} | {' '.join(sorted({s.language for s in here}))} |"
    every = list(sources.values())
    totals = " | ".join(str(sum(s.tier == tier for s in every)) for tier in TIERS)
    yield f"| all | {totals} | {len(every)} | {len({s.country for s in every})} | {len({s.language for s in every})} |"


def _each(sources: Mapping[str, Source]) -> Iterator[str]:
    yield "| id | name | continent | country | tier | language | kind | every | verified |"
    yield "|---" * 9 + "|"
    order = sorted(sources.items(), key=lambda item: (continent(item[1].country), TIERS.index(item[1].tier), item[0]))
    for name, s in order:
        minutes = round(s.every.total_seconds() / 60)
        every = f"{minutes // 60}h" if minutes % 60 == 0 else f"{minutes}m"
        title, verified = s.name.replace("|", "\\|"), "yes" if s.verified else "no"
        cells = (name, title, continent(s.country), s.country, s.tier, s.language, s.kind, every, verified)
        yield f"| {' | '.join(cells)} |"
