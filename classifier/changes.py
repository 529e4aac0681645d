"""What would have changed the classifier's mind: small changes to a reading, each judged again by the real model."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from classifier.cues import Lexicon
from classifier.features import CORE
from classifier.gazetteer import Entry
from classifier.judged import Judged
from classifier.mentions import Mention
from classifier.reading import Reading, Sentence
from spacepact.noun import Noun

LEAST = 0.005
"""A change that moves the score by less is not worth telling."""
_TRIED = 8
"""How many sentences and parties are taken away in turn."""
_STRANGER = Entry(id="foreign-agency", kind="agency", name="a foreign agency", country=("XX",))


class Change(Noun):
    """A change to the text, with the score and the verdict that it would bring."""

    what: str
    score: float
    cooperation: bool


class Edit(NamedTuple):
    """A change in words, and what it makes of each sentence; None takes the sentence away."""

    what: str
    of: Callable[[Sentence], Sentence | None]


class Trial(NamedTuple):
    """An edit, and the change that it brings by itself."""

    edit: Edit
    change: Change


class Tester:
    """Judges readings again after edits, by the classifier's own judge and threshold."""

    def __init__(self, judge: Callable[[Reading], Judged], lexicon: Lexicon, threshold: float) -> None:
        self._judge = judge
        self._lexicon = lexicon
        self._threshold = threshold

    def trials(self, judged: Judged) -> list[Trial]:
        """Return the edits that push the score towards the other verdict, the one that pushes hardest first."""
        news = judged.score >= self._threshold
        edits = _removals(judged, self._lexicon) if news else _additions(judged.reading)
        tried = [Trial(e, self._change(e.what, edited(judged.reading, e))) for e in edits]
        sign = 1 if news else -1
        pushing = [t for t in tried if sign * (judged.score - t.change.score) > LEAST]
        return sorted(pushing, key=lambda t: sign * t.change.score)

    def together(self, judged: Judged, trials: list[Trial]) -> Iterator[Change]:
        """Yield the trials one upon the other, up to the one that tips the verdict."""
        reading = judged.reading
        for edit, alone in trials:
            reading = edited(reading, edit)
            change = self._change(alone.what, reading)
            yield change
            if change.cooperation != (judged.score >= self._threshold):
                return

    def _change(self, what: str, reading: Reading) -> Change:
        score = self._judge(reading).score
        return Change(what=what, score=round(score, 4), cooperation=score >= self._threshold)


def edited(reading: Reading, edit: Edit) -> Reading:
    """Return the reading after an edit; offsets stay, sentences are counted anew."""
    after = [(s.index < reading.titles, edit.of(s)) for s in reading.sentences]
    left = [(title, s) for title, s in after if s is not None]
    sentences = tuple(replace(s, index=i) for i, (_, s) in enumerate(left))
    return replace(reading, titles=sum(title for title, _ in left), sentences=sentences)


def _removals(judged: Judged, lexicon: Lexicon) -> Iterator[Edit]:
    """Yield what could be missing: one of the best sentences, a party in them, a class of words in the three best."""
    text = judged.reading.text
    ranked = [v for _, v in sorted(zip(judged.scores, judged.seen, strict=True), key=lambda pair: -pair[0])][:_TRIED]
    for view in ranked:
        start, end = view.sentence.start, view.sentence.end
        yield Edit(f"without the sentence {_short(text[start:end])}", partial(_without_sentence, start))
    for ident in list(dict.fromkeys(a.entry.id for v in ranked for a in v.actors))[:_TRIED]:
        yield Edit(f"without {ident}", partial(_without_party, ident))
    words = words_by_class(judged.reading, lexicon)
    for cue in dict.fromkeys(c for v in ranked[:3] for c in v.sentence.cues):
        yield Edit(f"without words of {cue} ({', '.join(words.get(cue, ()))})", partial(_without_words, cue))


def _additions(reading: Reading) -> Iterator[Edit]:
    """Yield what title and lede do not say: a party from abroad, an act of cooperation, space."""
    top = reading.titles + 2
    yield Edit("with a foreign agency in the title and the first sentences", partial(_with_party, top, _STRANGER))
    for cue in sorted(CORE | {"space"}):
        yield Edit(f"with words of {cue} in the title and the first sentences", partial(_with_words, top, cue))


def _without_sentence(start: int, sentence: Sentence) -> Sentence | None:
    return None if sentence.start == start else sentence


def _without_party(ident: str, sentence: Sentence) -> Sentence:
    """Leave out a party; a centre goes with the agency it stands for."""
    return replace(sentence, mentions=tuple(m for m in sentence.mentions if ident not in (m.entry.id, m.entry.parent)))


def _without_words(cue: str, sentence: Sentence) -> Sentence:
    return replace(sentence, cues={name: at for name, at in sentence.cues.items() if name != cue})


def _with_party(top: int, entry: Entry, sentence: Sentence) -> Sentence:
    if sentence.index >= top:
        return sentence
    at = sentence.end
    return replace(sentence, mentions=(*sentence.mentions, Mention(at, at, entry, entry.id, entry.name, entry.name, 1.0)))


def _with_words(top: int, cue: str, sentence: Sentence) -> Sentence:
    return replace(sentence, cues={cue: sentence.end - 1, **sentence.cues}) if sentence.index < top else sentence


def words_by_class(reading: Reading, lexicon: Lexicon) -> dict[str, tuple[str, ...]]:
    """Return the words of each class of cues as the reading has them, at most four a class, in order of offset."""
    if not reading.sentences:
        return {}
    first, last = reading.sentences[0].start, reading.sentences[-1].end
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for start, end, name in sorted(lexicon.cues(reading.folded, first, last)):
        found[name][reading.text[start:end].lower()] = None
    return {name: tuple(words)[:4] for name, words in found.items()}


def _short(sentence: str) -> str:
    return f"“{sentence}”" if len(sentence) <= 60 else f"“{sentence[:57].rstrip()}…”"
