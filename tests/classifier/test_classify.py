from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from classifier import Classifier
from classifier.examples import TRAINING
from spacepact.cooperation import COOPERATION_SCOPES, Classification, Cooperation

PACT = (
    "ESA and JAXA sign lunar rover pact",
    (
        "The European Space Agency and the Japan Aerospace Exploration Agency signed an agreement on Tuesday to develop a small lunar "
        "rover together. Under the agreement, JAXA will provide the wheels and ESA the navigation camera."
    ),
)
FRIDAY = datetime(2024, 3, 15, 12, tzinfo=UTC)


def parties(cooperation: Cooperation) -> set[str]:
    return {p.id for p in cooperation.parties}


@pytest.fixture(scope="module")
def pact(classifier: Classifier) -> Classification:
    return classifier.classify(*PACT, published=FRIDAY)


def test_who_with_whom_on_what_at_which_stage(pact: Classification) -> None:
    assert pact.cooperation
    assert pact.scope == "intergovernmental"
    assert {a.id for a in pact.agencies} == {"esa", "jaxa"}
    (cooperation,) = pact.cooperations
    assert parties(cooperation) == {"esa", "jaxa"}
    assert cooperation.countries == ("ESA", "JP")
    assert (cooperation.stage, cooperation.mode) == ("signed", "asserted")
    assert cooperation.confidence > 0.5


def test_every_evidence_is_a_verbatim_sentence_at_its_offsets(pact: Classification) -> None:
    whole = "\n".join(PACT)
    for cooperation in pact.cooperations:
        assert cooperation.evidence
        for evidence in cooperation.evidence:
            assert whole[evidence.start : evidence.end] == evidence.text


def test_the_day_of_the_act_comes_from_its_sentence(classifier: Classifier) -> None:
    found = classifier.classify(
        "ESA and JAXA sign pact", "ESA and JAXA signed a cooperation agreement on a lunar mission on March 5, 2024."
    )
    assert "2024-03-05" in {c.date for c in found.cooperations}


def test_many_parties_are_one_cooperation(classifier: Classifier) -> None:
    text = "NASA, ESA, JAXA and the Canadian Space Agency signed an agreement on Monday to jointly build a lunar station module."
    found = classifier.classify("Four agencies sign lunar station agreement", text)
    assert [parties(c) for c in found.cooperations] == [{"nasa", "esa", "jaxa", "csa"}]


def test_another_partnership_of_one_party_is_a_cooperation_of_its_own(classifier: Classifier) -> None:
    text = (
        "NASA and ESA signed an agreement on Monday on the joint lunar lander mission. "
        "Through an existing partnership with JAXA and the Canadian Space Agency, NASA and ESA will jointly build its drill."
    )
    found = classifier.classify("NASA and ESA sign lunar lander agreement", text)
    assert [parties(c) for c in found.cooperations] == [{"nasa", "esa"}, {"nasa", "esa", "jaxa", "csa"}]


def test_the_agency_that_acts_for_a_state_acts_for_it_throughout(classifier: Classifier) -> None:
    text = (
        "ESA and JAXA signed an agreement on Monday on a joint lunar rover. "
        "Japan and Canada will jointly develop a satellite for it, under an agreement on space cooperation."
    )
    found = classifier.classify("ESA and JAXA sign lunar rover agreement", text)
    assert [parties(c) for c in found.cooperations] == [{"esa", "jaxa"}, {"jaxa", "state:ca"}]


