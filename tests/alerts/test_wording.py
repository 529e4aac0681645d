"""What ids are called when people read them."""

from __future__ import annotations

from typing import Any

import pytest

from alerts.wording import headline, party_name
from spacepact.cooperation import Party


@pytest.mark.parametrize(
    ("number", "name", "called"),
    [
        ("state:br", "State:Brazil", "Brazil"),
        ("state:br", "Brazil", "Brazil"),
        ("state:br", "State:", "state:br"),
        ("aeb", "AEB", "AEB"),
        ("stateline", "State: Line Corp", "State: Line Corp"),
        ("unspecified", "unspecified", "a partner not named"),
    ],
)
def test_parties(number: str, name: str, called: str) -> None:
    assert party_name(Party(id=number, name=name)) == called


def test_a_country_is_called_by_its_name_wherever_people_read(make: Any) -> None:
    states = (Party(id="state:br", name="State:Brazil"), Party(id="isro", name="ISRO", role="host"))
    found = make.cooperation("state:br", "isro").model_copy(update={"parties": states})
    assert headline(found, ["LUPEX"]) == "Signed: Brazil and ISRO on LUPEX (joint mission)"
    message = make.message(found=found)
    assert "Brazil, ISRO (host)" in message.text
    assert [p.name for p in message.facts.parties] == ["Brazil", "ISRO"]
    for written in (message.subject, message.text, message.html, message.facts.model_dump_json()):
        assert "State:" not in written
