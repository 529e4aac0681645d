"""How an act is told: denied, weighed, to come, past, or plainly asserted."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from classifier.actor import Actor
from classifier.gazetteer import led
from classifier.reading import Sentence
from spacepact.cooperation import Mode

_DENIAL = re.compile(
    r"(?:\b(?:no|not|never|nor|neither|denie[sd]|deny|rejects?|rejected|refuse[sd]?|declined|ruled out|without"
    r"|aucun|aucune|ne|dement|refuse|nicht|kein|keine|keinen|dementiert|ningun|ninguna|niega|nego|non|nessun|nessuna|nega|smentisce"
    r"|nao|nenhum|nenhuma|не|нет|отказался|опроверг|опровергли)\b|n't\b|没有|否认|拒绝|未)[^.;:。]{0,30}$"
)
_ACTS = ("sign", "agreement", "agree", "cooperate", "joint", "accede", "exchange", "nations")
_SETTLED = frozenset({"sign", "begin", "accede", "done", "building", "proposed", "running"})


def denied(folded: str, sentence: Sentence) -> bool:
    """Return whether a sentence denies the act: a negation close before the first word for it."""
    first = min((sentence.cues[c] for c in _ACTS if c in sentence.cues), default=None)
    return first is not None and _DENIAL.search(folded[max(sentence.start, first - 60) : first]) is not None


_SAYS_NO = re.compile(
    r"\b(?:denies|denied|deny|dement|dementent|dementiert|dementieren|desmiente|desmienten|niega|smentisce|desmente|опроверг\w*)\b|否认|否定"
)


def title_denies(folded: str, title: Sentence) -> bool:
    """Return whether a title denies outright: "Seoul: no agreement was signed", "Rome denies a plan for a joint probe"."""
    if any(c in title.cues for c in ("suspend", "withdraw")):
        return False
    return denied(folded, title) or _SAYS_NO.search(folded[title.start : title.end]) is not None


_YEAR_FIRST = re.compile(
    r"\W{0,4}(?:back )?(?:(?:in|on|en|im jahr|nel|em|в|во) (?:[\w.]+,? ){0,2}?(?P<year>(?:19|20)\d\d)\b|(?P<nian>(?:19|20)\d\d)年)"
)
_LONG_AGO = 2


def long_ago(folded: str, sentence: Sentence, published: datetime | None) -> bool:
    """Return whether a sentence opens with a year well before its text was `published`: "In 2019 the agencies signed ..."."""
    opening = _YEAR_FIRST.match(folded, sentence.start, sentence.end) if published else None
    return bool(published and opening and published.year - int(opening["year"] or opening["nian"]) >= _LONG_AGO)


def mode(folded: str, sentence: Sentence, stage: str, published: datetime | None = None) -> Mode:
    """Return how the act is told: denied, weighed, to come, past, or plainly asserted."""
    cues = sentence.cues
    if long_ago(folded, sentence, published):
        return "historical"
    settled = not _SETTLED.isdisjoint(cues)
    if stage not in ("suspended", "ended", "delayed") and denied(folded, sentence):
        return "negated"
    if "hypothetical" in cues and not settled:
        return "hypothetical"
    if "will" in cues and not settled and stage in ("proposed", "talks", "signed"):
        return "future"
    return "historical" if "history" in cues and not settled else "asserted"


NEWS = timedelta(days=30)
"""So long a state that has joined a framework is told of as its newest member."""


def joined_before(parties: Iterable[Actor | None], sentence: Sentence, published: datetime | None) -> bool:
    """Return whether all states that a sentence lets join a framework are known to have joined it long before it was `published`."""
    if published is None:
        return False
    states = {p.blocs[0].lower() for p in parties if p is not None and p.state}
    limit = (published - NEWS).date().isoformat()
    frameworks = [m.entry for m in sentence.mentions if led(m.entry)]
    return bool(states and frameworks) and all(f.joined.get(s, limit) < limit for f in frameworks for s in states)
