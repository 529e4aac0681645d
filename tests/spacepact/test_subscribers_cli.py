"""Subscribers and channels by hand: the real commands over a real database, mail server and webhook receiver."""

from __future__ import annotations

import csv
import io
import mailbox as mailboxes
from collections.abc import Callable, Iterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from spacepact.cli import main
from spacepact.demo.receivers import Receivers, free_port
from spacepact.subscribing import REMOVED, Subscribing
from spacepact.tokens import Tokens
from storage import Store, open_database
from tests.conftest import NOW

KEY = "canary-signing-key-" + "k" * 30
SECRET = "whsec_c3BhY2VwYWN0LXRlc3Qtc2VjcmV0LTAx"
Run = Callable[..., Result]


@pytest.fixture
def receivers(tmp_path: Path) -> Iterator[Receivers]:
    found = Receivers(SECRET, tmp_path / "accepted.jsonl")
    found.start()
    yield found
    found.stop()


@pytest.fixture
def config(tmp_path: Path, receivers: Receivers) -> Path:
    home = tmp_path / "config"
    for name in ("sources", "gazetteer", "watchlists"):
        (home / name).mkdir(parents=True)
    settings = {
        "database": f"sqlite:///{tmp_path / 'test.sqlite'}",
        "base_url": "https://alerts.example.org",
        "web": {"secret": "${SIGNING_KEY}"},
        "mail": {"host": "127.0.0.1", "port": receivers.mail_port, "sender": "spacepact <alerts@example.org>"},
        "subscribers": {"channel": "mail"},
        "outbound": {"private_hosts": ["127.0.0.1"]},
    }
    channels = {
        "mail": {"kind": "mail", "to": ["desk@example.org", "second@example.org"]},
        "hook": {"kind": "webhook", "url": f"{receivers.base}/hook/hook", "secret": SECRET},
        "nowhere": {"kind": "webhook", "url": f"http://127.0.0.1:{free_port()}/canary-path", "secret": SECRET},
        "unset": {"kind": "slack", "url": "${SLACK_URL}"},
        "resting": {"kind": "mail", "enabled": False},
        "nobody": {"kind": "mail"},
    }
    for name, data in (("settings.yaml", settings), ("channels.yaml", {"channels": channels})):
        (home / name).write_text(yaml.safe_dump(data), "utf-8")
    (home / "watchlists" / "lunar.yaml").write_text("name: The Moon\n", "utf-8")
    return home


@pytest.fixture
def run(config: Path) -> Run:
    def invoke(*words: str, stdin: str | bytes = "") -> Result:
        return CliRunner().invoke(main, ["--config", str(config), "--quiet", *words], input=stdin, env={"SIGNING_KEY": KEY})

    return invoke


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(open_database(f"sqlite:///{tmp_path / 'test.sqlite'}"))


def test_somebody_who_consented_is_added_and_listed(run: Run) -> None:
    words = ("--list", "lunar", "--often", "daily", "--zone", "Asia/Tokyo")
    assert run("subscribers", "add", "ada@example.org", *words, "--confirmed").exit_code == 0
    line = run("subscribers", "list").stdout.rstrip("\n").split("\t")
    assert line[:5] == ["ada@example.org", "active", "lunar", "daily", "Asia/Tokyo"]
    assert '"state":"active"' in run("subscribers", "list", "--jsonl").stdout


