"""`spacepact sources` and what operators hear, over the real service and a real outlet."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import House


def test_the_table_names_every_source_and_filters(house: House) -> None:
    house.write("sources/gone.yaml", house.source() | {"urls": [f"{house.outlet.base}/nowhere"], "tier": "blog", "country": "JP"})
    before = house.spacepact("sources", "--bad")
    assert (before.returncode, "0 sources: none" in before.stderr) == (0, True)
    house.spacepact("crawl")
    shown = house.spacepact("sources")
    assert shown.returncode == 0
    assert "outlet" in shown.stdout
    assert "404 Not Found; never well so far" in shown.stdout
    assert "2 sources: 1 gone, 1 ok" in shown.stderr or "2 sources: 1 ok, 1 gone" in shown.stderr
    bad = house.spacepact("sources", "--bad", "--jsonl")
    assert bad.returncode == 1
    rows = [json.loads(line) for line in bad.stdout.splitlines()]
    assert [(row["id"], row["state"], row["country"]) for row in rows] == [("gone", "gone", "JP")]
    assert house.spacepact("sources", "--tier", "trade", "--country", "fr", "--jsonl").stdout.count("\n") == 1
    wrong = house.spacepact("sources", "outlte")
    assert (wrong.returncode, "no source is called 'outlte'" in wrong.stderr) == (2, True)


def test_e12_operators_hear_within_two_visits_that_nothing_is_listed_any_more(house: House) -> None:
    house.build(every="1s")
    settings = house.config / "settings.yaml"
    text = settings.read_text().replace("alerts:", "alerts:\n  operators: [mail]") + "watch: {every: 1s, gather: 1s}\n"
    settings.write_text(text)

    def subjects() -> list[str]:
        return [message.title for message in house.receivers.received if message.kind == "mail"]

    service = house.run()
    service.wait_for(lambda: len(house.receivers.received) == 2, 120)
    house.outlet.pages.clear()
    service.wait_for(lambda: any("outlet is empty" in title for title in subjects()), 120)
    house.outlet.publish("new", "A quiet week in the test hall", "The hall was painted green.")
    service.wait_for(lambda: any("outlet is ok" in title for title in subjects()), 120)
    service.stop()
    assert len(subjects()) == 3, "the alert, the trouble, and its end"