def test_one_item_of_a_digest_is_enough(classifier: Classifier) -> None:
    text = (
        "Rain in the north\nMore rain is expected in the north on Sunday.\n"
        "India and France agree on a climate satellite\n"
        "ISRO and CNES signed an agreement on a joint climate satellite. Both agencies will share the data.\n"
        "Prices rise\nFood prices rose by two percent in May."
    )
    found = classifier.classify("News briefs", text)
    assert found.cooperation
    assert [parties(c) for c in found.cooperations] == [{"isro", "cnes"}]


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("NASA picks Boeing for fuel tank study", "NASA has awarded Boeing a contract to study a new fuel tank for its Moon rocket."),
        ("ESA orders antenna from Airbus", "The European Space Agency has ordered an antenna for a satellite from Airbus in Toulouse."),
        ("Astronomers find a warm Neptune", "Researchers found a warm planet with a telescope. The study appeared on Monday."),
        (
            "Seoul: no lunar agreement was signed with Moscow",
            "KASA said on Friday that no agreement on the Moon was signed with Roscosmos.",
        ),
        ("Local football team wins", "The United States and France played a friendly match. Both teams cooperated with the referee."),
        ("我国成功发射一颗通信卫星", "今天，我国用长征三号乙运载火箭成功将一颗通信卫星发射升空，卫星顺利进入预定轨道。"),
    ],
)
def test_what_is_no_cooperation_news(classifier: Classifier, title: str, text: str) -> None:
    assert not classifier.classify(title, text).cooperation


@pytest.mark.parametrize(
    ("title", "text", "stage"),
    [
        ("Roscosmos suspends work with ESA", "Roscosmos has suspended its cooperation with ESA on a Mars mission.", "suspended"),
        ("Russia to leave station project", "Roscosmos will withdraw from its joint space station project with NASA.", "ended"),
        (
            "NASA and ISRO extend data agreement",
            "NASA and ISRO extended their agreement on satellite data exchange by five years.",
            "extended",
        ),
    ],
)
def test_the_end_of_a_cooperation_is_news_too(classifier: Classifier, title: str, text: str, stage: str) -> None:
    found = classifier.classify(title, text)
    assert found.cooperation
    assert found.cooperations[0].stage == stage


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "\ud800\udfff NASA \udc80",
        "وقعت ناسا اتفاقا مع وكالة الفضاء الأوروبية",
        "\u202eASAN\u202c",
        "🚀" * 1000,
        "NASA" * 1000,
        "(" * 5000,
    ],
)
def test_any_text_gets_an_answer(classifier: Classifier, text: str) -> None:
    for title in ("", text):
        Classification.model_validate_json(classifier.classify(title, text).model_dump_json())


def test_the_same_text_gets_the_same_answer_in_every_thread(classifier: Classifier) -> None:
    alone = classifier.classify(*PACT)
    with ThreadPoolExecutor(8) as pool:
        assert all(answer == alone for answer in pool.map(lambda _: classifier.classify(*PACT), range(64)))


@pytest.mark.parametrize(
    ("title", "text"),
    [
        (
            "Chiefs of ESA and ISRO among keynote speakers in Lyon",
            "The heads of ESA and ISRO will give speeches at a space symposium in Lyon.",
        ),
        ("法国国家空间研究中心与日本宇宙航空研究开发机构代表参展", "两家机构的嘉宾将在航天展览上演讲。门票已经售完。"),
    ],
)
def test_to_speak_in_one_hall_is_no_cooperation(classifier: Classifier, title: str, text: str) -> None:
    assert not classifier.classify(title, text).cooperation


@pytest.mark.parametrize("act", ["begun to assemble", "started to assemble", "started to build", "begun building"])
def test_who_builds_together_does_not_operate_yet(classifier: Classifier, act: str) -> None:
    text = f"The Canadian Space Agency (CSA) and CNES have {act} Borealis, their joint satellite for snow. It will be launched in 2031."
    (first, *_) = classifier.classify("CSA and CNES start work on joint snow satellite", text).cooperations
    assert (first.activity, first.stage) == ("joint-mission", "in-development")


def test_a_war_makes_no_partner(classifier: Classifier) -> None:
    text = "After the invasion of Ukraine, ESA and Roscosmos suspended their cooperation on the joint Mars lander."
    (first, *_) = classifier.classify("ESA and Roscosmos suspend joint Mars lander", text).cooperations
    assert (parties(first), first.stage) == ({"esa", "roscosmos"}, "suspended")


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Solar sails, a draft", "I heard NASA and Roscosmos will sign a lunar agreement next week, my cousin works there."),
        ("Notes from a fair", "Rumours that ISRO and JAXA will build a Mars orbiter together went round the halls."),
        ("Aus der Szene", "Gerüchten zufolge wollen DLR und ISRO gemeinsam einen Satelliten bauen."),
    ],
)
def test_hearsay_is_no_cooperation(classifier: Classifier, title: str, text: str) -> None:
    assert not classifier.classify(title, text).cooperation