def test_without_consent_somebody_is_only_asked(run: Run, store: Store) -> None:
    assert "is asked to confirm" in run("subscribers", "add", "ada@example.org", "--list", "lunar").stderr
    assert "is not asked again" in run("subscribers", "add", "ADA@example.org", "--list", "lunar").stderr
    assert store.subscribers.active() == []
    assert run("subscribers", "list").stdout.split("\t")[1] == "waiting"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("nobody", "--list", "lunar"), "not an e-mail address"),
        (("a@b.org", "--list", "mars"), "no watchlist is offered as 'mars'; there are: lunar"),
        (("a@b.org", "--list", "lunar", "--zone", "Mars/Olympus"), "no time zone; write one like Europe/Berlin"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(run: Run, words: tuple[str, ...], says: str) -> None:
    answer = run("subscribers", "add", *words)
    assert (answer.exit_code, answer.stdout) == (1, "")
    assert says in answer.stderr
    assert answer.stderr.count("\n") == 1


def test_what_is_exported_is_imported_again(run: Run, store: Store) -> None:
    for address in ("ada@example.org", "+bob@example.org", "=cmd@example.org"):
        run("subscribers", "add", address, "--list", "lunar", "--often", "weekly", "--confirmed")
    table = run("subscribers", "export").stdout
    before = [s.model_dump(exclude={"confirmed"}) for s in store.subscribers.all()]
    for subscriber in store.subscribers.all():
        store.subscribers.remove(subscriber.address, REMOVED, NOW - timedelta(days=9))
    answer = run("subscribers", "import", "-", "--confirmed", stdin="\ufeff" + table)
    assert (answer.exit_code, answer.stdout) == (0, "")
    assert [s.model_dump(exclude={"confirmed"}) for s in store.subscribers.all()] == before


@pytest.mark.parametrize("sign", ["=", "+", "-", "@"])
def test_f9_no_cell_of_an_export_is_a_formula(run: Run, sign: str) -> None:
    run("subscribers", "add", "--list", "lunar", "--confirmed", "--", f"{sign}2+5@example.org" if sign != "@" else "a@example.org")
    rows = list(csv.reader(io.StringIO(run("subscribers", "export").stdout)))
    assert len(rows) == 2
    assert [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))] == []


def test_who_left_is_not_brought_back_by_a_list_of_the_operators(run: Run, store: Store) -> None:
    run("subscribers", "list")
    store.subscribers.refuse("ada@example.org", ["lunar"], "unsubscribed", NOW - timedelta(days=9))
    answer = run("subscribers", "add", "ada@example.org", "--list", "lunar", "--confirmed")
    assert answer.exit_code == 1
    assert "ada@example.org: unsubscribed on 2026-11-14; it can subscribe again by itself" in answer.stderr
    assert store.subscribers.active() == []


def test_an_import_names_what_is_wrong_and_takes_the_rest(run: Run, store: Store, tmp_path: Path) -> None:
    head, good = "address,watchlists,frequency,zone", "ada@example.org,lunar,daily,Europe/Paris"
    table = f"{head}\n{good}\nnobody,lunar,,\nbob@example.org,mars,,\neve@example.org,lunar,hourly,"
    (tmp_path / "people.csv").write_text(table, "utf-8")
    answer = run("subscribers", "import", str(tmp_path / "people.csv"), "--confirmed")
    assert answer.exit_code == 1
    assert [line.partition(": ")[0] for line in answer.stdout.splitlines()] == [f"{tmp_path}/people.csv:{n}" for n in (3, 4, 5)]
    assert [s.address for s in store.subscribers.active()] == ["ada@example.org"]
    assert "1 subscribed, 3 wrong" in answer.stderr


def test_an_import_of_something_else_is_refused(run: Run) -> None:
    answer = run("subscribers", "import", "-", stdin="name,mail\nAda,ada@example.org\n")
    assert answer.exit_code == 1
    assert "the first line must name the columns address, watchlists, frequency, zone" in answer.stderr


def test_who_is_removed_gets_nothing(run: Run, store: Store) -> None:
    run("subscribers", "add", "ada@example.org", "--list", "lunar", "--confirmed")
    assert run("subscribers", "remove", "ada@example.org").exit_code == 0
    assert store.subscribers.refused("ada@example.org", ["lunar"])
    answer = run("subscribers", "remove", "stranger@example.org")
    assert (answer.exit_code, "was not subscribed" in answer.stdout) == (1, True)


