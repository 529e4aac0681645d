"""The real `spacepact run`: somebody signs up, is told, and leaves; receivers outside the service are the oracle."""

from __future__ import annotations

import re
import time
import urllib.error
import urllib.parse
import urllib.request
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from conftest import House

    from spacepact.demo.receivers import Received

LUPEX = (
    "The Japan Aerospace Exploration Agency (JAXA) and the Indian Space Research Organisation (ISRO) signed a memorandum of "
    "understanding on Monday for the joint lunar polar mission LUPEX."
)
ENVISION = (
    "The European Space Agency (ESA) and the Canadian Space Agency (CSA) signed a memorandum of understanding on Tuesday "
    "on the joint observation mission EnVision."
)


def ask(house: House, path: str, **form: str) -> str:
    """GET, or POST where there is a form."""
    body = urllib.parse.urlencode(form).encode() if form else None
    with urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{house.port}{path}", data=body), timeout=60) as answer:
        return str(answer.read().decode())


def mails(house: House) -> list[Received]:
    return [m for m in house.receivers.received if m.kind == "mail"]


def test_c2_from_the_sign_up_to_the_last_mail(house: House) -> None:
    path = house.config / "settings.yaml"
    settings = yaml.safe_load(path.read_text()) | {"subscribers": {"channel": "mail"}, "base_url": "https://alerts.example"}
    path.write_text(yaml.safe_dump(settings), "utf-8")
    house.write("watchlists/all.yaml", {"name": "All", "deliver": [{"channel": "hook"}]})
    house.write("sources/outlet.yaml", house.source("1s"))
    house.outlet.pages.clear()
    service = house.run()
    service.wait_for(lambda: "web page on" in service.log.read_text())
    token = re.search(r'name="form" value="([^"]+)"', ask(house, "/subscribe"))
    assert token
    ask(house, "/subscribe", form=token[1], address="ada@example.org", watchlist="all", frequency="immediate", zone="UTC")
    service.wait_for(lambda: house.receivers.received)
    (letter,) = mails(house)
    confirm = re.search(r"https://alerts\.example(/confirm/\S+)", letter.text)
    assert confirm
    assert "You are subscribed" in ask(house, confirm[1], yes="yes")
    time.sleep(5.5)  # the crawler's process looks for new subscribers every five seconds
    house.outlet.publish("one", "JAXA and ISRO sign memorandum on lunar rover LUPEX", LUPEX)
    service.wait_for(lambda: len(mails(house)) == 2)
    alert = mails(house)[1]
    assert alert.mail
    link = str(alert.mail["List-Unsubscribe"]).strip("<>")
    assert (alert.recipient, alert.mail["List-Unsubscribe-Post"]) == ("ada@example.org", "List-Unsubscribe=One-Click")
    assert "Done" in ask(house, link.removeprefix("https://alerts.example"), **{"List-Unsubscribe": "One-Click"})
    house.outlet.publish("two", "ESA and CSA sign memorandum on EnVision", ENVISION)
    service.wait_for(lambda: len(house.arrived("webhook")) == 2)
    time.sleep(2)
    service.stop()
    assert len(mails(house)) == 2