def test_what_is_struck_in_a_war_is_no_agreement(classifier: Classifier) -> None:
    text = "Eutelsat said a missile struck its satellite antenna near Riyadh during Saudi and Turkish military operations against Yemen."
    assert not classifier.classify("Missile strike hits Eutelsat antenna in Saudi Arabia", text).cooperation


def test_what_a_feed_adds_to_a_teaser_proves_nothing(classifier: Classifier) -> None:
    title = "ESA and JAXA sign lunar rover pact"
    text = "Paris, France (AFP) Feb 6, 2031 Both will build the wheels together, the space agencies said on Tuesday."
    said = classifier.classify(title, f"{text}\nThe post {title} appeared first on Orbit Daily.")
    assert said.cooperation
    assert said.countries == ("JP",)
    assert not any("appeared first" in e.text for c in said.cooperations for e in c.evidence)


def test_what_is_no_cooperation_news_reports_no_cooperation_news(classifier: Classifier) -> None:
    """Alerts ask each cooperation for its own scope: one between foreign parties in a home story would be a false alert."""
    texts = [json.loads(line) for path in sorted(TRAINING.glob("*.jsonl")) for line in path.read_text("utf-8").splitlines()]
    told = 0
    for text in texts:
        said = classifier.classify(text["title"], text["text"])
        if not said.cooperation:
            told += len(said.cooperations)
            assert COOPERATION_SCOPES.isdisjoint(c.scope for c in said.cooperations), text["id"]
    assert told


def test_where_all_that_is_told_joins_an_agency_and_a_company_so_is_the_scope(classifier: Classifier) -> None:
    text = (
        "JAXA has concluded a contract with Red Gum Range, an Australian operator of a test range, for the recovery of its space capsule."
    )
    said = classifier.classify(
        "JAXA to fly re-entry capsule from Australian range", f"{text} JAXA and the company held a rehearsal in May."
    )
    assert {c.scope for c in said.cooperations} == {said.scope} == {"public-private-international"}


LISTED = (
    "The United States and Japan agreed to share Earth observation satellite data.\n"
    "The United States and Japan signed a framework agreement on lunar exploration in Kyoto."
)


def test_the_items_of_a_statement_are_told_apart_in_its_order(classifier: Classifier) -> None:
    found = classifier.classify("Joint Statement of the United States and Japan on Space", LISTED).cooperations
    assert [c.instrument == "framework-agreement" for c in found] == [False, True]


def test_an_article_tells_one_cooperation_of_the_same_parties(classifier: Classifier) -> None:
    assert len(classifier.classify("United States and Japan sign lunar accord", LISTED).cooperations) == 1


ACCESSION = ("India and the United States deepen space ties", "India has signed the Artemis Accords. NASA and ISRO work together in space.")


@pytest.mark.parametrize(
    ("day", "mode"), [(datetime(2023, 6, 23, tzinfo=UTC), "asserted"), (datetime(2025, 1, 6, tzinfo=UTC), "historical")]
)
def test_a_state_joins_a_framework_once(classifier: Classifier, day: datetime, mode: str) -> None:
    said = classifier.classify(*ACCESSION, published=day).cooperations
    (joined,) = [c for c in said if c.instrument == "accession"]
    assert (joined.mode, joined.missions) == (mode, ("artemis-accords",))


def test_who_is_not_known_to_have_joined_is_news(classifier: Classifier) -> None:
    title, text = "Freedonia signs Artemis Accords", "Papua New Guinea signed the Artemis Accords on Friday, NASA said."
    (joined,) = classifier.classify(title, text, published=FRIDAY).cooperations
    assert (joined.instrument, joined.mode) == ("accession", "asserted")
