"""Whom a sentence joins, and what part each plays: decided by rules alone, so the weights do not matter here."""

from __future__ import annotations

import pytest

from classifier.cues import lexicon
from classifier.document import document_features
from classifier.features import about_space, views
from classifier.gazetteer import Gazetteer
from classifier.matcher import Matcher
from classifier.parties import Actors
from classifier.partners import partners, protagonists
from classifier.reading import read
from classifier.roles import role

Joined = dict[str, str]


@pytest.fixture(scope="module")
def kit(gazetteer: Gazetteer) -> tuple[Matcher, Actors]:
    return Matcher(gazetteer), Actors(gazetteer)


def joined(kit: tuple[Matcher, Actors], title: str, text: str) -> Joined:
    """Return the parties of the last sentence with their roles."""
    matcher, actors = kit
    reading = read(title, text, matcher, lexicon())
    home, seen = views(reading, actors)
    who = protagonists(reading, seen, home, actors)
    found = partners(seen[-1], who, actors, reading.text)
    return {p.entry.id: role(p, "other", reading.text, seen[-1].sentence) for p in found if p is not None}


ACCORDS = "Nigeria and Rwanda signed the Artemis Accords at a ceremony on Tuesday."


@pytest.mark.parametrize(
    ("title", "text", "who"),
    [
        ("", "Six countries, among them Latvia, Uruguay, Morocco and Malta, signed a space pact.", "state:lv state:uy state:ma state:mt"),
        ("", "The agencies of France and Japan met in Lima, Peru.", "state:fr state:jp"),
        ("NASA welcomes two nations", ACCORDS, "nasa state:ng state:rw"),
        ("President Biden speaks on NASA and Africa", ACCORDS, "state:us state:ng state:rw"),
        ("NASA plans a visit", "The United States and Sweden will work together in space.", "nasa state:se"),
        ("", "France and Japan agreed on a lunar dialogue, CNES announced.", "state:fr state:jp"),
        ("", "CNES and JAXA agreed on a lunar dialogue, France and Japan announced.", "cnes jaxa"),
        ("", "The United States and Australia also cooperate through the Quad.", "state:us state:au"),
        ("Rocket Lab flies twice", "Rocket Lab has a full year. Electron flies for JAXA and ESA.", "rocket-lab jaxa esa"),
        ("Rocket Lab flies twice", "Rocket Lab has a full year. JAXA and ESA signed an agreement.", "jaxa esa"),
        ("", "Malaysia and the Philippines signed the Artemis Accords.", "state:my state:ph state:us"),
        ("", "Thailand and Pakistan sent instruments on Chang'e 8.", "state:th state:pk state:cn"),
        ("NASA chief to visit Italy, Sweden, Peru", "NASA plans a trip. He will meet the Italian Space Agency.", "nasa asi"),
        ("President Biden meets Prime Minister Modi", "The two sides agreed on a joint mission in space.", "state:us state:in"),
        ("", "NASA and ISRO prepare a joint flight to space, with Axiom Space as its provider.", "nasa isro axiom-space"),
        ("", "France and Japan prepare a joint flight to space, with Axiom Space as its provider.", "state:fr state:jp"),
        ("", "ESA and the University of Iceland agreed on tests in space with JAXA.", "esa jaxa"),
        (
            "A call before the visit of the President of Angola",
            "Angola has ties with Russia. Russia trades with Angola. In terms of results, there is the signature of the Artemis Accords.",
            "state:ao state:us",
        ),
        ("", "In response to EU sanctions, Roscosmos suspends launches in space with CNES.", "roscosmos cnes"),
        (
            "Japan signs the Artemis Accords; Brazil, Peru likely next",
            "NASA met Japan. NASA smiled. NASA waited. The minister spoke of the international community in space.",
            "state:jp nasa",
        ),
        (
            "Leaders of Japan, Brazil and Peru meet",
            "Japan was praised. The leaders spoke of a joint mission in space.",
            "state:jp state:br state:pe",
        ),
        (
            "",
            "NASA works on the station in space with its partners: Canada, Europe, Japan and Russia.",
            "nasa state:ca esa state:jp state:ru",
        ),
        ("", "France and Japan work together in space through CNES's radar satellite.", "state:fr state:jp cnes"),
        ("", "Roscosmos halts cooperation in space with Europe.", "roscosmos esa"),
        ("", "NASA and its European partners agreed on a Mars orbiter in space.", "nasa esa"),
        ("", "NASA and Japan sell data from space in Europe and Africa.", "nasa state:jp"),
        ("", "NASA and Japan sell images from space in Spain, Europe, Asia.", "nasa state:jp"),
        ("", "NASA and Japan welcome Europe's rover in space.", "nasa state:jp"),
        ("CNSA names a crew", "CNSA had good news. Thailand sends a payload on Chang'e 8.", "cnsa state:th"),
    ],
)
def test_whom_a_sentence_joins(kit: tuple[Matcher, Actors], title: str, text: str, who: str) -> None:
    assert set(joined(kit, title, text)) == set(who.split())


