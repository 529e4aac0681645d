"""Slack: its limits, its markup, its threads and its answers, against a server that keeps to its documents."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import SecretStr

from alerts.blocks import pieces, posts, words
from alerts.channels.slack import Slack, SlackOptions
from alerts.digest import write
from alerts.message import Message
from spacepact.errors import SendError
from spacepact.settings import Outbound, Settings
from tests.alerts.slack_server import TOKEN, running, wrong

OURS = Settings(outbound=Outbound(private_hosts=("127.0.0.1",)))


@pytest.fixture
def slack() -> Iterator[Any]:
    with running() as server:
        yield server


def hook(slack: Any) -> Slack:
    return Slack("team-slack", SlackOptions(url=SecretStr(f"{slack.base}/services/T0/B0/canary")), OURS)


def bot(slack: Any, conversation: str = "C012345", token: str = TOKEN) -> Slack:
    return Slack("team-slack", SlackOptions(token=SecretStr(token), conversation=conversation, api=f"{slack.base}/api"), OURS)


def failing(make: Any, channel: Slack, message: Message | None = None) -> SendError:
    with pytest.raises(SendError) as caught:
        make.run(channel.send(message or make.message()))
    return caught.value


def blocks(message: Message) -> list[dict[str, Any]]:
    (post,) = posts(message)
    return post


def texts(message: Message) -> list[str]:
    return [text for post in posts(message) for text in words(post)]


def digest(make: Any, count: int, *, title: str, sentence: str) -> Message:
    """A digest of stories that have nothing to do with each other."""
    desk = make.desk({"japan": make.watchlist()}, slack=make.Route(("team-slack",)))
    desk.lists["japan"] = make.watchlist("slack")
    items = []
    for n in range(count):
        found = make.cooperation("jaxa", f"state:{chr(97 + n % 26)}{chr(97 + n // 26)}", missions=[f"m{n}"], evidence=[f"{n}. {sentence}"])
        (alert,) = desk.takes(make.article(n, title=f"{n}. {title}"), found).alerts
        items.append((alert.deliveries[0], alert))
    return write("digest-1", items)


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


def test_a_correction_says_so_first(make: Any) -> None:
    (alert,) = make.desk().takes(make.article(), make.cooperation(stage="talks")).alerts
    shown = texts(make.rendered(alert.model_copy(update={"kind": "correction", "was": make.cooperation()})))
    assert shown[1].startswith("*Correction.* We told you: “Signed: JAXA and ISRO")
    assert "*Stage*  In talks (was: Signed)" in shown[3]


@pytest.mark.parametrize("text", ["<!channel> & <http://x|NASA> <@U1>", "<!here>", "<#C1|general>", "&lt;!channel&gt;"])
def test_b5_markup_in_scraped_text_arrives_as_text(make: Any, slack: Any, text: str) -> None:
    found = make.cooperation(evidence=[text])
    party = found.parties[0].model_copy(update={"name": text})
    page = make.article(title=text, site_name=text, url="https://news.example/a|b>c")
    make.run(hook(slack).send(make.message(page, found.model_copy(update={"parties": (party, found.parties[1])}))))
    (post,) = slack.posts
    shown = words(post["blocks"])[1:]
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert f"> {escaped}" in shown
    assert not any("<!" in t or "<@" in t or "<#" in t or "<http://x" in t for t in [*shown, post["text"]])


def test_b5_sixty_items_of_4000_characters_are_split_and_nothing_is_dropped(make: Any, slack: Any) -> None:
    sentence = " ".join(f"<word{n}&" for n in range(420))
    message = digest(make, 60, title="T" * 200, sentence=sentence)
    assert 3_900 < len(sentence) < 4_100
    channel = hook(slack)
    channel.gap = 0
    make.run(channel.send(message))
    assert [wrong(post) for post in slack.posts] == [None] * len(slack.posts)
    assert max(sum(map(len, words(p["blocks"]))) for p in slack.posts) <= 12_000
    shown = " ".join(text for p in slack.posts for text in words(p["blocks"]))
    assert shown.count("word419&amp;") == 60
    assert all(f"{n}. {'T' * 200}" in shown for n in range(60))
    assert shown.count("&lt;word") == 60 * 420


def test_a_digest_of_usual_length_is_one_post(make: Any, slack: Any) -> None:
    make.run(
        hook(slack).send(digest(make, 12, title="A title of usual length about a joint mission", sentence="The agencies agreed. " * 10))
    )
    assert len(slack.posts) == 1
    assert sum(1 for t in words(slack.posts[0]["blocks"]) if t.startswith("*Signed: JAXA and ")) == 12


def test_a_split_message_goes_on_where_it_was_broken_off(make: Any, slack: Any) -> None:
    message, channel = digest(make, 12, title="T" * 200, sentence="word " * 780), hook(slack)
    channel.gap = 0
    whole = len(posts(message))
    assert whole > 3
    slack.script = [(200, "ok", {}), (200, "ok", {}), (503, "rollup_error", {})]
    assert not failing(make, channel, message).permanent
    make.run(channel.send(message))
    assert len(slack.asked) == whole + 1
    headings = [words(body["blocks"])[0][-6:] for body in slack.asked]
    assert headings == [f" ({n}/{whole})"[-6:] for n in (1, 2, 3, *range(3, whole + 1))]


def test_nothing_is_longer_than_slack_takes(make: Any) -> None:
    long = [f"{'<&>' * 900} {n} {'word ' * 800}" for n in range(3)]
    found = make.cooperation(
        *[f"state:{chr(97 + i)}{chr(97 + j)}" for i in range(8) for j in range(8)],
        evidence=long,
        missions=[f"mission-{n}" * 9 for n in range(60)],
    )
    message = make.message(make.article(title="T" * 900, site_name="S" * 900), found)
    assert [wrong({"text": "x", "blocks": post}) for post in posts(message)] == [None] * len(posts(message))
    assert not any(t.endswith(("&", "&l", "&lt", "&a", "&am", "&amp", "&g", "&gt")) for t in texts(message))


def test_a_long_sentence_is_split_and_nothing_is_dropped(make: Any) -> None:
    sentence = " ".join(f"word{n}<&>" for n in range(400))
    found = pieces(sentence, 2_990)
    assert max(map(len, found)) <= 2_990
    assert " ".join(found) == sentence.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    shown = texts(make.message(make.article(), make.cooperation(evidence=[sentence])))
    assert all(any(f"word{n}&lt;" in text for text in shown) for n in range(400))


def test_b1_posts_of_one_message_keep_their_distance(make: Any, slack: Any) -> None:
    assert Slack.gap == 1.0
    make.run(hook(slack).send(digest(make, 6, title="T" * 200, sentence="word " * 780)))
    gaps = [after - before for before, after in zip(slack.times, slack.times[1:], strict=False)]
    assert len(gaps) >= 2
    assert min(gaps) >= 1.0


@pytest.mark.parametrize("said", ["invalid_payload", "invalid_blocks", "msg_blocks_too_long"])
def test_b3_refused_blocks_are_sent_once_as_plain_text(make: Any, slack: Any, said: str) -> None:
    slack.answers(400, said)
    assert make.run(hook(slack).send(make.message())).answer == "200 ok"
    first, second = slack.asked
    assert "blocks" in first
    assert "blocks" not in second
    assert make.sentence in second["text"]


@pytest.mark.parametrize("said", ["invalid_payload", "invalid_blocks"])
def test_b3_refused_plain_text_is_the_end(make: Any, slack: Any, said: str) -> None:
    slack.answers(400, said)
    slack.answers(400, said)
    error = failing(make, hook(slack))
    assert (error.permanent, error.broken, len(slack.asked)) == (True, False, 2)


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
def test_b4_a_hook_that_is_gone_is_broken_and_says_why(make: Any, slack: Any, status: int, said: str) -> None:
    slack.answers(status, said)
    error = failing(make, hook(slack))
    assert (error.permanent, error.broken, len(slack.asked)) == (True, True, 1)
    assert str(error) == f"team-slack: Slack answered {status} {said}"


def test_b2_too_many_requests(make: Any, slack: Any) -> None:
    for channel in (hook(slack), bot(slack)):
        slack.answers(429, "rate_limited", Retry_After="30")
        error = failing(make, channel)
        assert (error.permanent, error.broken, error.retry_after) == (False, False, 30)


@pytest.mark.parametrize("status", [302, 500, 502, 503])
def test_trouble_at_slack_is_tried_again(make: Any, slack: Any, status: int) -> None:
    for channel in (hook(slack), bot(slack)):
        slack.answers(status, "rollup_error")
        error = failing(make, channel)
        assert (error.permanent, error.broken) == (False, False)


def test_the_recipient_is_the_name_and_not_the_address(make: Any, slack: Any) -> None:
    assert hook(slack).recipients(("a@example.org",)) == ("team-slack",)
    assert bot(slack).recipients(()) == ("team-slack",)


def test_a_bot_answers_in_the_thread_of_the_first_message(make: Any, slack: Any) -> None:
    channel = bot(slack)
    first = make.run(channel.send(make.message()))
    assert first.answer == f"200 ok {first.reference}"
    again = make.message(make.article(2)).model_copy(update={"reply_to": first.reference})
    make.run(channel.send(again))
    assert slack.posts[0].get("thread_ts") is None
    assert (slack.posts[1]["thread_ts"], slack.posts[1]["reply_broadcast"]) == (first.reference, True)


def test_where_the_thread_is_gone_the_message_stands_alone(make: Any, slack: Any) -> None:
    make.run(bot(slack).send(make.message().model_copy(update={"reply_to": "1600000000.000001"})))
    assert [p.get("thread_ts") for p in slack.posts] == [None]
    assert len(slack.asked) == 2


def test_an_incoming_webhook_cannot_answer_in_a_thread(make: Any, slack: Any) -> None:
    receipt = make.run(hook(slack).send(make.message().model_copy(update={"reply_to": "1"})))
    assert (receipt.reference, "thread_ts" in slack.posts[0]) == (None, False)


def test_b4_a_bot_that_may_not_write_is_broken_and_says_why(make: Any, slack: Any) -> None:
    wrong_token, wrong_place = bot(slack, token="xoxb-revoked-canary"), bot(slack, conversation="C999")
    assert [str(failing(make, c)) for c in (wrong_token, wrong_place)] == [
        "team-slack: Slack answered 200 invalid_auth",
        "team-slack: Slack answered 200 channel_not_found",
    ]
    slack.says("not_in_channel")
    error = failing(make, bot(slack))
    assert (error.permanent, error.broken) == (True, True)


@pytest.mark.parametrize(("said", "permanent"), [("internal_error", False), ("fatal_error", False), ("some_new_error", True)])
def test_what_a_bot_is_told(make: Any, slack: Any, said: str, *, permanent: bool) -> None:
    slack.says(said)
    assert failing(make, bot(slack)).permanent == permanent


@pytest.mark.parametrize("body", ["", "<html>", "[]", '{"ok": false}', "null"])
def test_an_answer_that_slack_would_not_give(make: Any, slack: Any, body: str) -> None:
    slack.answers(200, body)
    assert not failing(make, bot(slack)).permanent


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"url": "https://a.example/x", "token": "t", "conversation": "C1"},
        {"token": "t"},
        {"url": "https://a.example/x", "conversation": "C1"},
    ],
)
def test_one_way_to_slack_and_not_two(options: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="write either url, or token and conversation"):
        SlackOptions.model_validate(options)