def returned(status: str, *, address: str = "ada@example.org", key: str = KEY, whole: bool = False) -> bytes:
    """A delivery status notification (RFC 3464) about a mail of ours."""
    desk = Subscribing(None, Tokens(key), "https://alerts.example.org", dict, lambda: NOW)  # type: ignore[arg-type]
    sent = EmailMessage()
    sent["From"], sent["To"], sent["Subject"] = "alerts@example.org", address, "Signed"
    sent.set_content("Text")
    text = sent.as_string().replace("Subject:", f"List-Unsubscribe: <{desk.links(address, ['lunar'], NOW).unsubscribe}>\nSubject:", 1)
    head = text if whole else text.partition("\n\n")[0] + "\n"
    return f"""From: MAILER-DAEMON@mx.example.org
To: alerts@example.org
Subject: Undelivered
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

Sorry.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Original-Recipient: rfc822;{address}
Final-Recipient: rfc822; forwarded@elsewhere.example
Action: {"failed" if status[0] == "5" else "delayed"}
Status: {status}
Diagnostic-Code: smtp; {status} said the server

--b
Content-Type: {"message/rfc822" if whole else "text/rfc822-headers"}

{head}
--b--
""".encode()


@pytest.mark.parametrize("whole", [True, False])
def test_an_address_that_does_not_exist_is_not_written_to_any_more(run: Run, store: Store, *, whole: bool) -> None:
    run("subscribers", "add", "ada@example.org", "--list", "lunar", "--confirmed")
    answer = run("subscribers", "bounce", stdin=returned("5.1.1", whole=whole))
    assert (answer.exit_code, "ada@example.org: 5.1.1" in answer.stdout) == (0, True)
    assert store.subscribers.active() == []
    assert (store.subscribers.refused("ada@example.org", ["lunar"]) or "").startswith("address-gone: 5.1.1")


@pytest.mark.parametrize("status", ["5.2.2", "5.7.1", "4.4.7"])
def test_a_full_or_picky_mailbox_stays_subscribed(run: Run, store: Store, status: str) -> None:
    run("subscribers", "add", "ada@example.org", "--list", "lunar", "--confirmed")
    run("subscribers", "bounce", stdin=returned(status))
    assert len(store.subscribers.active()) == 1


@pytest.mark.parametrize(
    "content", [returned("5.1.1", key="f" * 40), b"From: x\n\nHello", b"", b"\x00\xff" * 500], ids=["forged", "letter", "empty", "noise"]
)
def test_nobody_can_end_the_mails_of_somebody_else(run: Run, store: Store, content: bytes) -> None:
    run("subscribers", "add", "ada@example.org", "--list", "lunar", "--confirmed")
    answer = run("subscribers", "bounce", stdin=content)
    assert (answer.exit_code, answer.stdout) == (1, "not a returned mail of ours; nothing was changed\n")
    assert len(store.subscribers.active()) == 1


def test_a_maildir_is_read_once(run: Run, store: Store, tmp_path: Path) -> None:
    run("subscribers", "add", "ada@example.org", "--list", "lunar", "--confirmed")
    box = mailboxes.Maildir(tmp_path / "box")
    box.add(b"From: x\n\nHello")
    box.add(returned("5.1.1"))
    assert run("subscribers", "bounce", "--maildir", str(tmp_path / "box")).exit_code == 0
    assert store.subscribers.active() == []
    assert run("subscribers", "bounce", "--maildir", str(tmp_path / "box")).stdout == ""
    assert len(box) == 2


def test_a_channel_is_really_tried_and_the_real_answer_shown(run: Run, receivers: Receivers) -> None:
    answer = run("channel", "test", "mail")
    assert answer.exit_code == 0
    assert [line.split(":")[0] for line in answer.stdout.splitlines()] == ["desk@example.org", "second@example.org"]
    assert all(": 250 " in line for line in answer.stdout.splitlines())
    answer = run("channel", "test", "hook")
    assert (answer.exit_code, answer.stdout.startswith("hook: 200")) == (0, True)
    kinds = [m.kind for m in receivers.received]
    assert sorted(kinds) == sorted([*["mail"] * 2, next(k for k in kinds if k != "mail")])


