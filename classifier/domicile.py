"""Where a text says that a company sits: it outweighs the gazetteer, which knows only the head of a group."""

from __future__ import annotations

import re
from collections.abc import Iterable

from classifier.gazetteer import PRIVATE_KINDS
from classifier.mentions import SURE, Mention

AMERICAN_STATES = (
    "Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Georgia|Hawaii|Idaho|Illinois|Indiana|Iowa|Kansas"
    "|Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan|Minnesota|Mississippi|Missouri|Montana|Nebraska|Nevada|New Hampshire"
    "|New Jersey|New Mexico|New York|North Carolina|North Dakota|Ohio|Oklahoma|Oregon|Pennsylvania|Rhode Island|South Carolina"
    "|South Dakota|Tennessee|Texas|Utah|Vermont|Virginia|Washington|West Virginia|Wisconsin|Wyoming"
)
_AMERICAN_TOWN = re.compile(rf"(?: ?\([^()]{{0,90}}\))? (?:of|based in) (?:[A-Z][\w.’'-]+ ?){{1,4}}, (?:{AMERICAN_STATES})\b")
_SUBSIDIARY = r" (?:subsidiary|affiliate|arm|unit|branch)\b"
_AWARD = re.compile(r"\b(?:award|contract|sign|select|agree|fund)", re.IGNORECASE)


def domiciles(text: str, mentions: Iterable[Mention]) -> dict[str, str]:
    """Return id -> country code of the companies whose home a text tells.

    "BAE Systems of Boulder, Colorado" is American here, and so is "Airbus' U.S. subsidiary" where it signs or wins.
    """
    out: dict[str, str] = {}
    before: Mention | None = None
    for mention in mentions:
        if mention.confidence < SURE:
            continue
        if mention.entry.kind in PRIVATE_KINDS:
            if _AMERICAN_TOWN.match(text, mention.end):
                out[mention.id] = "US"
        elif mention.entry.kind == "country" and before is not None and re.match(_SUBSIDIARY, text[mention.end : mention.end + 14]):
            owner = before
            near = owner.entry.kind in PRIVATE_KINDS and text[owner.end : mention.start] in ("’s ", "'s ", "’ ", "' ")
            if near and _AWARD.search(text, max(0, owner.start - 200), mention.end + 200):
                out[owner.id] = mention.entry.country[0]
        before = mention
    return out
