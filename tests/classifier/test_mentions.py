from __future__ import annotations

from collections.abc import Callable

import pytest

from classifier import Classifier
from classifier.folding import fold
from classifier.gazetteer import Entry, Gazetteer
from classifier.matcher import Matcher
from classifier.mentions import SURE, Mention, slug

Named = Callable[[str], list[str]]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("NASA spoke.", ["nasa"]),
        ("NASA's plan, NASA-led, (NASA)", ["nasa", "nasa", "nasa"]),
        ("NASAL spray, UNASA, nasa", []),
        ("Nasa said", ["nasa"]),
        ("THE EUROPEAN SPACE AGENCY", ["esa"]),
        ("the european space agency", ["esa"]),
        ("le Centre National d’Etudes Spatiales", ["cnes"]),
        ("esa mujer", []),
        ("美国国家航空航天局宣布", ["nasa"]),
        ("据NASA消息", ["nasa"]),
        ("宇宙航空研究開発機構（JAXA）は", ["jaxa", "jaxa"]),
    ],
)
def test_names_are_found_as_whole_words(named: Named, text: str, ids: list[str]) -> None:
    assert named(text) == ids


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("сотрудничество с Роскосмосом", ["roscosmos"]),
        ("глава Роскосмоса", ["roscosmos"]),
        ("с Европейским космическим агентством", ["esa"]),
        ("Europejskiej Agencji Kosmicznej", ["esa"]),
        ("der Europäischen Weltraumorganisation", ["esa"]),
        ("во Франции", ["state:fr"]),
        ("франшиза", []),
    ],
)
def test_names_that_bend_are_found(named: Named, text: str, ids: list[str]) -> None:
    assert named(text) == ids


def test_the_longest_name_wins(named: Named) -> None:
    assert named("Sentinel-6 flies with other Sentinel satellites") == ["sentinel-6", "sentinel"]


def test_a_member_of_a_series_has_its_own_name(mentions: Callable[[str], tuple[Mention, ...]]) -> None:
    (mention,) = mentions("Crew-14 docked.")
    assert (mention.id, mention.name, mention.alias) == ("crew-14", "Crew-14", "Crew-14")


def test_a_weak_name_needs_context(named: Named) -> None:
    assert named("Hope is what we have.") == []
    assert named("The Hope probe entered orbit around Mars.") == ["hope"]


def test_a_weak_name_that_stays_in_doubt_is_reported_with_low_confidence(mentions: Callable[[str], tuple[Mention, ...]]) -> None:
    (mention,) = mentions("The CSA met on Monday.")
    assert mention.id == "csa"
    assert mention.confidence < SURE


def test_a_full_name_settles_its_acronym(named: Named) -> None:
    assert named("The Canadian Space Agency (CSA) agreed. Later the CSA signed.") == ["csa", "csa", "csa"]


def test_an_acronym_that_the_text_defines_otherwise_is_a_stranger(named: Named) -> None:
    assert named("The Cloud Security Alliance (CSA) of Canada met. Canadian members of the CSA voted.") == []


def test_a_description_is_less_sure_than_a_name(mentions: Callable[[str], tuple[Mention, ...]]) -> None:
    (mention,) = mentions("Russia's space agency said so.")
    assert mention.described
    assert SURE <= mention.confidence < 0.7


def test_credits_and_addresses_name_nobody(named: Named) -> None:
    assert named("Image credit: NASA/JPL\nhttps://www.nasa.gov/NASA and (NASA/Kim)") == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("engineers shipped the Kestrel-3B satellite", "Kestrel-3B"),
        ("NASA's QUOLLS mission will fly", "QUOLLS"),
        ("a probe called Wombat will fly", "Wombat"),
    ],
)
def test_a_mission_that_nobody_listed_is_found_by_how_it_is_named(
    mentions: Callable[[str], tuple[Mention, ...]], text: str, name: str
) -> None:
    found = [m for m in mentions(text) if m.entry.kind == "mission"]
    assert [m.name for m in found] == [name]
    assert SURE <= found[0].confidence < 0.8


def test_what_is_no_name_makes_no_new_mission(mentions: Callable[[str], tuple[Mention, ...]]) -> None:
    text = "The ISR satellite of Phase 2, the May 5 mission, a LEO constellation and the Sentinel-6 satellite."
    assert [m.id for m in mentions(text) if m.confidence < 0.8] == []


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("The Sentinel satellites fly.", ["sentinel"]),
        ("Anna Sentinel wrote a book.", []),
        ("Anna P. Sentinel wrote a book.", []),
        ("Jean-Paul Sentinel wrote a book.", []),
        ("A San Francisco-based Sentinel customer", ["sentinel"]),
        ("In San Diego Sentinel data are sold.", ["sentinel"]),
        ("Sentinel Creek flooded the road.", []),
        ("The ground below France City sinks.", []),
        ("Sentinel GmbH sells locks, and ISS A/S cleans.", []),
        ("Workers of Sentinel Foods walked out on Monday.", []),
        ("Engineers tested the Sentinel Control Centre again.", ["sentinel"]),
        ("Sentinel Watches Ice Shelf Crack", ["sentinel"]),
        ("The Sentinel satellites fly. Workers at Sentinel Upgrade teams walked out.", ["sentinel", "sentinel"]),
        ("Airbus and Rocket Lab Sentinel crews worked together.", ["airbus", "rocket-lab", "sentinel"]),
    ],
)
def test_a_name_inside_another_name_is_no_mission(named: Named, text: str, ids: list[str]) -> None:
    assert named(text) == ids


def test_a_form_that_does_not_bend_hides_none_that_does() -> None:
    plain = Entry(id="plain", kind="company", name="Roskosmos")
    bending = Entry(id="bending", kind="agency", name="RSA", names={"cs": ("Roskosmos",)})
    for entries in ((plain, bending), (bending, plain)):
        text = "dohoda s Roskosmosu a Roskosmosem"
        hits = Matcher(Gazetteer(entries)).hits(text, fold(text))
        assert [(h.surface.entry.id, text[h.start : h.end]) for h in hits] == [("bending", "Roskosmosu"), ("bending", "Roskosmosem")]


def test_slugs() -> None:
    assert slug("Chang’e 6") == "change-6"
    assert slug("Proba-3 (ESA)") == "proba-3-esa"
    assert slug("…") == "unnamed"


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("ESA:n ja NASA:n yhteistyö jatkuu avaruudessa.", {"esa", "nasa"}),
        ("Euroopan avaruusjärjestön johtaja puhui.", {"esa"}),
        ("Az Európai Űrügynökséggel és a NASA-val megállapodás született.", {"esa", "nasa"}),
        ("A JAXA-nak és az ESA-nak közös küldetése lesz.", {"jaxa", "esa"}),
        ("NASA'nın ve Türkiye Uzay Ajansı'nın anlaşması imzalandı.", {"nasa", "tua"}),
        ("Avrupa Uzay Ajansı, JAXA’ya teşekkür etti.", {"esa", "jaxa"}),
    ],
)
def test_names_bend_in_finnish_hungarian_and_turkish(classifier: Classifier, text: str, ids: set[str]) -> None:
    assert {a.id for a in classifier.classify("", text).agencies} == ids


@pytest.mark.parametrize(("text", "ident"), [("Kestrel-6C satellite", "kestrel-6c"), ("mission called Aquila-9", "aquila-9")])
def test_a_mission_that_nobody_knows_is_less_sure(classifier: Classifier, text: str, ident: str) -> None:
    (found,) = classifier.classify("", f"The agency will launch a {text}.").missions
    assert (found.id, found.confidence) == (ident, 0.6)
