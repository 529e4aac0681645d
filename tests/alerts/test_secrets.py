"""No secret of a channel is shown, whatever goes wrong: not in errors, logs, tracebacks or representations."""

from __future__ import annotations

import logging
import threading
import traceback
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from alerts.channel import Channel
from alerts.channels.mail import Mail, MailOptions, Patience
from alerts.channels.slack import Slack, SlackOptions
from alerts.channels.webhook import WebhookOptions
from alerts.routing import load_channels
from spacepact.errors import SendError
from spacepact.settings import Mail as Server
from spacepact.settings import Outbound, Settings
from tests.alerts.test_channels import SECRET, hurry, make_channel

CANARIES = ("canary", "s3cret-password", SECRET[6:], "Y2FuYXJ5")
ANSWERS = [
    (500, b"no"),
    (404, b"<h1>Not Found</h1> /services/T0/B0/canary was not found on this server"),
    (403, b"invalid_token"),
    (410, b"gone"),
    (429, b"slow down"),
    (302, b"elsewhere"),
    (400, b"invalid_payload"),
    (503, b'{"path": "/services/T0/B0/canary"}'),
]
REPLIES = ["421 closing", "450 busy", "530 log in", "535 the password s3cret-password is wrong", "550 5.1.1 nobody", "554 spam"]


def shown(make: Any, channel: Channel[Any], caplog: pytest.LogCaptureFixture) -> str:
    """Everything that could reach a person when a message cannot be sent."""
    caplog.clear()
    with pytest.raises(SendError) as caught:
        make.run(channel.send(make.message()))
    whole = "".join(traceback.format_exception(caught.value))
    return whole + caplog.text + repr(channel) + repr(channel.options) + str(vars(channel)) + repr(channel.settings)


def test_f10_thirty_forced_errors_and_no_secret(make: Any, hook: Any, mailbox: Any, nowhere: int, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    texts: list[str] = []
    for kind in ("webhook", "slack", "apprise"):
        for status, body in ANSWERS:
            hook.script = [(status, {"Location": hook.url}, body)] * 2
            texts.append(shown(make, make_channel(kind, hook.url, mailbox.port), caplog))
        hook.script.clear()
        texts.append(shown(make, make_channel(kind, f"http://127.0.0.1:{nowhere}/canary", nowhere), caplog))
    bot = SlackOptions(token=SecretStr("xoxb-canary"), conversation="C1", api=hook.url.partition("/services")[0])
    ours = Settings(outbound=Outbound(private_hosts=("127.0.0.1",)))
    for body in (b'{"ok": false, "error": "invalid_auth", "token": "xoxb-canary"}', b"Bearer xoxb-canary is odd", b""):
        hook.script = [(200, {}, body)]
        texts.append(shown(make, Slack("slack", bot, ours), caplog))
    for reply in REPLIES:
        mailbox.replies = {"MAIL": reply}
        texts.append(shown(make, with_login(mailbox.port), caplog))
    texts.append(shown(make, with_login(nowhere), caplog))
    hook.hold = threading.Event()
    silent = make_channel("webhook", hook.url, mailbox.port)
    hurry(silent)
    texts.append(shown(make, silent, caplog))
    assert len(texts) >= 30
    assert [(c, t[max(0, t.index(c) - 150) : t.index(c) + 40]) for c in CANARIES for t in texts if c in t] == []


def with_login(port: int) -> Mail:
    server = Server(host="127.0.0.1", port=port, username="desk", password=SecretStr("s3cret-password"), sender="spacepact <a@example.net>")
    channel = Mail("mail", MailOptions(), Settings(mail=server, web={"secret": "canary" * 8}))  # type: ignore[arg-type]
    channel.patience = Patience(0.5, 0.5, 0.5)
    return channel


@pytest.mark.parametrize(
    "make_options",
    [
        lambda: WebhookOptions(url=SecretStr("canary"), secret=SecretStr(SECRET)),
        lambda: WebhookOptions(url=SecretStr("https://a.example/canary"), secret=SecretStr("canary")),
        lambda: SlackOptions(url=SecretStr("canary://x")),
        lambda: SlackOptions(url=SecretStr("https://a.example/canary"), token=SecretStr("canary")),
    ],
)
def test_f10_a_secret_that_is_no_secret_is_not_repeated(make_options: Callable[[], object]) -> None:
    with pytest.raises(ValidationError) as caught:
        make_options()
    assert "canary" not in "; ".join(error["msg"] for error in caught.value.errors())


@pytest.mark.parametrize(
    "entry",
    [
        "{kind: webhook, url: '${URL}', secret: '${KEY}x!'}",
        "{kind: webhook, url: 'http://127.0.0.1/canary', secret: '${KEY}'}",
        "{kind: slack, url: '${BAD}'}",
        "{kind: slack, token: '${KEY}'}",
        "{kind: apprise, url: '${BAD}'}",
        "{kind: apprise, url: 'nosuchservice://${KEY}'}",
        "{kind: webhook, url: '${URL}', secret: '${KEY}', extra: '${KEY}'}",
    ],
)
def test_f10_a_mistake_in_channels_is_named_without_its_secret(tmp_path: Any, entry: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    path = tmp_path / "channels.yaml"
    path.write_text(f"channels:\n  wrong: {entry}\n", "utf-8")
    env = {"URL": "https://a.example/canary", "KEY": SECRET, "BAD": "not an address canary"}
    channels, problems = load_channels(path, Settings(), env)
    assert (channels, len(problems)) == ({}, 1)
    assert [c for c in CANARIES if c in str(problems[0]) + caplog.text] == []
