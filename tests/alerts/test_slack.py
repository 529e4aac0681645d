"""Slack: its limits, its markup and its answers."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import SecretStr

from alerts.channels.slack import Slack, SlackOptions, blocks, fallback, pieces
from alerts.message import Message
from spacepact.errors import SendError
from spacepact.settings import Outbound, Settings

OURS = Settings(outbound=Outbound(private_hosts=("127.0.0.1",)))


def channel(url: str) -> Slack:
    return Slack("team-slack", SlackOptions(url=SecretStr(url)), OURS)


def failing(make: Any, hook: Any) -> SendError:
    with pytest.raises(SendError) as caught:
        make.run(channel(hook.url).send(make.message()))
    return caught.value


def texts(message: Message) -> list[str]:
    return [t["text"] for b in blocks(message) for t in b.get("elements", [b.get("text")])]


def test_what_a_reader_sees(make: Any) -> None:
    shown = blocks(make.message())
    assert shown[0] == {
        "type": "header",
        "block_id": make.message().id,
        "text": {"type": "plain_text", "text": "Signed: JAXA and ISRO on LUPEX (joint mission)", "emoji": False},
    }
    assert [b["type"] for b in shown[1:]] == ["section", "section", "section", "context"]
    assert shown[1]["text"] == {"type": "mrkdwn", "text": f"> {make.sentence}", "verbatim": True}
    assert shown[3]["text"]["text"] == "<https://news.example/1|JAXA and ISRO sign up for LUPEX> Outlet 1, 12 May 2026"
    assert fallback(make.message()) == "Signed: JAXA and ISRO on LUPEX (joint mission)"


def test_a_correction_says_so_first(make: Any) -> None:
    desk = make.desk()
    desk.takes(make.article(1), make.cooperation())
    decision = desk.takes(make.article(1, revision=2), make.cooperation(stage="talks"), before=make.classification(make.cooperation()))
    shown = texts(make.rendered(decision.alerts[0]))
    assert shown[1].startswith("*Correction.* We told you: “Signed: JAXA and ISRO")
    assert "*Stage*  In talks (was: Signed)" in shown[3]


def test_markup_in_scraped_text_arrives_as_text(make: Any) -> None:
    evil = "<!channel> & <http://x|NASA> <@U1>"
    found = make.cooperation(evidence=[evil])
    party = found.parties[0].model_copy(update={"name": evil})
    page = make.article(title=evil, site_name=evil, url="https://news.example/a|b>c")
    shown = texts(make.message(page, found.model_copy(update={"parties": (party, found.parties[1])})))
    escaped = "&lt;!channel&gt; &amp; &lt;http://x|NASA&gt; &lt;@U1&gt;"
    assert f"> {escaped}" in shown
    assert not any("<!" in text or "<@" in text or "<http://x" in text for text in shown[1:])


def test_nothing_is_longer_than_slack_takes(make: Any) -> None:
    long = [f"{'<&>' * 900} {n} {'word ' * 800}" for n in range(3)]
    found = make.cooperation(
        *[f"state:{chr(97 + i)}{chr(97 + j)}" for i in range(8) for j in range(8)],
        evidence=long,
        missions=[f"mission-{n}" * 9 for n in range(60)],
    )
    shown = blocks(make.message(make.article(title="T" * 900, site_name="S" * 900), found))
    assert len(shown) <= 50
    assert len(shown[0]["text"]["text"]) <= 150
    sections = [b["text"]["text"] for b in shown if b["type"] == "section"]
    assert max(map(len, sections)) <= 3_000
    assert sum(map(len, texts(make.message(make.article(), found)))) <= 12_000
    assert not any(text.endswith(("&", "&l", "&lt", "&a", "&am", "&amp", "&g", "&gt")) for text in sections)


def test_a_long_sentence_is_split_and_nothing_is_dropped(make: Any) -> None:
    sentence = " ".join(f"word{n}<&>" for n in range(400))
    found = pieces(sentence, 2_990)
    assert max(map(len, found)) <= 2_990
    assert " ".join(found) == sentence.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    shown = texts(make.message(make.article(), make.cooperation(evidence=[sentence])))
    assert all(any(f"word{n}&lt;" in text for text in shown) for n in range(400))


@pytest.mark.parametrize("said", ["invalid_payload", "invalid_blocks", "msg_blocks_too_long"])
def test_refused_blocks_are_sent_once_as_plain_text(make: Any, hook: Any, said: str) -> None:
    hook.answers(400, said.encode())
    assert make.run(channel(hook.url).send(make.message())).answer == "200 ok"
    first, second = (json.loads(request.body) for request in hook.got)
    assert "blocks" in first
    assert "blocks" not in second
    assert make.sentence in second["text"]


def test_refused_plain_text_is_the_end(make: Any, hook: Any) -> None:
    hook.answers(400, b"invalid_payload")
    hook.answers(400, b"invalid_payload")
    error = failing(make, hook)
    assert (error.permanent, error.broken, len(hook.got)) == (True, False, 2)


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (403, "action_prohibited"),
        (403, "invalid_token"),
        (404, "channel_not_found"),
        (404, "no_service"),
        (410, "channel_is_archived"),
        (400, "user_not_found"),
    ],
)
def test_a_hook_that_is_gone_is_broken_and_says_why(make: Any, hook: Any, status: int, said: str) -> None:
    hook.answers(status, said.encode())
    error = failing(make, hook)
    assert (error.permanent, error.broken, len(hook.got)) == (True, True, 1)
    assert str(error) == f"team-slack: Slack answered {status} {said}"


def test_too_many_requests(make: Any, hook: Any) -> None:
    hook.answers(429, b"rate_limited", Retry_After="30")
    error = failing(make, hook)
    assert (error.permanent, error.broken, error.retry_after) == (False, False, 30)


@pytest.mark.parametrize("status", [302, 500, 502, 503])
def test_trouble_at_slack_is_tried_again(make: Any, hook: Any, status: int) -> None:
    hook.answers(status, b"rollup_error")
    error = failing(make, hook)
    assert (error.permanent, error.broken, len(hook.got)) == (False, False, 1)


def test_the_recipient_is_the_name_and_not_the_address(make: Any) -> None:
    assert channel("https://hooks.example/canary").recipients(("a@example.org",)) == ("team-slack",)
