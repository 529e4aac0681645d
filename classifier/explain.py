"""Why the classifier said what it said: names, weights, proof, and what would have changed its mind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from math import log
from typing import Literal, NamedTuple

from classifier.classify import Classifier
from classifier.cooperations import Judged
from classifier.digest import parts
from classifier.document import document_features
from classifier.features import CORE
from classifier.folding import mask
from classifier.gazetteer import Entry
from classifier.mentions import SURE, Mention
from classifier.model import Model
from classifier.reading import Reading, Sentence, read
from spacepact.cooperation import COOPERATION_SCOPES, Classification, Scope
from spacepact.noun import Noun

Standing = Literal["sure", "ambiguous", "left-out"]
MOST_WEIGHTS = 8
"""For and against the verdict of a document each; half as many for a sentence."""
MOST_CHANGES = 6
_EVERYWHERE = frozenset({"bias", "title", "lede"})
"""Features of every document: they tell nothing about this one."""
_DOUBTED = 8
"""How many sentences, parties and classes of words are taken away in turn."""


class Marked(Noun):
    """A name in the text: `start` and `end` as in Evidence; `reason` says why it is not sure."""

    start: int
    end: int
    id: str
    kind: str
    alias: str
    confidence: float
    standing: Standing
    reason: str = ""


class Weight(Noun):
    """A feature that decided. `effect`: log-odds of cooperation news that are lost without it; `where` it counts."""

    feature: str
    effect: float
    where: tuple[str, ...] = ()


class Proof(Noun):
    """An evidence sentence: the probability it has by itself, and the log-odds that made it."""

    text: str
    start: int
    end: int
    score: float
    weights: tuple[Weight, ...]


class Change(Noun):
    """A change to the text, with the score and the verdict that it would bring."""

    what: str
    score: float
    cooperation: bool


class Explanation(Noun):
    r"""All that `spacepact explain` shows. Offsets count code points in `text`, which is title, newline, text.

    `part`: the item of a digest that decided, None where the text is one article. `changes` stand alone,
    the one that moves the score most first; `together` is the shortest row of them that tips the verdict.
    """

    text: str
    language: str | None
    classification: Classification
    threshold: float
    scopes: dict[Scope, float]
    part: tuple[int, int] | None
    mentions: tuple[Marked, ...]
    weights: tuple[Weight, ...]
    proofs: tuple[Proof, ...]
    changes: tuple[Change, ...]
    together: tuple[Change, ...]


def explain_document(
    classifier: Classifier, title: str, text: str, language: str | None = None, published: datetime | None = None
) -> Explanation:
    """Classify a document and say why; the verdict is the one that `classifier.classify` gives."""
    inside = _Inside(classifier)
    said = classifier.classify(title, text, language=language, published=published)
    reading = inside.read(title, text)
    items = parts(reading)
    judged = max(map(inside.judge, items), key=lambda j: j.score)
    changes = _changes(judged, inside, said)
    part = (judged.reading.sentences[0].start, judged.reading.sentences[-1].end) if len(items) > 1 else None
    return Explanation(
        text=reading.text,
        language=language,
        classification=said,
        threshold=inside.model.threshold,
        scopes={s: round(p, 4) for s, p in judged.scopes.items()},
        part=part,
        mentions=tuple(_marked(reading, inside)),
        weights=tuple(_weights(judged, inside.model)),
        proofs=tuple(_proofs(judged, said, inside.model)),
        changes=tuple(c for _, c in changes[:MOST_CHANGES]),
        together=tuple(_together(judged, changes, inside, said)),
    )


class _Inside:
    """The parts of a classifier that only an explanation looks at."""

    def __init__(self, classifier: Classifier) -> None:
        self.matcher = classifier._matcher  # noqa: SLF001 - explaining is looking inside
        self.lexicon = classifier._lexicon  # noqa: SLF001
        self.model: Model = classifier._model  # noqa: SLF001
        self.judge: Callable[[Reading], Judged] = classifier._judge  # noqa: SLF001

    def read(self, title: str, text: str) -> Reading:
        return read(title, text, self.matcher, self.lexicon)


def _marked(reading: Reading, inside: _Inside) -> Iterator[Marked]:
    """Yield every name in order; a name that was found but kept by no mention is one that the text defines as something else."""
    rivals: dict[tuple[int, int], list[Entry]] = defaultdict(list)
    for hit in inside.matcher.hits(mask(reading.text), reading.folded):
        rivals[hit.start, hit.end].append(hit.surface.entry)
    told = {(m.start, m.end) for m in reading.mentions}
    found = [_mark(m, rivals[m.start, m.end]) for m in reading.mentions]
    for (start, end), entries in rivals.items():
        if (start, end) not in told:
            entry, alias = entries[0], reading.text[start:end]
            reason = "the words around it make it something else"
            found.append(
                Marked(start=start, end=end, id=entry.id, kind=entry.kind, alias=alias, confidence=0, standing="left-out", reason=reason)
            )
    yield from sorted(found, key=lambda m: (m.start, m.end))


def _mark(mention: Mention, entries: list[Entry]) -> Marked:
    sure = mention.confidence >= SURE
    return Marked(
        start=mention.start,
        end=mention.end,
        id=mention.id,
        kind=mention.entry.kind,
        alias=mention.alias,
        confidence=round(mention.confidence, 2),
        standing="sure" if sure else "ambiguous",
        reason="" if sure else _doubt(mention, entries),
    )


def _doubt(mention: Mention, entries: list[Entry]) -> str:
    entry = mention.entry
    others = sorted({e.id for e in entries} - {entry.id})
    known = entry.ambiguous.get(mention.alias, "")
    wanted = ", ".join(entry.context[:4])
    return "; ".join(
        [f"may also stand for {', '.join(others)}"] * bool(others)
        + [known] * bool(known)
        + [f"no word such as {wanted} stands near"] * bool(wanted)
    ) or ("a word of everyday language, and nothing near says that it is a name")


def _log_odds(scopes: Mapping[Scope, float]) -> float:
    yes = sum(scopes[s] for s in COOPERATION_SCOPES)
    return log(max(yes, 1e-12)) - log(max(sum(scopes.values()) - yes, 1e-12))


_PLACES = {
    "n": "how often",
    "share": "share of sentences",
    "t": "title",
    "l": "first sentences",
    "para": "one paragraph",
    "s": "sentence scores",
}


def _weights(judged: Judged, model: Model) -> list[Weight]:
    """Return what decided about the document: each feature with all places where it counts, by its effect."""
    if not judged.seen:
        return []
    features = document_features(judged.reading, judged.seen, judged.scores)
    whole = _log_odds(model.scope_scores(features))
    groups: dict[str, list[str]] = defaultdict(list)
    for name in features:
        place, _, base = name.partition(":")
        groups["proof" if place == "s" else base if place in _PLACES and base else name].append(name)
    out = [_weight(base, names, whole - _log_odds(model.scope_scores(_without(features, names)))) for base, names in groups.items()]
    return _strongest(out, MOST_WEIGHTS)


def _without(features: Mapping[str, float], names: Iterable[str]) -> dict[str, float]:
    gone = frozenset(names)
    return {name: value for name, value in features.items() if name not in gone}


def _weight(base: str, names: list[str], effect: float) -> Weight:
    where = dict.fromkeys(_PLACES[place] for place, colon, _ in (n.partition(":") for n in names) if colon and place in _PLACES)
    return Weight(feature=base, effect=round(effect, 3), where=tuple(where))


def _strongest(weights: Iterable[Weight], most: int) -> list[Weight]:
    """Return the strongest for and against, from the one that speaks most for cooperation to the one that speaks most against."""
    ranked = sorted((w for w in weights if w.effect and w.feature not in _EVERYWHERE), key=lambda w: (-w.effect, w.feature))
    return [w for w in ranked if w.effect > 0][:most] + [w for w in ranked if w.effect < 0][-most:]


def _proofs(judged: Judged, said: Classification, model: Model) -> Iterator[Proof]:
    at = {v.sentence.start: (v, score) for v, score in zip(judged.seen, judged.scores, strict=True)}
    for evidence in dict.fromkeys(e for c in said.cooperations for e in c.evidence):
        if evidence.start in at:
            view, score = at[evidence.start]
            weights = _strongest((Weight(feature=f, effect=model.sentence.get(f, 0.0)) for f in view.features), MOST_WEIGHTS // 2)
            yield Proof(**evidence.model_dump(), score=round(score, 4), weights=tuple(weights))


class _Edit(NamedTuple):
    """A change to a reading: which mentions and words are taken away or added, and where."""

    what: str
    of: Callable[[Sentence], Sentence | None]


def _edited(reading: Reading, edit: _Edit) -> Reading:
    kept = [(s.index < reading.titles, edit.of(s)) for s in reading.sentences]
    left = [(title, s) for title, s in kept if s is not None]
    sentences = tuple(replace(s, index=i) for i, (_, s) in enumerate(left))
    return replace(reading, titles=sum(title for title, _ in left), sentences=sentences)


def _changes(judged: Judged, inside: _Inside, said: Classification) -> list[tuple[_Edit, Change]]:
    """Return single changes that push the verdict the other way, the one that pushes hardest first."""
    edits = _removals(judged, inside) if said.cooperation else _additions(judged.reading)
    tried = [(e, _change(e.what, inside.judge(_edited(judged.reading, e)), inside.model)) for e in edits]
    sign = 1 if said.cooperation else -1
    return sorted((t for t in tried if sign * (judged.score - t[1].score) > 0.005), key=lambda t: sign * t[1].score)


def _change(what: str, judged: Judged, model: Model) -> Change:
    return Change(what=what, score=round(judged.score, 4), cooperation=judged.score >= model.threshold)


def _together(judged: Judged, changes: list[tuple[_Edit, Change]], inside: _Inside, said: Classification) -> Iterator[Change]:
    reading = judged.reading
    for edit, alone in changes:
        reading = _edited(reading, edit)
        change = _change(alone.what, inside.judge(reading), inside.model)
        yield change
        if change.cooperation != said.cooperation:
            return


def _removals(judged: Judged, inside: _Inside) -> Iterator[_Edit]:
    """Yield what could be missing: a sentence, a party, a class of words."""
    reading = judged.reading
    ranked = sorted(zip(judged.scores, judged.seen, strict=True), key=lambda pair: -pair[0])[:_DOUBTED]
    for _, view in ranked:
        start = view.sentence.start
        yield _Edit(
            f"without the sentence {_short(reading.text[start : view.sentence.end])}", lambda s, at=start: None if s.start == at else s
        )
    for ident in list(dict.fromkeys(a.entry.id for _, v in ranked for a in v.actors))[:_DOUBTED]:
        yield _Edit(f"without {ident}", lambda s, gone=ident: replace(s, mentions=tuple(m for m in s.mentions if m.entry.id != gone)))
    words = _words(reading, inside)
    for cue in list(dict.fromkeys(c for _, v in ranked[:3] for c in v.sentence.cues)):
        yield _Edit(
            f"without words of the class {cue} ({', '.join(words.get(cue, [])[:3])})",
            lambda s, gone=cue: replace(s, cues={name: at for name, at in s.cues.items() if name != gone}),
        )


def _words(reading: Reading, inside: _Inside) -> dict[str, list[str]]:
    first, last = reading.sentences[0].start, reading.sentences[-1].end
    found: dict[str, list[str]] = defaultdict(list)
    for cue in inside.lexicon.cues(reading.folded[first:last]):
        word = reading.text[first + cue.start : first + cue.end].lower()
        if word not in found[cue.name]:
            found[cue.name].append(word)
    return found


def _additions(reading: Reading) -> Iterator[_Edit]:
    """Yield what the title and the first two sentences do not say: an act of cooperation, a party from abroad, space."""
    top = reading.titles + 2
    stranger = Entry(id="foreign-agency", kind="agency", name="a foreign agency", country=("XX",))
    yield _Edit(
        "with a foreign agency in the title and the first sentences",
        lambda s: replace(s, mentions=(*s.mentions, _mention(stranger, s.end))) if s.index < top else s,
    )
    for cue in sorted(CORE | {"space"}):
        yield _Edit(
            f"with words of the class {cue} in the title and the first sentences",
            lambda s, new=cue: replace(s, cues={**s.cues, new: s.cues.get(new, s.end - 1)}) if s.index < top else s,
        )


def _mention(entry: Entry, at: int) -> Mention:
    return Mention(at, at, entry, entry.id, entry.name, entry.name, 1.0)


def _short(sentence: str) -> str:
    return f"“{sentence}”" if len(sentence) <= 60 else f"“{sentence[:57].rstrip()}…”"
