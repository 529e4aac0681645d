"""Subscribers as rows for people and as CSV for spreadsheets."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Literal, TextIO

from spacepact.errors import SpacepactError
from spacepact.noun import Noun
from spacepact.subscriber import Subscriber, Wish, address_key
from storage.subscribers import EVERYTHING, Subscribers

COLUMNS = ("address", "watchlists", "frequency", "zone", "confirmed")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet may take for the beginning of a formula (OWASP, "CSV Injection")."""


class Row(Noun):
    """One address as a person looks at it; `reason` is why it gets nothing."""

    address: str
    state: Literal["active", "waiting", "refuses"]
    watchlists: tuple[str, ...] = ()
    frequency: str = ""
    zone: str = ""
    since: datetime
    reason: str = ""

    def line(self) -> str:
        """Return the row for a terminal, tab between its cells."""
        what = [" ".join(self.watchlists), self.frequency, self.zone, f"{self.since:%Y-%m-%d}", self.reason]
        return "\t".join([self.address, self.state, *what])


def rows(store: Subscribers) -> list[Row]:
    """Return every address that is known, in order: those who get mail, those who were asked, those who refuse."""
    gone = {address_key(r.address): r for r in store.refusals() if r.watchlist == EVERYTHING}
    found = [
        Row(address=s.address, state="active", since=s.confirmed, **_wish(s)) for s in store.all() if address_key(s.address) not in gone
    ]
    found += [Row(address=w.address, state="waiting", since=w.asked, **_wish(w.wish)) for w in store.waiting()]
    found += [Row(address=r.address, state="refuses", since=r.since, reason=r.reason) for r in gone.values()]
    return sorted(found, key=lambda row: address_key(row.address))


def _wish(wish: Wish) -> dict[str, object]:
    return wish.model_dump(include={"watchlists", "frequency", "zone"})


def write_csv(subscribers: Iterable[Subscriber], out: TextIO) -> None:
    """Write a table (RFC 4180) that `read_csv` reads; a cell that looks like a formula gets an apostrophe before it."""
    table = csv.writer(out)
    table.writerow(COLUMNS)
    for s in subscribers:
        cells = (s.address, " ".join(s.watchlists), s.frequency, s.zone, s.confirmed.isoformat())
        table.writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells])


def read_csv(lines: TextIO) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield line number and cells by column; raises SpacepactError where the head is not ours or a line is no CSV."""
    table = csv.DictReader(lines, restval="", strict=True)
    try:
        missing = [name for name in COLUMNS[:4] if name not in (table.fieldnames or ())]
        if missing:
            raise SpacepactError(f"the first line must name the columns {', '.join(COLUMNS[:4])}; {missing[0]} is missing")
        for cells in table:
            yield table.line_num, {name: _plain((cells.get(name) or "").strip()) for name in COLUMNS}
    except (csv.Error, UnicodeDecodeError) as error:
        raise SpacepactError(f"line {table.line_num}: not CSV in UTF-8: {error}") from None


def _plain(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell
