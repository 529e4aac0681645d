"""Words for people: what the ids of the taxonomy are called, and how a cooperation is put in one line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from spacepact.cooperation import Cooperation, Mode, Party, Stage
from spacepact.text import clean_line

_LABELS = {
    "ssa-stm": "space traffic and surveillance",
    "exploration-framework": "exploration framework",
    "education-capacity": "education and capacity building",
    "policy-dialogue": "policy dialogue",
    "mou": "memorandum of understanding",
    "letter-of-intent": "letter of intent",
    "none": "none named",
}
_HAPPENS: dict[Stage, str] = {"talks": "In talks", "in-development": "In development", "operating": "In operation"}
_EXPECTED: dict[Stage, str] = {
    "proposed": "To be proposed", "talks": "Talks planned", "signed": "To be signed", "in-development": "Development planned",
    "delivered": "To be delivered", "operating": "Operation planned", "launched": "To be launched", "extended": "To be extended",
    "delayed": "Delay expected", "suspended": "To be suspended", "ended": "To be ended",
}  # fmt: skip
_DENIED: dict[Stage, str] = {"talks": "No talks", "in-development": "Not in development", "operating": "Not in operation"}
_PREFIX: dict[Mode, str] = {"hypothetical": "Possible", "historical": "History"}


def label(word: str) -> str:
    """Return what an id of the taxonomy is called: `joint-mission` is a joint mission."""
    return _LABELS.get(word, word.replace("-", " "))


def phase(cooperation: Cooperation) -> str:
    """Return stage and mode as one expression, such as `Signed`, `To be signed`, `Not signed`, `Possible: signed`."""
    stage, mode = cooperation.stage, cooperation.mode
    if mode == "future":
        return _EXPECTED[stage]
    if mode == "negated":
        return _DENIED.get(stage, f"Not {stage}")
    said = _HAPPENS.get(stage, stage.capitalize())
    return f"{_PREFIX[mode]}: {said.lower()}" if mode in _PREFIX else said


def headline(cooperation: Cooperation, missions: Sequence[str]) -> str:
    """Return one line such as `Signed: JAXA and ISRO on LUPEX (joint mission)`; `missions` are names."""
    line = f"{phase(cooperation)}: {enumerate_names(party_names(cooperation), most=4)}"
    if missions:
        line += f" on {enumerate_names(missions, most=2)}"
    return line if cooperation.activity == "other" else f"{line} ({label(cooperation.activity)})"


def party_name(party: Party) -> str:
    """Return what people call a party: a country, which a classifier names `State:Brazil`, is Brazil."""
    if party.id == "unspecified":
        return "a partner not named"
    name = clean_line(party.name)
    is_state = party.id.startswith("state:") and name.casefold().startswith("state:")
    return (name[len("state:") :].strip() if is_state else name) or party.id


def party_names(cooperation: Cooperation) -> list[str]:
    """Return the names of the parties, each once."""
    return list(dict.fromkeys(party_name(p) for p in cooperation.parties))


def enumerate_names(names: Sequence[str], *, most: int) -> str:
    """Return `A, B and C`, or `A, B and 4 more` where there are more than `most`."""
    shown = list(names) if len(names) <= most else [*names[: most - 1], f"{len(names) - most + 1} more"]
    return " and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else "".join(shown)


def mission_name(number: str, names: Mapping[str, str], texts: Iterable[str]) -> str:
    """Return a mission's name: as the gazetteer has it, else as a text spells it, else made from its id."""
    if number in names:
        return clean_line(names[number])
    spelt = re.compile(r"(?<![A-Za-z0-9])" + r"[\W_]{0,3}".join(map(re.escape, number.split("-"))) + r"(?![A-Za-z0-9])", re.IGNORECASE)
    found = (m[0] for text in texts if (m := spelt.search(text)))
    return clean_line(next(found, number.replace("-", " ").title()))
