"""A gazetteer of a few entries for tests of one rule, and the real one for tests of the whole."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from classifier import Classifier
from classifier.cues import lexicon
from classifier.gazetteer import Gazetteer, load_gazetteer
from classifier.matcher import Matcher
from classifier.mentions import SURE, Mention
from classifier.reading import Reading, read

ROOT = Path(__file__).parents[2]
GAZETTEER = ROOT / "config/gazetteer"

SMALL = """
entities:
  - {id: "state:fr", kind: country, name: France, names: {ru: [Франция], de: [Frankreich]}, demonyms: [French], country: [FR]}
  - {id: "state:us", kind: country, name: United States, acronyms: [US, U.S.], demonyms: [American], country: [US]}
  - {id: "state:nz", kind: country, name: New Zealand, country: [NZ]}
  - id: nasa
    kind: agency
    name: NASA
    names: {en: [National Aeronautics and Space Administration], zh: [美国国家航空航天局]}
    acronyms: [NASA]
    country: [US]
  - {id: cnes, kind: agency, name: CNES, names: {fr: [Centre national d'études spatiales]}, acronyms: [CNES], country: [FR]}
  - id: esa
    kind: agency
    name: ESA
    names:
      en: [European Space Agency]
      ru: [Европейское космическое агентство]
      pl: [Europejska Agencja Kosmiczna]
      de: [Europäische Weltraumorganisation]
    acronyms: [ESA]
    country: [ESA]
    members: [fr]
  - {id: roscosmos, kind: agency, name: Roscosmos, names: {ru: [Роскосмос]}, country: [RU], description: [Russia's space agency]}
  - {id: jaxa, kind: agency, name: JAXA, names: {ja: [宇宙航空研究開発機構]}, acronyms: [JAXA], country: [JP]}
  - id: csa
    kind: agency
    name: CSA
    names: {en: [Canadian Space Agency]}
    acronyms: [CSA]
    country: [CA]
    weak: [CSA]
    context: [Canada, Canadian, astronaut]
    ambiguous: {CSA: also Cloud Security Alliance}
  - {id: jpl, kind: centre, name: Jet Propulsion Laboratory, acronyms: [JPL], parent: nasa, country: [US]}
  - {id: rocket-lab, kind: company, name: Rocket Lab, country: [US]}
  - {id: airbus, kind: company, name: Airbus, country: [FR]}
  - {id: hope, kind: mission, name: Hope, weak: [Hope], context: [Mars, probe], agencies: [nasa]}
  - {id: iss, kind: station, name: International Space Station, acronyms: [ISS], agencies: [nasa, roscosmos, esa, jaxa]}
  - {id: sentinel, kind: constellation, name: Sentinel, agencies: [esa]}
  - {id: sentinel-6, kind: mission, name: Sentinel-6, agencies: [esa, nasa]}
  - {id: crew, kind: mission, name: Crew, pattern: 'Crew-\\d+', agencies: [nasa]}
  - {id: artemis-accords, kind: forum, name: Artemis Accords, agencies: [nasa]}
"""


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Gazetteer:
    folder = tmp_path_factory.mktemp("gazetteer")
    (folder / "small.yaml").write_text(SMALL, "utf-8")
    gazetteer, problems = load_gazetteer(folder)
    assert problems == []
    return gazetteer


@pytest.fixture(scope="session")
def small_matcher(small: Gazetteer) -> Matcher:
    return Matcher(small)


@pytest.fixture(scope="session")
def reader(small_matcher: Matcher) -> Callable[[str, str], Reading]:
    return lambda title, text: read(title, text, small_matcher, lexicon())


@pytest.fixture(scope="session")
def named(reader: Callable[[str, str], Reading]) -> Callable[[str], list[str]]:
    """Return the ids that a text names surely, in order."""
    return lambda text: [m.id for m in reader("", text).mentions if m.confidence >= SURE]


@pytest.fixture(scope="session")
def mentions(reader: Callable[[str, str], Reading]) -> Callable[[str], tuple[Mention, ...]]:
    return lambda text: reader("", text).mentions


@pytest.fixture(scope="session")
def gazetteer() -> Gazetteer:
    return load_gazetteer(GAZETTEER)[0]


@pytest.fixture(scope="session")
def classifier() -> Classifier:
    return Classifier.load(GAZETTEER)
