"""Stage 3: keeps articles, stories and the delivery ledger; SQLite or PostgreSQL, one `Store`."""

from storage.archive import Archive, MissingEvidenceError
from storage.backfills import Progress
from storage.database import journal_mode, open_database, trouble
from storage.evidence import Kept
from storage.journal import Journal
from storage.ledger import Ledger
from storage.migrate import migrate
from storage.notebook import Note
from storage.reading import History, Reading
from storage.reserving import Ask, Claim, Item
from storage.room import disks, no_room, review_disks
from storage.sources import Sources, SourceState, Watched
from storage.store import Store

__all__ = [
    "Archive",
    "Ask",
    "Claim",
    "History",
    "Item",
    "Journal",
    "Kept",
    "Ledger",
    "MissingEvidenceError",
    "Note",
    "Progress",
    "Reading",
    "SourceState",
    "Sources",
    "Store",
    "Watched",
    "disks",
    "journal_mode",
    "migrate",
    "no_room",
    "open_database",
    "review_disks",
    "trouble",
]
