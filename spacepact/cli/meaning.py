"""The classifier's features in words that a person can read."""

from __future__ import annotations

_PARTIES = {
    "PP": "public parties of two countries",
    "Pp": "public parties of two countries, one only as an adjective",
    "PC": "a public party and a foreign company",
    "Pc": "a public party and a foreign company, one only as an adjective",
    "CC": "companies of two countries",
    "DD": "parties of one country only",
    "P1": "one public party, from abroad",
    "PH": "one public party, of the home country",
    "PL": "a country named only as a place",
    "C1": "one company",
    "IP": "a foreign partner named near the top",
    "FC": "a public party, and the foreign company of which the text speaks",
    "OM": "a mission that belongs to several countries",
    "FP": "a public party and a foreign party",
}
_WORDS = {
    "core": "an act of cooperation",
    "core2": "two acts of cooperation",
    "deal": "a deal or support",
    "space": "space",
    "off": "space is not the topic",
    "aside": "guests of an event, or hearsay",
    "short": "a short sentence",
    "tail": "the tail of the text",
    "many-actors": "four parties or more",
    "forum": "a forum or framework",
    "proof": "sentences that tell cooperation by themselves",
    "length": "the length of the text",
    "title": "the title",
    "lede": "the first two sentences",
    "early": "a sentence near the top",
    "late": "a sentence further down",
    "early-first": "a paragraph that begins near the top",
    "late-first": "a paragraph that begins further down",
}


def meaning(feature: str) -> str:
    """Return a feature in words; parts that have no words of their own are the names of classes of cues."""
    feature, after, preposition = feature.rstrip("-").partition(":") if feature.endswith("-") else (feature, "", "")
    pair, _, rest = feature.partition("<")
    if rest:
        return f"{_part(pair)}, with words of {rest.rstrip('>')} between them"
    pair, colon, joint = pair.partition(":")
    tail = f", one after “{preposition}”" if after else f", joined as “{joint}”" if colon else ""
    return " + ".join(map(_part, pair.split("&"))) + tail


def _part(code: str) -> str:
    return _PARTIES.get(code) or _WORDS.get(code) or f"words of {code}"