def test_a_mail_may_be_tried_on_somebody_else(run: Run, receivers: Receivers) -> None:
    assert run("channel", "test", "mail", "--to", "ada@example.org").exit_code == 0
    assert [m.recipient for m in receivers.received] == ["ada@example.org"]


def test_who_refuses_is_not_written_to_even_for_a_test(run: Run, receivers: Receivers, store: Store) -> None:
    run("subscribers", "list")
    store.subscribers.refuse("desk@example.org", (), "unsubscribed", NOW)
    answer = run("channel", "test", "mail")
    assert answer.exit_code == 1
    assert "desk@example.org: not sent, unsubscribed on 2026-11-23" in answer.stdout
    assert [m.recipient for m in receivers.received] == ["second@example.org"]


def test_a_channel_that_does_not_answer_says_so_without_its_address(run: Run) -> None:
    answer = run("channel", "test", "nowhere")
    assert answer.exit_code == 1
    assert "nowhere: 127.0.0.1 cannot be reached (ClientConnectorError) (another try may help)" in answer.stdout
    assert "canary" not in answer.output


@pytest.mark.parametrize(
    ("name", "code", "says"),
    [
        ("mial", 1, "did you mean 'mail'?"),
        ("unset", 1, "${SLACK_URL} is not set; export SLACK_URL"),
        ("resting", 1, "switched off in channels.yaml"),
        ("nobody", 2, "nobody names no recipient; say --to"),
    ],
)
def test_a_channel_that_cannot_be_tried_says_why(run: Run, name: str, code: int, says: str) -> None:
    answer = run("channel", "test", name)
    assert answer.exit_code == code
    assert says in answer.output


def test_channels_are_listed_with_their_state(run: Run, store: Store) -> None:
    answer = run("channel", "list")
    assert answer.exit_code == 1, "one of them has no secret"
    state = {line.split("\t")[0]: line.split("\t")[2] for line in answer.stdout.splitlines() if "\t" in line}
    assert state == {"mail": "ready", "hook": "ready", "nowhere": "ready", "resting": "off", "nobody": "ready"}
    assert "${SLACK_URL} is not set" in answer.stdout
    store.ledger.break_("hook", "410 gone")
    assert "broken: 410 gone" in run("channel", "list").stdout


def test_sign_up_pages_that_cannot_work_are_named_with_their_place(run: Run, config: Path) -> None:
    path = config / "settings.yaml"
    settings = yaml.safe_load(path.read_text())
    path.write_text(yaml.safe_dump({**settings, "subscribers": {"channel": "hook", "watchlists": ["lunar", "luna"]}}), "utf-8")
    lines = [line for line in run("check").stdout.splitlines() if "settings.yaml" in line]
    assert len(lines) == 2
    assert "'hook' is no channel of kind mail; the sign-up pages stay closed" in lines[0]
    assert "there is no watchlist 'luna'; did you mean 'lunar'?" in lines[1]


def test_every_command_shows_examples(run: Run) -> None:
    for group in ("subscribers", "channel"):
        assert "Examples:" in run(group, "--help").stdout


def test_f10_no_secret_is_ever_printed(run: Run, config: Path) -> None:
    tries: list[Any] = [run("channel", "test", name) for name in ("nowhere", "unset", "resting", "nobody", "mial", "hook")]
    tries += [run("subscribers", "bounce", stdin=returned("5.1.1", key=key)) for key in (KEY, "x" * 40)]
    tries += [run("subscribers", "list"), run("channel", "list"), run("check")]
    shown = "".join(t.output + t.stderr for t in tries)
    assert [c for c in (KEY, SECRET, SECRET[6:], "canary-path") if c in shown] == []
