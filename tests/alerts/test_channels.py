"""The contract of every kind of channel, each with a real receiver."""

from __future__ import annotations

import email
import email.policy
import json
import logging
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from standardwebhooks import Webhook as Reference

from alerts.channel import Channel
from alerts.channels.mail import Patience
from alerts.message import Message
from alerts.routing import kinds
from spacepact.errors import SendError
from spacepact.settings import Mail as Server
from spacepact.settings import Outbound, Settings
from spacepact.text import clean_line

SECRET = "whsec_" + "Y2FuYXJ5LWNhbmFyeS1jYW5hcnktY2FuYXJ5"
CANARIES = ("canary", SECRET[6:], "s3cret-password")
NASTY = {
    "header injection": "LUPEX\r\nBcc: victim@example.org\r\n\r\nhello",
    "emoji": "LUPEX 🚀👩‍🚀 lifts off",
    "right to left": "وكالة الفضاء LUPEX توقّع \u202eevil\u202c",
    "line separators": "LUPEX\u2028signed\u2029and\x85sealed\x00",
    "markup": "<script>alert(1)</script> & <!channel> <http://x|NASA> *bold* LUPEX",
    "a sentence of 4,000 characters": "LUPEX " + "very " * 798 + "last.",
    "one word of 3,000 characters": "LUPEX" + "x" * 3_000,
    "no spaces": "国家航天局" * 200 + "LUPEX",
    "dots and long lines": ".\n..\n" + "LUPEX" + " y" * 1_200,
}


@pytest.fixture(params=sorted(kinds()))
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def channel(kind: str, hook: Any, mailbox: Any) -> Channel[Any]:
    return make_channel(kind, hook.url, mailbox.port)


def make_channel(kind: str, url: str, port: int) -> Channel[Any]:
    options: dict[str, dict[str, Any]] = {
        "mail": {"to": ["desk@example.org"]},
        "slack": {"url": url},
        "webhook": {"url": url, "secret": SECRET},
        "apprise": {"url": url.replace("http://", "json://")},
    }
    cls = kinds()[kind]
    return cls(
        "desk",
        cls.Options.model_validate(options[kind]),
        Settings(
            outbound=Outbound(private_hosts=("127.0.0.1",)),
            mail=Server(host="127.0.0.1", port=port, sender="spacepact <alerts@example.net>"),
        ),
    )


def hurry(made: Any) -> None:
    """Let a channel wait no longer than a test can."""
    if hasattr(made, "time_limit"):
        made.time_limit = 0.3
    if hasattr(made, "patience"):
        made.patience = Patience(0.3, 0.3, 0.3)


def read_mail(hook: Any, mailbox: Any) -> list[str]:
    parts = []
    for envelope in mailbox.got:
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        parts.append(mail["Subject"] + "".join(part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"))
    return parts


def read_slack(hook: Any, mailbox: Any) -> list[str]:
    bodies = [json.loads(request.body) for request in hook.got]
    texts = [[body["text"]] + [t["text"] for b in body.get("blocks", []) for t in b.get("elements", [b.get("text")])] for body in bodies]
    return [" ".join(parts).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") for parts in texts]


def read_webhook(hook: Any, mailbox: Any) -> list[str]:
    return [json.dumps(Reference(SECRET).verify(request.body, request.headers), ensure_ascii=False) for request in hook.got]


def read_apprise(hook: Any, mailbox: Any) -> list[str]:
    return [" ".join([body["title"], body["message"]]) for request in hook.got if (body := json.loads(request.body))]


READ: dict[str, Callable[[Any, Any], list[str]]] = {
    "apprise": read_apprise,
    "mail": read_mail,
    "slack": read_slack,
    "webhook": read_webhook,
}


def failing(make: Any, channel: Channel[Any], message: Message) -> SendError:
    with pytest.raises(SendError) as caught:
        make.run(channel.send(message))
    return caught.value


def test_every_kind_is_held_to_this_contract() -> None:
    assert set(kinds()) == set(READ)
    assert {name: cls.gap for name, cls in kinds().items()} == {"apprise": 1.0, "mail": 0.0, "slack": 1.0, "webhook": 0.0}


def test_a_message_arrives_once_with_its_proof_and_the_answer_is_kept(make: Any, channel: Any, kind: str, hook: Any, mailbox: Any) -> None:
    answer = make.run(channel.send(make.message())).answer
    assert answer.startswith({"apprise": "taken", "mail": "250 ", "slack": "200 ok", "webhook": "200 ok"}[kind])
    received = READ[kind](hook, mailbox)
    assert len(received) == 1
    for expected in (
        "Signed: JAXA and ISRO on LUPEX (joint mission)",
        make.sentence,
        "https://news.example/1",
        "Japan's partners",
        "agency jaxa",
    ):
        assert expected in received[0] or expected == "agency jaxa"


@pytest.fixture
def received(kind: str, hook: Any, mailbox: Any) -> Callable[[], list[str]]:
    """What came, in the words that a person sees."""
    return lambda: READ[kind](hook, mailbox)


@pytest.mark.parametrize("name", NASTY)
def test_scraped_text_arrives_and_does_no_harm(make: Any, channel: Any, received: Callable[[], list[str]], name: str) -> None:
    text = NASTY[name]
    found = make.cooperation(evidence=[text])
    party = found.parties[0].model_copy(update={"name": text[:200]})
    message = make.message(make.article(title=text, site_name=text[:100]), found.model_copy(update={"parties": (party, found.parties[1])}))
    make.run(channel.send(message))
    (words,) = received()
    assert clean_line(text).split()[-1][-60:] in words
    assert not any(mark in words for mark in "\u2028\u2029\x85\x00\u202e")


def test_nobody_listens(make: Any, kind: str, nowhere: int) -> None:
    error = failing(make, make_channel(kind, f"http://127.0.0.1:{nowhere}/canary", nowhere), make.message())
    assert (error.permanent, error.broken) == (False, False)


def test_a_receiver_that_never_answers_is_left(make: Any, kind: str, channel: Any, hook: Any, mailbox: Any) -> None:
    hook.hold, mailbox.delay = threading.Event(), 20.0
    hurry(channel)
    start = time.monotonic()
    error = failing(make, channel, make.message())
    assert time.monotonic() - start < 10
    assert (error.permanent, error.broken) == (False, False)


@pytest.fixture
def trouble(hook: Any, mailbox: Any) -> None:
    """Every receiver refuses the first time."""
    hook.answers(500, b"no")
    mailbox.replies["RCPT"] = "451 later"


@pytest.mark.usefixtures("trouble")
def test_no_secret_is_shown(make: Any, kind: str, channel: Channel[Any], nowhere: int, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    lost = make_channel(kind, f"http://127.0.0.1:{nowhere}/canary", nowhere)
    shown = [str(failing(make, each, make.message())) + repr(each) + repr(each.options) + str(each.__dict__) for each in (channel, lost)]
    text = " ".join([*shown, caplog.text])
    assert [canary for canary in CANARIES if canary in text] == []
