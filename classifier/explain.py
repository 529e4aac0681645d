"""Why the classifier said what it said: names, weights, proof, and what would have changed its mind."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from math import log
from typing import Literal

from classifier.changes import Change, Tester, words_by_class
from classifier.classify import Classifier
from classifier.cues import Lexicon
from classifier.digest import parts
from classifier.document import document_features
from classifier.features import CORE, DEALS
from classifier.folding import mask
from classifier.gazetteer import Entry
from classifier.judged import Judged
from classifier.matcher import Matcher
from classifier.mentions import SURE, Mention
from classifier.model import Model
from classifier.reading import Reading, read
from classifier.reasons import MOST_WORDS, Reason, reasons
from spacepact.cooperation import COOPERATION_SCOPES, Classification, Scope
from spacepact.noun import Noun

Standing = Literal["sure", "ambiguous", "left-out"]
MOST_WEIGHTS = 8
"""For and against the verdict of a document each; half as many for a sentence."""
MOST_CHANGES = 6
_EVERYWHERE = frozenset({"bias", "title", "lede"})
"""Features of every document: they tell nothing about this one."""
_PLACES = {
    "n": "how often",
    "share": "share of sentences",
    "t": "title",
    "l": "first sentences",
    "para": "one paragraph",
    "s": "sentence scores",
}


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
    """A feature that decided. `effect`: log-odds of cooperation news that are lost without it; `where` it counts.

    `words` of the text that may have made it.
    """

    feature: str
    effect: float
    where: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


class Proof(Noun):
    """An evidence sentence: the probability it has by itself, and the log-odds that made it."""

    text: str
    start: int
    end: int
    score: float
    weights: tuple[Weight, ...]


class Explanation(Noun):
    r"""All that `spacepact explain` shows. Offsets count code points in `text`, which is title, newline, text.

    `part`: the item of a digest that decided, None where the text is one article. `words`: what the text has
    of each class of cues. `reasons`: why each cooperation has its activity, instrument and stage. `changes`
    stand alone, the one that moves the score most first; `together` lays them upon each other until the verdict tips.
    """

    text: str
    language: str | None
    classification: Classification
    threshold: float
    scopes: dict[Scope, float]
    part: tuple[int, int] | None
    mentions: tuple[Marked, ...]
    words: dict[str, tuple[str, ...]]
    weights: tuple[Weight, ...]
    reasons: tuple[tuple[Reason, ...], ...]
    proofs: tuple[Proof, ...]
    changes: tuple[Change, ...]
    together: tuple[Change, ...]


def explain_document(
    classifier: Classifier, title: str, text: str, language: str | None = None, published: datetime | None = None
) -> Explanation:
    """Classify a document and say why; the verdict is the one that `classifier.classify` gives."""
    model, matcher, lexicon = classifier.model, classifier.matcher, classifier.lexicon
    judge = classifier.judge
    said = classifier.classify(title, text, language=language, published=published)
    reading = read(title, text, matcher, lexicon)
    items = parts(reading)
    told = list(map(judge, items))
    judged = max(told, key=lambda j: j.score)
    tester = Tester(judge, lexicon, model.threshold)
    trials = tester.trials(judged)
    together = tuple(tester.together(judged, trials))
    words = words_by_class(judged.reading, lexicon)
    return Explanation(
        text=reading.text,
        language=language,
        classification=said,
        threshold=model.threshold,
        scopes={s: round(p, 4) for s, p in judged.scopes.items()},
        part=(judged.reading.sentences[0].start, judged.reading.sentences[-1].end) if len(items) > 1 else None,
        mentions=marked(reading, matcher),
        words=words,
        weights=tuple(_worded(_weights(judged, model), words)),
        reasons=tuple(tuple(r for j in told for r in reasons(j, c, model, lexicon)) for c in said.cooperations),
        proofs=tuple(_proofs(judged, said, model, lexicon)),
        changes=tuple(t.change for t in trials[: max(MOST_CHANGES, len(together))]),
        together=together,
    )


def marked(reading: Reading, matcher: Matcher) -> tuple[Marked, ...]:
    """Return every name in order of offset, with those that are doubtful, and those that were seen and left out."""
    entries: dict[tuple[int, int], list[Entry]] = defaultdict(list)
    for hit in matcher.hits(mask(reading.text), reading.folded):
        entries[hit.start, hit.end].append(hit.surface.entry)
    told = {(m.start, m.end) for m in reading.mentions}
    found = [_mark(m, entries[m.start, m.end]) for m in reading.mentions]
    found += [_left_out(reading.text, span, named[0]) for span, named in entries.items() if named and span not in told]
    return tuple(sorted(found, key=lambda m: (m.start, m.end)))


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
        + [f"no word such as {wanted} settles it"] * bool(wanted)
    ) or ("a word of everyday language, and nothing near says that it is a name")


def _left_out(text: str, span: tuple[int, int], entry: Entry) -> Marked:
    start, end = span
    reason = "the text makes it something else"
    return Marked(
        start=start, end=end, id=entry.id, kind=entry.kind, alias=text[start:end], confidence=0, standing="left-out", reason=reason
    )


def _log_odds(scopes: Mapping[Scope, float]) -> float:
    yes = sum(scopes[s] for s in COOPERATION_SCOPES)
    return log(max(yes, 1e-12)) - log(max(sum(scopes.values()) - yes, 1e-12))


def _weights(judged: Judged, model: Model) -> list[Weight]:
    """Return what decided about the document: each feature, taken away from all places where it counts."""
    if not judged.seen:
        return []
    features = document_features(judged.reading, judged.seen, judged.scores)
    whole = _log_odds(model.scope_scores(features))
    variants: dict[str, list[str]] = defaultdict(list)
    for name in features:
        place, colon, base = name.partition(":")
        variants["proof" if place == "s" else base if colon and place in _PLACES else name].append(name)
    return _strongest(
        (_weight(base, names, whole - _log_odds(model.scope_scores(_without(features, names)))) for base, names in variants.items()),
        MOST_WEIGHTS,
    )


def _without(features: Mapping[str, float], names: Iterable[str]) -> dict[str, float]:
    gone = frozenset(names)
    return {name: value for name, value in features.items() if name not in gone}


def _weight(base: str, names: list[str], effect: float) -> Weight:
    split = [n.partition(":") for n in names]
    where = dict.fromkeys(_PLACES[place] for place, colon, _ in split if colon and place in _PLACES)
    return Weight(feature=base, effect=round(effect, 3), where=tuple(where))


def _strongest(weights: Iterable[Weight], most: int) -> list[Weight]:
    """Return the strongest for and against, from what speaks most for cooperation to what speaks most against."""
    ranked = sorted((w for w in weights if w.effect and w.feature not in _EVERYWHERE), key=lambda w: (-w.effect, w.feature))
    return [w for w in ranked if w.effect > 0][:most] + [w for w in ranked if w.effect < 0][-most:]


def _worded(weights: Iterable[Weight], words: Mapping[str, tuple[str, ...]]) -> Iterator[Weight]:
    """Yield the weights with the words of their cues; an "act of cooperation" may be of several classes."""
    for weight in weights:
        cues = frozenset[str]().union(*(_CLASSES.get(part, {part}) for part in re.split("[&<>]", weight.feature)))
        said = dict.fromkeys(word for cue in sorted(cues) for word in words.get(cue, ()))
        yield weight.model_copy(update={"words": tuple(said)[:MOST_WORDS]})


_CLASSES = {"core": CORE, "core2": CORE, "deal": DEALS}


def _proofs(judged: Judged, said: Classification, model: Model, lexicon: Lexicon) -> Iterator[Proof]:
    at = {v.sentence.start: (v, score) for v, score in zip(judged.seen, judged.scores, strict=True)}
    for evidence in dict.fromkeys(e for c in said.cooperations for e in c.evidence):
        if evidence.start in at:
            view, score = at[evidence.start]
            weights = _strongest((Weight(feature=f, effect=model.sentence.get(f, 0.0)) for f in view.features), MOST_WEIGHTS // 2)
            words = words_by_class(replace(judged.reading, sentences=(view.sentence,)), lexicon)
            yield Proof(**evidence.model_dump(), score=round(score, 4), weights=tuple(_worded(weights, words)))
