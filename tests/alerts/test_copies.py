"""A text that another outlet republishes is known again, under any title and however it was read."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from alerts.copies import COPY, digest, in_common
from alerts.stories import relate, telling

TEXT = (
    "The agencies of both countries signed the paper on Tuesday in a hall above the harbour, after a year of talks about who pays for "
    "the antenna. The dish will stand on a hill near the coast and listen to small satellites that no other station hears. Work begins "
    "in autumn with a road for the trucks. A second dish may follow when the first has shown that fog does no harm to its bearings."
)
REWRITTEN = (
    "A dish for small satellites is to be built on a coastal hill, both agencies announced. They had argued for a year over the bill. "
    "Trucks need a new road first, so nothing moves before autumn, and fog remains a worry for the engineers who look after bearings."
)
EASTERN = "两国航天机构星期二在港口上方的大厅签署文件，此前双方就天线费用谈判了一年。天线将建在海边的小山上，接收小型卫星的信号。"


def test_a_copy_with_another_beginning_and_end_is_a_copy() -> None:
    copy = f"HARBOUR CITY (Wire) - {TEXT} Reporting by our staff."
    assert in_common(digest(TEXT), digest(copy)) >= COPY
    assert in_common(digest(EASTERN), digest(f"{EASTERN}（完）")) >= COPY


def test_another_text_on_the_same_event_is_none() -> None:
    assert in_common(digest(TEXT), digest(REWRITTEN)) < 0.2


def test_a_short_text_has_no_digest_and_is_like_nothing() -> None:
    assert digest("They sign.") == ""
    assert in_common("", "") == in_common(digest(TEXT), "") == 0


def relation(make: Any, second: Any, *, days: float = 1, text: str = TEXT, source: str = "outlet-2") -> Any:
    """How a second report relates to the story that a first one began with the same text."""
    desk = make.desk()
    story = desk.takes(make.article(1, title="Agencies sign", text=TEXT), make.cooperation(missions=[])).stories[0]
    later = make.now + timedelta(days=days)
    page = make.article(2, title="Antenna above the harbour", text=text, source=source, published=later, fetched=later)
    return relate(second, telling(page), story)


def test_a_copy_that_was_read_otherwise_is_the_same_event(make: Any) -> None:
    misread = make.cooperation(missions=[], activity="crew", instrument="mou", stage="talks")
    found = relation(make, misread)
    assert (found.kind, found.reason) == ("same-event", "a copy of the text at Outlet 1")
    assert relation(make, misread, text=REWRITTEN).kind == "unrelated"


def test_a_release_that_serves_every_partner_is_no_copy_of_the_event(make: Any) -> None:
    assert relation(make, make.cooperation("nasa", "csa", missions=[])).kind == "unrelated"


def test_an_outlet_that_uses_its_own_words_again_tells_something_else(make: Any) -> None:
    misread = make.cooperation(missions=[], activity="crew", instrument="mou", stage="talks")
    assert relation(make, misread, source="outlet-1").kind == "unrelated"


def test_a_copy_that_comes_a_month_later_is_not_the_same_event(make: Any) -> None:
    assert relation(make, make.cooperation(missions=[], stage="talks"), days=30).kind != "same-event"


def test_a_copy_with_a_denial_in_it_is_news(make: Any) -> None:
    assert relation(make, make.cooperation(missions=[], mode="negated")).kind == "same-record"
