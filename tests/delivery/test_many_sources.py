"""E10: one story on twelve sites within two days is one alert that lists twelve sources."""

from __future__ import annotations

from typing import Any

import pytest

SITES = [f"site-{n}" for n in range(12)]


def spread(desk: Any) -> None:
    """Let each site report the same signing, one every four hours."""
    for site in SITES:
        desk.reads("jaxa isro signed lupex", number=1, outlet=site)
        desk.delivers(hours=4)


@pytest.mark.parametrize(
    "asked", [{"match": {"min_sources": 12}}, {"deliver": [{"channel": "mail", "group_wait": "47h"}]}], ids=["enough sources", "grouped"]
)
def test_e10_twelve_sites_are_one_alert_that_lists_them(office: Any, scripted: Any, asked: dict[str, Any]) -> None:
    desk = office(channels=[box := scripted("mail")], lists={"all": {"deliver": [{"channel": "mail"}], **asked}})
    spread(desk)
    desk.delivers(days=2)
    assert len(box.got) == 1
    facts = box.got[0].facts
    assert facts is not None
    assert facts.more_sources + len(facts.sources) == 12
    assert {source.url for source in facts.sources} <= {f"https://{site}.example/1" for site in SITES}


def test_e10_who_is_told_at_once_is_told_once(office: Any, scripted: Any) -> None:
    desk = office(channels=[box := scripted("mail")], lists={"all": {"deliver": [{"channel": "mail"}]}})
    spread(desk)
    desk.delivers(days=2)
    assert [len(message.facts.sources) for message in box.got] == [1]
    assert desk.states() == ["sent"]