@pytest.mark.parametrize(
    ("text", "unnamed"),
    [
        ("Japan and Peru agreed on a camera in space. Japan called on all nations to share their images from space.", True),
        ("Japan and Peru agreed on a camera in space. Japan shares its images from space.", False),
        ("日本与秘鲁签署航天协议。日本已与50多个国家签署航天合作协议。", True),
        ("日本与秘鲁签署航天协议。日本分享卫星图像。", False),
    ],
)
def test_partners_that_are_only_counted_are_a_party_without_a_name(kit: tuple[Matcher, Actors], text: str, *, unnamed: bool) -> None:
    reading = read("", text, kit[0], lexicon())
    home, seen = views(reading, kit[1])
    found = partners(seen[-1], protagonists(reading, seen, home, kit[1]), kit[1], reading.text)
    assert [p and p.entry.id for p in found] == ["state:jp", None if unnamed else "state:pe"]


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("JAXA joins a lunar mission led by NASA.", {"nasa": "lead", "jaxa": "partner"}),
        ("JAXA joins an ESA-led asteroid mission.", {"esa": "lead", "jaxa": "partner"}),
        ("ESA leads a lunar mission with JAXA.", {"esa": "lead", "jaxa": "partner"}),
        ("Ireland signed the accords at a ceremony hosted by NASA.", {"nasa": "host", "state:ie": "partner"}),
        ("JAXA will host a workshop with ESA on lunar rovers.", {"jaxa": "host", "esa": "partner"}),
        ("NASA and KASA took part, with KASA as an observer.", {"nasa": "partner", "kasa": "partner"}),
        ("NASA met ESA, and KASA joined the talks as an observer.", {"nasa": "partner", "esa": "partner", "kasa": "observer"}),
    ],
)
def test_what_part_each_plays(kit: tuple[Matcher, Actors], text: str, roles: Joined) -> None:
    assert joined(kit, "", text) == roles


def test_one_sentence_in_a_long_text_is_a_passing_mention(kit: tuple[Matcher, Actors]) -> None:
    chat = "They spoke of schools. " * 9
    one = read("Readout", f"{chat}NASA and ESA will work together on a lunar rover.", kit[0], lexicon())
    two = read(
        "Readout", f"{chat}NASA and ESA will work together on a lunar rover. It lands near the south pole of the moon.", kit[0], lexicon()
    )
    assert not about_space(one)
    assert about_space(two)
    assert about_space(read("", "NASA and ESA will work together on a lunar rover.", kit[0], lexicon()))


def test_where_topics_change_with_the_paragraph_the_next_one_is_not_about_space(kit: tuple[Matcher, Actors]) -> None:
    chat = "They spoke of schools.\n" * 8
    text = f"{chat}France and Japan will fly a satellite.\nFrance and Japan will open a school."
    _, seen = views(read("", text, kit[0], lexicon()), kit[1])
    assert ["off" in v.features for v in seen[-2:]] == [False, True]


def test_the_two_countries_are_a_pair_though_no_sentence_names_both(kit: tuple[Matcher, Actors]) -> None:
    _, seen = views(read("", "The satellite shows how the two countries work together in space.", kit[0], lexicon()), kit[1])
    assert {"IP", "spacecoop", "IP&spacecoop"} <= seen[0].features


PROFILE = "Perth-based Vantrel Optics grinds mirrors. Vantrel Optics is small. "


@pytest.mark.parametrize(
    ("sentence", "joined"),
    [
        ("JAXA ordered two telescopes from the company.", True),
        ("JAXA ordered two telescopes from us.", True),
        ("JAXA ordered two telescopes.", False),
        ("The Australian Space Agency ordered two telescopes from the company.", False),
    ],
)
def test_the_company_is_the_one_that_the_text_is_about(kit: tuple[Matcher, Actors], sentence: str, *, joined: bool) -> None:
    _, seen = views(read("", PROFILE + sentence, kit[0], lexicon()), kit[1])
    assert ("FC" in seen[-1].features) == joined
    assert ("FC&deal&space" in seen[-1].features) == joined


@pytest.mark.parametrize(
    ("sentence", "joined"),
    [("今年五月，南非国家航天局与我校签署合同。", True), ("今年五月，国家航天局与我校签署合同。", False)],
)
def test_in_chinese_we_are_of_china(kit: tuple[Matcher, Actors], sentence: str, *, joined: bool) -> None:
    _, seen = views(read("", sentence, kit[0], lexicon()), kit[1])
    assert ("FC" in seen[0].features) == joined


def test_a_country_without_a_demonym_describes_its_company(kit: tuple[Matcher, Actors]) -> None:
    _, seen = views(read("", "JAXA chose the New Zealand company for three launches.", kit[0], lexicon()), kit[1])
    assert [(a.entry.id, a.public) for a in seen[0].actors] == [("jaxa", True), ("state:nz", False)]


def test_a_cooperation_that_the_next_sentences_carry_on_is_told_from_one_in_passing(kit: tuple[Matcher, Actors]) -> None:
    act = "JAXA signed a contract with the University of Oulu. "

    def features(after: str) -> dict[str, float]:
        reading = read("", act + after, kit[0], lexicon())
        _, seen = views(reading, kit[1])
        return document_features(reading, seen, [0.8] + [0.0] * (len(seen) - 1))

    alone = features("Mirrors are heavy. They are costly. Rain fell.")
    once = features("The university builds two mirrors. They are costly. Rain fell.")
    twice = features("The university builds two mirrors. Rain fell. JAXA pays half.")
    assert [(f["s:alone"], f["s:carried"], f["s:carried2"]) for f in (alone, once, twice)] == [(0.8, 0, 0), (0, 0.8, 0), (0, 0.8, 0.8)]
