"""What a model may look at: names of features with values, never names of sources, persons or titles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from classifier.actor import Actor
from classifier.domicile import domiciles
from classifier.gazetteer import led
from classifier.parties import Actors, Relation, home_of
from classifier.prefixed import Prefixed
from classifier.reading import Reading, Sentence

ACTS = frozenset((
    "sign", "agree", "agreement", "cooperate", "joint", "international", "meet", "accede", "join", "contribute", "participate",
    "support", "exchange", "plan", "begin", "withdraw", "suspend", "extend", "delay", "contract", "launch", "crew", "data",
    "nations", "statement", "leaders", "rivalry", "history", "boilerplate", "finding", "advisory", "counterparts", "exploration",
    "event", "award", "personnel", "finance", "education", "industry", "done", "talking", "proposed", "building", "running", "handed",
    "flown", "prolonged", "jointmission", "instrument", "datashare", "launchdeal", "spacecoop",
))  # fmt: skip


class SentenceView(NamedTuple):
    """A sentence with its actors, relations and features."""

    sentence: Sentence
    actors: list[Actor]
    relations: set[Relation]
    features: frozenset[str]


CORE = frozenset(
    {"sign", "agreement", "cooperate", "joint", "accede", "exchange", "withdraw", "suspend", "extend", "contribute", "nations"}
)
DEALS = frozenset({"contract", "sign", "agreement", "cooperate", "launch", "contribute", "support"})


class _Context(NamedTuple):
    """What a sentence knows of its document."""

    text: str
    home: str
    partner: bool
    private: bool
    together: bool
    firm: Actor | None
    title: int
    total: int


class Views(NamedTuple):
    """Every sentence of a document, and the bloc that the document speaks from."""

    home: str
    seen: list[SentenceView]


def views(reading: Reading, actors: Actors) -> Views:
    """Return every sentence with its features; linear in the number of sentences."""
    homes = domiciles(reading.text, reading.mentions)
    named = [actors.named(s) for s in reading.sentences]
    who = [actors.with_europe(s, actors.of(n, reading.text, homes), reading.text) for s, n in zip(reading.sentences, named, strict=True)]
    home = home_of(named, reading.titles)
    top = [a for found in who[:4] for a in found]
    partner = any(a.public and a.blocs and home not in a.blocs for a in top) or any(actors.members(s) for s in reading.sentences[:2])
    private = _speaker(who[:4])
    together = any("public-foreign" in joined(s, w, actors) for s, w in zip(reading.title, who, strict=False))
    context = _Context(reading.text, home, partner, private, together, _firm(who), reading.titles, len(reading.sentences))
    spacey = _spacey(reading.sentences)
    return Views(home, [_view(s, w, context, actors, spacey=f) for s, w, f in zip(reading.sentences, who, spacey, strict=True)])


def _speaker(top: Sequence[list[Actor]]) -> bool:
    """Return whether a company is the first whom a document names: the others may be its customers."""
    first = next((a for who in top for a in who if not a.place and not a.adjective), None)
    return first is not None and not first.public


def _firm(seen: Sequence[list[Actor]]) -> Actor | None:
    """Return the company or university that most sentences name: "the company" is that one."""
    named = {a.entry.id: a for who in seen for a in who if not a.public and not a.adjective and a.blocs}
    votes = Counter(a.entry.id for who in seen for a in who if a.entry.id in named)
    return named[votes.most_common(1)[0][0]] if votes else None


def _view(sentence: Sentence, who: list[Actor], context: _Context, actors: Actors, *, spacey: bool) -> SentenceView:
    relations = actors.relations(who)
    pairs = _pairs(who, relations, actors, context, sentence)
    features = [_place(sentence, context), *sentence.cues]
    if not spacey or attends(sentence) or "hearsay" in sentence.cues:
        pairs = []
        features.append("aside" if spacey else "off")
    else:
        features += _composites(sentence, pairs)
        features += _links(context.text, sentence, who, actors)
    if pairs:
        features += pairs
        acts = [cue for cue in sentence.cues if cue in ACTS] + ["company"] * context.private
        features += [acting[act] for acting in map(_acting, pairs) for act in acts]
    if sentence.index > 9 and sentence.index >= 0.8 * context.total:
        features.append("tail")
    if who and any(a.place for a in who):
        features.append("place")
    if len(who) > 3:
        features.append("many-actors")
    if sentence.mentions and any(m.entry.kind == "forum" for m in sentence.mentions):
        features.append("forum")
    if sentence.end - sentence.start < 40:
        features.append("short")
    return SentenceView(sentence, who, relations, frozenset(features))


@cache
def _acting(pair: str) -> Mapping[str, str]:
    """Return for each act the feature of a pair that acts so."""
    return Prefixed(f"{pair}&")


_DONE_TOGETHER = (CORE - {"contribute", "nations"}) | {"agree", "meet", "done", "talking", "delay", "contract", "building", "jointmission"}


def attends(sentence: Sentence) -> bool:
    """Return whether the parties merely sit in one hall: speakers, panels and guests without an act between them."""
    return "attend" in sentence.cues and _DONE_TOGETHER.isdisjoint(sentence.cues)


def _place(sentence: Sentence, context: _Context) -> str:
    """Return where a sentence stands; the first of a paragraph may be the lede of an item of a digest."""
    position = sentence.index - context.title
    if position < 0:
        return "title"
    if position < 2:
        return "lede"
    return ("early" if position < 6 else "late") + ("-first" if sentence.opens else "")


def _composites(sentence: Sentence, pairs: list[str]) -> Sequence[str]:
    """Return what makes a cooperation whatever the words: a foreign pair, an act of any kind, and space itself."""
    cues = sentence.cues
    core = min(2, sum([cue in CORE for cue in cues]))
    return _composed(tuple(pairs), core, deal=not DEALS.isdisjoint(cues), space=sentence.space)


@cache
def _composed(pairs: tuple[str, ...], core: int, *, deal: bool, space: bool) -> Sequence[str]:
    if not _FOREIGN_PAIRS.isdisjoint(pairs):
        pairs = (*pairs, "FP")
    kinds = ["core"] * (core > 0) + ["core2"] * (core > 1) + ["deal"] * deal
    out = [f"{pair}&{kind}" for pair in pairs for kind in kinds]
    return out + ([f"{name}&space" for name in (*out, *pairs)] + ["core&space"] * (core > 0) if space else [])


_FOREIGN_PAIRS = frozenset({"PP", "Pp", "PC", "Pc", "FC"})


def about_space(reading: Reading) -> bool:
    """Return whether a text says anything of substance about space: one sentence in a long text is a passing mention."""
    said = sum(s.space for s in reading.sentences)
    return said > 1 or (said == 1 and len(reading.sentences) <= PASSING)


PASSING = 8


def _links(text: str, sentence: Sentence, who: list[Actor], actors: Actors) -> list[str]:
    """Return how neighbouring foreign actors are joined: by a hyphen, "and", "with", or by cues that stand between."""
    out: list[str] = []
    for a, b in pairwise([a for a in who if not a.place]):
        kind = _SHORT[actors.relation(a, b)]
        if kind == "DD":
            continue
        between = text[a.end : b.start] if a.end <= b.start else ""
        word = _CONNECTORS.get(between.strip(" ,").casefold())
        if word:
            out.append(f"{kind}:{word}")
        elif len(between) < 120:
            out += [f"{kind}<{cue}>" for cue, at in sentence.cues.items() if a.end <= at < b.start and cue in ACTS]
        before = text[max(0, b.start - 24) : b.start].casefold()
        out += [f"{kind}:{p.strip()}-" for p in _PREPOSITIONS if p in before and p in before[-len(p) - 5 :]]
    return out


def joins(between: str) -> bool:
    """Return whether words between two names make them one subject: "and", a hyphen, their equals in other languages."""
    return _CONNECTORS.get(between.strip(" ,").casefold()) in ("and", "hyphen")


_SHORT: dict[Relation, str] = {"public-foreign": "PP", "mixed-foreign": "PC", "private-foreign": "CC", "domestic": "DD"}
_CONNECTORS = {
    "-": "hyphen", "–": "hyphen", "‑": "hyphen", "/": "slash", "and": "and", "and the": "and", "&": "and", "": "next", "、": "comma",
    "和": "and", "与": "and", "同": "and", "及": "and", "et": "and", "et la": "and", "und": "and", "y": "and", "y la": "and", "e": "and",
    "e la": "and", "и": "and", "with": "with", "with the": "with", "'s": "of", "’s": "of", "-led": "led",
}  # fmt: skip
_PREPOSITIONS = (" with ", " for ", " from ", " between ", " by ", "与", "同", "向", " avec ", " mit ", " con ", " com ", " с ", " со ")


def _pairs(who: list[Actor], relations: set[Relation], actors: Actors, context: _Context, sentence: Sentence) -> list[str]:
    """Return the strongest pair of a sentence, and whether the document or a joint mission implies one."""
    strong = joined(sentence, who, actors)
    pair, single = _strongest(strong, relations), _single(who, context.home)
    pairs = [pair or single] + ["P1"] * (pair == "DD" and single == "P1")
    implied = context.partner or "nations" in sentence.cues
    if implied and relations.isdisjoint(_WITH_PUBLIC):
        pairs += ["IP", "TP"] if context.together else ["IP"]
    if context.firm is not None and relations.isdisjoint(_WITH_PUBLIC) and not _SPEAKS_OF.isdisjoint(sentence.cues):
        pairs += ["FC"] * any(a.public and not a.place and actors.relation(a, context.firm) == "mixed-foreign" for a in who)
    if "chinese" in sentence.cues and relations.isdisjoint(_WITH_PUBLIC):
        pairs += ["FC"] * any(a.public and not a.place and "CN" not in a.blocs for a in who)
    if len(actors.owners(sentence) | {context.home}) > 1:
        pairs.append("OM")
    return [p for p in pairs if p]


_SPEAKS_OF = frozenset({"again", "ours"})
"""Words for a party that the sentence does not name: "the company", "we"; in Chinese "we" is China ("chinese")."""
_WITH_PUBLIC: frozenset[Relation] = frozenset({"public-foreign", "mixed-foreign"})


def joined(sentence: Sentence, who: list[Actor], actors: Actors) -> set[Relation]:
    """Return the relations of those who are named, of the members of a small forum, and of who joins a framework."""
    strong = actors.relations([a for a in who if not a.adjective])
    return strong | {"public-foreign"} if actors.members(sentence) or _joins_a_framework(sentence, who, actors) else strong


def _joins_a_framework(sentence: Sentence, who: list[Actor], actors: Actors) -> bool:
    """Return whether a state or agency accedes to what a foreign agency leads: "Oman signs the Artemis Accords"."""
    if _JOINING.isdisjoint(sentence.cues) or not any(led(m.entry) for m in sentence.mentions):
        return False
    owners = actors.owners(sentence)
    return any(a.public and not a.place and not a.adjective and owners.isdisjoint(a.blocs) for a in who)


_JOINING = frozenset({"accede", "sign"})
_RANKS: tuple[tuple[str, Relation, bool], ...] = (
    ("PP", "public-foreign", True),
    ("Pp", "public-foreign", False),
    ("PC", "mixed-foreign", True),
    ("Pc", "mixed-foreign", False),
    ("CC", "private-foreign", True),
    ("DD", "domestic", True),
)
"""P public, C company or university, lower case: only a demonym; D of one country."""


def _strongest(strong: set[Relation], relations: set[Relation]) -> str:
    if not relations and not strong:
        return ""
    return next((name for name, relation, named in _RANKS if relation in (strong if named else relations)), "")


def _single(who: list[Actor], home: str) -> str:
    """Return what a sentence without a pair names: a foreign state or agency (P1), one of home, a place, a company."""
    public = [a for a in who if a.public and not a.place]
    if public and any(a.blocs and home not in a.blocs for a in public):
        return "P1"
    if public:
        return "PH"
    if who and all(a.place for a in who):
        return "PL"
    return "C1" if who else ""


def _spacey(sentences: Sequence[Sentence]) -> list[bool]:
    """Return for each sentence whether space is its topic, or that of the sentences beside it.

    A text of many topics ("leaders' statement") changes them with the paragraph.
    """
    own = [s.space for s in sentences]
    mixed = sum(own) < _MIXED * len(own)
    breaks = [mixed and s.opens for s in sentences] + [True]
    return [
        here or (i > 0 and own[i - 1] and not breaks[i]) or (i + 1 < len(own) and own[i + 1] and not breaks[i + 1])
        for i, here in enumerate(own)
    ]


_MIXED = 0.4
