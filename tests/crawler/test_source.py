"""config/sources: what is read, and how mistakes are told."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
import yaml

from crawler.continents import CONTINENTS, continent
from crawler.overview import overview
from crawler.source import load_sources
from tests.crawler.pages import source

GOOD = """\
name: Orbit Post
kind: feed
urls: [https://orbit.example/feed/]
language: en
country: NO
tier: trade
every: 30m
"""


def problems(tmp_path: Path, text: str) -> list[str]:
    (tmp_path / "good.yaml").write_text(GOOD)
    (tmp_path / "bad.yaml").write_text(text)
    sources, found = load_sources(tmp_path)
    assert list(sources) == ["good"], "the other files still load"
    return [str(p).removeprefix(f"{tmp_path}/") for p in found]


def test_a_source_is_read_and_named_after_its_file(tmp_path: Path) -> None:
    (tmp_path / "orbit-post.yaml").write_text(GOOD + "health: {silent_after: 3d, min_text: 80}\nexclude: ['/(video|photo)/']\n")
    sources, found = load_sources(tmp_path)
    assert found == []
    orbit = sources["orbit-post"]
    assert (orbit.every, orbit.country, orbit.verified) == (timedelta(minutes=30), "NO", False)
    assert (orbit.health.silent_after, orbit.health.min_text) == (timedelta(days=3), 80)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("kind: feeed", "bad.yaml:2:7: kind: 'feeed' is not allowed; did you mean 'feed'?"),
        ("urls: [ftp://orbit.example]", "bad.yaml:3:8: urls.0: 'ftp://orbit.example' is no web address; write it like https://"),
        ("urls: []", "bad.yaml:3:7: urls: no address; name at least one page to poll"),
        ("language: english", "bad.yaml:4:11: language: 'english' is no language; write ISO 639-1 like en or ja"),
        ("country: Norway", "bad.yaml:5:10: country: 'Norway' is no country; write ISO 3166-1 like FR, or EU"),
        ("tier: best", "bad.yaml:6:7: tier: 'best' is not allowed; one of: official, wire, trade, blog"),
        ("every: 30", "bad.yaml:7:8: every: '30' is no length of time; write it like 30m, 2h or 1d"),
        ("every: 0m", "bad.yaml:7:8: every: '0m' is no length of time"),
        ("exclude: ['(a']", "bad.yaml:8:11: exclude.0: '(a' is no regular expression of RE2: missing )"),
        ("links: 'a['", "bad.yaml:8:8: links: 'a[' is no CSS selector"),
        ("max_pages: 0", "bad.yaml:8:12: max_pages: "),
        ("intervall: 3", "bad.yaml:8:1: unknown key 'intervall'"),
        ("health: {silent_afer: 3d}", "bad.yaml:8:10: unknown key 'silent_afer'; did you mean 'silent_after'?"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_what_would_be_right(tmp_path: Path, change: str, told: str) -> None:
    key = change.partition(":")[0]
    lines = [line for line in GOOD.splitlines() if not line.startswith(f"{key}:")]
    where = next((i for i, line in enumerate(GOOD.splitlines()) if line.startswith(f"{key}:")), len(lines))
    found = problems(tmp_path, "\n".join([*lines[:where], change, *lines[where:]]))
    assert len(found) == 1
    assert found[0].startswith(told)


def test_every_mistake_of_a_file_is_told(tmp_path: Path) -> None:
    assert len(problems(tmp_path, GOOD.replace("feed\n", "fed\n", 1).replace("NO", "N").replace("30m", "x"))) == 3


def test_a_file_name_that_is_no_id_is_told(tmp_path: Path) -> None:
    (tmp_path / "Orbit Post.yaml").write_text(GOOD)
    _, found = load_sources(tmp_path)
    assert [p.what for p in found] == ["the file name 'Orbit Post.yaml' is no id"]


def test_include_and_exclude() -> None:
    some = source("feed", "https://orbit.example/feed", include=("/news/", "^https://orbit.example/press"), exclude=("/video/",))
    addresses = {"news/1": True, "press": True, "about": False, "news/video/1": False}
    assert {path: some.wants(f"https://orbit.example/{path}") for path in addresses} == addresses


def test_our_own_sources_have_no_mistakes() -> None:
    directory = Path(__file__).parents[2] / "config" / "sources"
    if not list(directory.glob("*.yaml")):
        pytest.skip("config/sources holds no source yet")
    assert load_sources(directory)[1] == []


REPOSITORY = Path(__file__).parents[2]
WANTED = """
    nasa-news nasa-ames nasa-armstrong nasa-glenn nasa-goddard nasa-johnson nasa-jpl nasa-kennedy nasa-langley nasa-marshall nasa-stennis
    esa-top cnes dlr-en asi uksa jaxa-en isro cnsa-en cmsa-en roscosmos csa-en kasa-en kari uaesa mbrsc ssa-saudi isa-israel tua aeb inpe
    conae sansa egsa nasrda gistda vast vnsc philsa brin mysa asa-australia nzsa polsa snsa nosa nso belspo pt-space aee lsa rosa hsc
    eumetsat euspa unoosa apsco itu spacenews spacewatch-global payload via-satellite european-spaceflight spacepolicyonline
    nasaspaceflight spaceflight-now space-review
"""


def test_the_agencies_and_outlets_that_matter_are_there() -> None:
    sources, problems = load_sources(REPOSITORY / "config" / "sources")
    assert problems == []
    assert set(WANTED.split()) - set(sources) == set()
    assert len(sources) >= 90
    assert {continent(s.country) for s in sources.values()} == set(CONTINENTS)
    assert all(s.terms for s in sources.values())


def test_every_shipped_file_says_itself_how_often_how_healthy_and_whether_anybody_looked() -> None:
    files = sorted((REPOSITORY / "config" / "sources").glob("*.yaml"))
    said = {path.stem: yaml.safe_load(path.read_text("utf-8")) for path in files}
    wanted = {"name", "kind", "urls", "language", "country", "tier", "every", "health", "terms", "verified"}
    assert {name: wanted - set(keys) for name, keys in said.items() if not wanted <= set(keys)} == {}
    polled = Counter(url for keys in said.values() for url in keys["urls"])
    assert [url for url, times in polled.items() if times > 1] == [], "polled twice"


def test_the_list_in_the_documents_is_that_of_the_files() -> None:
    listed = (REPOSITORY / "docs" / "source-list.md").read_text("utf-8")
    assert listed.endswith(overview(load_sources(REPOSITORY / "config" / "sources")[0])), "write it again: spacepact source table"
