"""Stage 3: keeps articles, stories and the delivery ledger; SQLite or PostgreSQL, one `Store`."""

from storage.database import journal_mode, open_database
from storage.journal import Journal
from storage.ledger import Claim, Item, Ledger
from storage.migrate import migrate
from storage.reading import Reading
from storage.sources import Sources, SourceState
from storage.store import Store

__all__ = ["Claim", "Item", "Journal", "Ledger", "Reading", "SourceState", "Sources", "Store", "journal_mode", "migrate", "open_database"]
