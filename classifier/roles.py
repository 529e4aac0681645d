"""What part a party plays, by the words beside its name in the sentence that proves the cooperation."""

from __future__ import annotations

import re

from classifier.actor import Actor
from classifier.reading import Sentence
from spacepact.cooperation import Role

_SUPPLIES = frozenset({"launch-service", "industry", "ground-segment", "contribution"})
_BEFORE: tuple[tuple[Role, re.Pattern[str]], ...] = (
    ("lead", re.compile(r"\b(?:led|headed|spearheaded|coordinated) by (?:the )?$", re.IGNORECASE)),
    ("host", re.compile(r"\bhosted by (?:the )?$", re.IGNORECASE)),
)
_AFTER: tuple[tuple[Role, re.Pattern[str]], ...] = (
    ("lead", re.compile(r"(?:’s|'s)?(?:-led\b| (?:leads|is leading|will lead|led|heads) |牵头|主导|发起)")),
    ("host", re.compile(r" (?:hosts|hosted|is hosting|will host) ")),
    ("observer", re.compile(r"[^.;,]{0,60}\bas (?:an )?observers?\b|[^.;,]{0,30}\bobserver status\b")),
)
_REACH = 24
_SIGHT = 110


def role(actor: Actor, activity: str, text: str, sentence: Sentence) -> Role:
    """Return lead, host or observer where the sentence says so of this very name; else supplier or partner."""
    if sentence.start <= actor.start < sentence.end:
        before = text[max(sentence.start, actor.start - _REACH) : actor.start]
        after = text[actor.end : min(sentence.end, actor.end + _SIGHT)]
        for name, pattern in _BEFORE:
            if pattern.search(before):
                return name
        for name, pattern in _AFTER:
            if pattern.match(after):
                return name
    return "supplier" if actor.entry.kind == "company" and activity in _SUPPLIES else "partner"
