"""How an act is told: denied, weighed, to come, past, or plainly asserted."""

from __future__ import annotations

import re

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


def mode(folded: str, sentence: Sentence, stage: str) -> Mode:
    """Return how the act is told: denied, weighed, to come, past, or plainly asserted."""
    cues = sentence.cues
    settled = not _SETTLED.isdisjoint(cues)
    if stage not in ("suspended", "ended", "delayed") and denied(folded, sentence):
        return "negated"
    if "hypothetical" in cues and not settled:
        return "hypothetical"
    if "will" in cues and not settled and stage in ("proposed", "talks", "signed"):
        return "future"
    return "historical" if "history" in cues and not settled else "asserted"
