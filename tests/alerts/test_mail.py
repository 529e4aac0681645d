"""E-mail: what stands in it, and what every answer of a server means."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import hashlib
import ipaddress
import re
import shutil
import ssl
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import SecretStr

from alerts.channels.mail import Mail, MailOptions, Patience
from alerts.compose import compose
from alerts.digest import write
from alerts.letter import confirmation
from alerts.message import Links, Message, render
from alerts.retry import QUEUE, RELAY
from spacepact.errors import SendError
from spacepact.settings import Mail as Server
from spacepact.settings import Settings
from spacepact.subscriber import Letter, Wish
from spacepact.text import clean_line

SPAMASSASSIN = shutil.which("spamassassin")


def channel(port: int, **server: Any) -> Mail:
    values = {"host": "127.0.0.1", "port": port, "sender": "spacepact <alerts@example.net>"} | server
    return Mail("desk-mail", MailOptions(to=("desk@example.org",)), Settings(mail=Server(**values)))


def received(mailbox: Any) -> EmailMessage:
    """The only mail that came, read by the strictest policy there is."""
    assert len(mailbox.got) == 1
    return read(mailbox.got[0].content)


def read(content: bytes) -> EmailMessage:
    mail = email.message_from_bytes(content, policy=email.policy.default.clone(raise_on_defect=True))
    assert isinstance(mail, EmailMessage)
    assert not [p for p in mail.walk() if p.defects]
    return mail


def composed(message: Message, now: dt.datetime) -> EmailMessage:
    return read(compose(message, "alerts@example.net", now))


def failing(make: Any, each: Mail, message: Message) -> SendError:
    with pytest.raises(SendError) as caught:
        make.run(each.send(message))
    return caught.value


def test_c1_every_header_that_a_mail_server_and_a_reader_need(make: Any, mailbox: Any) -> None:
    message = make.message()
    make.run(channel(mailbox.port).send(message))
    mail = received(mailbox)
    assert (mailbox.got[0].mail_from, mailbox.got[0].rcpt_tos) == ("alerts@example.net", ["desk@example.org"])
    assert {
        name: str(mail[name])
        for name in ("MIME-Version", "From", "To", "Subject", "Message-ID", "List-Id", "Auto-Submitted", "In-Reply-To")
    } == {
        "MIME-Version": "1.0",
        "From": "spacepact <alerts@example.net>",
        "To": "desk@example.org",
        "Subject": "Signed: JAXA and ISRO on LUPEX (joint mission)",
        "Message-ID": f"<{message.id}@example.net>",
        "List-Id": "spacepact alerts <mail.example.net>",
        "Auto-Submitted": "auto-generated",
        "In-Reply-To": "None",
    }
    assert abs(mail["Date"].datetime - dt.datetime.now(dt.UTC)) < timedelta(minutes=1)
    assert mail.get_content_type() == "multipart/alternative"
    assert [p.get_content_type() for p in mail.iter_parts()] == ["text/plain", "text/html"]


LINKS = Links("https://alerts.example.net/unsubscribe/japan,lunar/" + "eyJhIjoi_-x" * 12, "https://alerts.example.net/subscription/t")


def test_c1_a_mail_program_can_unsubscribe_with_one_click(make: Any, mailbox: Any) -> None:
    make.run(channel(mailbox.port).send(make.message().model_copy(update={"links": LINKS})))
    mail = received(mailbox)
    assert (mail["List-Unsubscribe"], mail["List-Unsubscribe-Post"]) == (f"<{LINKS.unsubscribe}>", "List-Unsubscribe=One-Click")
    assert f"\r\nList-Unsubscribe: <{LINKS.unsubscribe}>\r\n".encode() in mailbox.got[0].original_content
    assert max(map(len, mailbox.got[0].original_content.split(b"\r\n"))) <= 998


def test_a_link_that_is_not_https_is_offered_to_people_only(make: Any) -> None:
    plain = Links("http://10.0.0.5:8080/unsubscribe/japan/t", "http://10.0.0.5:8080/subscription/t")
    mail = composed(make.message().model_copy(update={"links": plain}), make.now)
    assert (mail["List-Unsubscribe"], mail["List-Unsubscribe-Post"]) == (f"<{plain.unsubscribe}>", None)


def test_both_parts_lead_to_the_subscription(make: Any) -> None:
    (alert,) = make.desk().takes(make.article(), make.cooperation()).alerts
    message = render(alert, alert.deliveries[0], links=LINKS)
    for part in (message.text, message.html):
        assert LINKS.unsubscribe in part
        assert LINKS.manage in part


def test_a_digest_leads_to_the_subscription_too(make: Any) -> None:
    items = [(a.deliveries[0], a) for n in (1, 2) for a in make.desk().takes(make.article(n), make.cooperation()).alerts]
    digest = write("digest-1", items, links=lambda _: LINKS)
    assert all(link in part for link in LINKS for part in (digest.text, digest.html))
    mail = composed(digest, make.now)
    assert (mail["Message-ID"], mail["In-Reply-To"], mail["List-Unsubscribe"]) == ("<digest-1@example.net>", None, f"<{LINKS.unsubscribe}>")


@pytest.mark.parametrize("letter", ["x", "国"])
def test_c12_fifty_stories_of_any_length_are_under_100_kilobytes(make: Any, letter: str) -> None:
    items = []
    for n in range(50):
        page, found = make.article(n, title=letter * 400), make.cooperation(evidence=[letter * 4_000], missions=[f"m{n}"])
        items += [(a.deliveries[0], a) for a in make.desk().takes(page, found).alerts]
    digest = write("digest-1", items, links=lambda _: LINKS)
    assert len(digest.html.encode()) <= 100_000
    assert digest.text.count(letter * 4_000) == 50
    (alert,) = make.desk().takes(make.article(), make.cooperation(evidence=[letter * 30_000] * 3)).alerts
    assert len(render(alert, alert.deliveries[0], links=LINKS).html.encode()) <= 100_000


def test_c12_html_is_small_holds_in_light_and_dark_and_tracks_nobody(make: Any) -> None:
    long = make.cooperation(
        *[f"state:{chr(97 + i)}{chr(97 + j)}" for i in range(6) for j in range(6)], evidence=["Words & words. " * 280] * 3
    )
    desk = make.desk()
    for n in range(40):
        desk.takes(make.article(n, title="A headline & its end " * 15), long)
    story = next(iter(desk.stories.values())).model_copy(update={"told": ()})
    desk.stories = {story.id: story}
    html = make.rendered(desk.takes(make.article(40), long).alerts[0]).html
    assert len(html.encode()) <= 100_000
    assert '<meta name="color-scheme" content="light dark">' in html
    assert "prefers-color-scheme: dark" in html
    assert not [word for word in ("<img", "src=", "url(", "<script", "<link", "@import") if word in html]


def test_c1_text_and_html_hold_the_same_facts(make: Any, mailbox: Any) -> None:
    message = make.message()
    make.run(channel(mailbox.port).send(message))
    for part in received(mailbox).iter_parts():
        content = part.get_content()
        for fact in (
            message.facts.headline,
            make.sentence,
            "https://news.example/1",
            "Outlet 1",
            "12 May 2026",
            "watchlist",
            "stage",
            "joint mission",
        ):
            assert fact.casefold() in content.casefold()


def test_c11_later_mails_refer_to_the_one_that_this_recipient_really_got(make: Any, mailbox: Any) -> None:
    message = make.message()
    receipt = make.run(channel(mailbox.port).send(message))
    assert receipt.reference == f"<{message.id}@example.net> Signed: JAXA and ISRO on LUPEX (joint mission)"
    later = make.message(make.article(2)).model_copy(update={"id": "other", "reply_to": "<digest-7@example.net>"})
    mail = composed(later, make.now)
    assert mail["In-Reply-To"] == mail["References"] == "<digest-7@example.net>"


def test_c11_a_third_revision_still_has_the_subject_of_the_first(make: Any, mailbox: Any) -> None:
    first = make.run(channel(mailbox.port).send(make.message())).reference
    (alert,) = make.desk().takes(make.article(), make.cooperation(stage="talks")).alerts
    third = alert.model_copy(update={"kind": "correction", "was": make.cooperation(stage="launched")})
    message = render(third, alert.deliveries[0]).model_copy(update={"id": "third", "reply_to": first})
    assert message.subject == "Re: Launched: JAXA and ISRO on LUPEX (joint mission)"
    mail = composed(message, make.now)
    assert mail["Subject"] == "Re: Signed: JAXA and ISRO on LUPEX (joint mission)"
    assert mail["In-Reply-To"] == f"<{make.message().id}@example.net>"


def test_c11_later_messages_of_a_record_refer_to_its_first_and_keep_its_subject(make: Any) -> None:
    desk = make.desk()
    first = desk.takes(make.article(1), make.cooperation()).alerts[0]
    was = make.classification(make.cooperation())
    second = desk.takes(make.article(1, revision=2), make.cooperation(stage="talks"), before=was).alerts[0]
    desk.now += timedelta(days=40)
    third = desk.takes(make.article(2, published=desk.now, fetched=desk.now), make.cooperation(stage="launched")).alerts[0]
    one, two, three = (composed(render(a, a.deliveries[0]), make.now) for a in (first, second, third))
    assert two["In-Reply-To"] == two["References"] == three["References"] == one["Message-ID"]
    assert one["References"] is None
    assert len({m["Message-ID"] for m in (one, two, three)}) == 3
    assert two["Subject"] == "Re: " + one["Subject"]
    assert three["Subject"] == "Launched: JAXA and ISRO on LUPEX (joint mission)"


def test_c9_no_header_can_be_smuggled_in(make: Any, mailbox: Any) -> None:
    evil = "LUPEX\r\nBcc: victim@example.org\u2028X-Evil: 1\n\n<b>body</b>"
    found = make.cooperation(missions=[])
    party = found.parties[0].model_copy(update={"name": evil})
    make.run(
        channel(mailbox.port).send(make.message(make.article(title=evil), found.model_copy(update={"parties": (party, found.parties[1])})))
    )
    mail = received(mailbox)
    assert mailbox.got[0].rcpt_tos == ["desk@example.org"]
    assert (mail["Bcc"], mail["X-Evil"]) == (None, None)
    assert "Bcc: victim@example.org" in mail["Subject"]


@pytest.mark.parametrize(
    "address", ["a@b.org\r\nRCPT TO:<victim@example.org>", "a b@example.org", "nobody", "ü@example.org", "a@b.org, c@d.org", ""]
)
def test_what_is_no_address_is_never_sent_to(make: Any, mailbox: Any, address: str) -> None:
    error = failing(make, channel(mailbox.port), make.message(to=address).model_copy(update={"recipient": address}))
    assert error.permanent
    assert mailbox.commands == []


@pytest.mark.parametrize(
    ("command", "reply", "permanent", "broken"),
    [
        ("RCPT", "421 4.3.2 shutting down", False, False),
        ("RCPT", "450 4.2.1 mailbox busy", False, False),
        ("RCPT", "452 4.2.2 mailbox full", False, False),
        ("RCPT", "550 5.1.1 no such user", True, False),
        ("MAIL", "530 5.7.0 authentication required", True, True),
        ("MAIL", "451 4.7.1 greylisted", False, False),
        ("DATA", "451 4.3.0 try later", False, False),
        ("DATA", "554 5.7.1 rejected as spam", True, False),
        ("DATA", "552 5.3.4 too big", True, False),
    ],
)
def test_c5_the_first_digit_of_a_reply_decides(make: Any, mailbox: Any, command: str, reply: str, *, permanent: bool, broken: bool) -> None:
    mailbox.replies[command] = reply
    error = failing(make, channel(mailbox.port), make.message())
    assert (error.permanent, error.broken) == (permanent, broken)
    assert reply[:3] in str(error)
    assert "127.0.0.1" in str(error)
    assert mailbox.got == []


def test_c6_one_bad_recipient_of_fifty_leaves_the_others_in_peace(make: Any, mailbox: Any) -> None:
    mailbox.replies["r7@example.org"] = "550 5.1.1 no such user"
    each, failed = channel(mailbox.port), []
    for n in range(50):
        try:
            make.run(each.send(make.message(to=f"r{n}@example.org")))
        except SendError as error:
            failed.append((n, error.permanent, error.broken))
    assert failed == [(7, True, False)]
    assert [e.rcpt_tos for e in mailbox.got] == [[f"r{n}@example.org"] for n in range(50) if n != 7]


def test_c7_a_server_may_think_about_the_final_dot_longer_than_about_anything_else(make: Any, mailbox: Any) -> None:
    assert Patience() == (30, 300, 600)
    mailbox.delay = 2.5
    each = channel(mailbox.port)
    each.patience = Patience(2, 2, 20)
    assert make.run(each.send(make.message())).answer == "250 2.0.0 queued as 4711"
    assert len(mailbox.got) == 1


BODIES = {
    "a line of 5,000 characters": "word " * 1_000,
    "one word of 3,000 characters": "x" * 3_000,
    "leading dots": ".\n..\n.end",
    "a lone CR": "before\rafter",
    "NUL": "before\x00after",
    "emoji": "🚀👩‍🚀 🇯🇵🇮🇳",
    "right to left": "وقّعت الوكالتان الاتفاق",
    "no spaces": "国家航天局" * 400,
    "looks like a header": "From: eve@example.org\nBcc: eve@example.org",
    "trailing white space": "end   \nnext\t\n",
}


@pytest.mark.parametrize("name", BODIES)
def test_c10_every_body_arrives_as_it_was_written(make: Any, mailbox: Any, name: str) -> None:
    message = make.message(found=make.cooperation(evidence=[BODIES[name]]))
    make.run(channel(mailbox.port).send(message))
    parts = {p.get_content_type(): p.get_content() for p in received(mailbox).iter_parts()}
    for kind, sent in (("text/plain", message.text), ("text/html", message.html)):
        arrived = parts[kind].replace("\r\n", "\n")
        assert hashlib.sha256(arrived.encode()).digest() == hashlib.sha256(sent.encode()).digest()
    assert max(map(len, mailbox.got[0].original_content.split(b"\r\n"))) <= 998
    assert b"\r" not in mailbox.got[0].original_content.replace(b"\r\n", b"")
    assert clean_line(BODIES[name]) in message.text


@pytest.mark.parametrize(
    ("reply", "unreachable"),
    [
        ("550 5.1.1 no such user", True),
        ("550 5.1.10 null MX", True),
        ("553 5.1.3 bad address", True),
        ("550 5.7.1 policy", False),
        ("550 no such user", False),
        ("552 5.2.2 mailbox full", False),
        ("450 5.1.1 confused", False),
        ("550 5.1.12 something else", False),
    ],
)
def test_c5_only_a_mailbox_that_does_not_exist_is_given_up_for_good(make: Any, mailbox: Any, reply: str, *, unreachable: bool) -> None:
    mailbox.replies["RCPT"] = reply
    assert failing(make, channel(mailbox.port), make.message()).unreachable == unreachable


def test_c5_a_busy_server_is_asked_again_in_its_own_time_and_a_silent_one_soon(make: Any, mailbox: Any, nowhere: int) -> None:
    mailbox.replies["RCPT"] = "451 4.7.1 greylisted"
    assert failing(make, channel(mailbox.port), make.message()).steps == QUEUE
    assert failing(make, channel(nowhere), make.message()).steps == RELAY


def test_the_same_message_tried_again_is_the_same_message(make: Any, mailbox: Any) -> None:
    message = make.message()
    mailbox.replies["DATA"] = "451 later"
    failing(make, channel(mailbox.port), message)
    mailbox.replies.clear()
    make.run(channel(mailbox.port).send(message))
    assert received(mailbox)["Message-ID"] == f"<{message.id}@example.net>"


def test_a_watchlist_may_say_whom(make: Any) -> None:
    each = channel(25)
    assert each.recipients() == ("desk@example.org",)
    assert each.recipients(("a@example.org", "b@example.org", "a@example.org")) == ("a@example.org", "b@example.org")


def test_a_sender_that_is_no_address_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match=r"mail.sender of settings.yaml is 'spacepact'"):
        channel(25, sender="spacepact")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for this machine that only those trust who are told to; its key stands in the same file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail.example.net")])
    now = dt.datetime.now(dt.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
    )
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    signed = builder.add_extension(address, critical=False).sign(key, hashes.SHA256())
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(signed.public_bytes(serialization.Encoding.PEM) + secret)
    return path


@pytest.fixture
def guarded(mailbox: Any, certificate: Path, nowhere: int) -> Iterator[Any]:
    """The mailbox behind STARTTLS with a login; keeps every password it is shown."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    passwords: list[bytes] = []

    def login(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        passwords.append(data.password)
        return AuthResult(success=data.password == b"s3cret-password", handled=False)

    controller = Controller(
        mailbox, hostname="127.0.0.1", port=nowhere, tls_context=context, require_starttls=True, authenticator=login, auth_required=True
    )
    controller.start()
    mailbox.tls_port, mailbox.passwords = nowhere, passwords
    yield mailbox
    controller.stop()


def secure(port: int, password: str = "s3cret-password") -> Mail:
    return channel(port, tls="starttls", username="desk", password=SecretStr(password))


def test_a_trusted_server_is_logged_in_to_over_tls(make: Any, guarded: Any, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    make.run(secure(guarded.tls_port).send(make.message()))
    assert len(guarded.got) == 1
    assert guarded.passwords == [b"s3cret-password"]


def test_a_refused_login_stops_the_channel(make: Any, guarded: Any, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    error = failing(make, secure(guarded.tls_port, "wrong"), make.message())
    assert (error.permanent, error.broken) == (True, True)
    assert "wrong" not in str(error)


def test_c8_an_unknown_certificate_gets_nothing(make: Any, guarded: Any) -> None:
    error = failing(make, secure(guarded.tls_port), make.message())
    assert (error.permanent, error.broken) == (False, False)
    assert "certificate" in str(error)
    assert (guarded.passwords, guarded.got, guarded.commands) == ([], [], [])


def test_c8_where_starttls_was_stripped_nothing_is_sent_in_clear(make: Any, mailbox: Any) -> None:
    error = failing(make, secure(mailbox.port), make.message())
    assert (error.permanent, error.broken) == (False, False)
    assert "STARTTLS" in str(error)
    assert (mailbox.got, mailbox.commands) == ([], [])


def spam_score(mail: bytes) -> tuple[float, str]:
    """What SpamAssassin's local rules say, and why."""
    assert SPAMASSASSIN
    envelope = b"Return-Path: <alerts@example.net>\r\nReceived: from mail.example.net (mail.example.net [192.0.2.1]) by mx.example.org; "
    raw = envelope + format_datetime(dt.datetime.now(dt.UTC)).encode() + b"\r\n" + mail
    done = subprocess.run([SPAMASSASSIN, "--local", "--test-mode"], input=raw, capture_output=True, timeout=240, check=True)
    judged = email.message_from_bytes(done.stdout, policy=email.policy.compat32)
    found = re.search(r"score=(-?[\d.]+)", str(judged["X-Spam-Status"]))
    assert found
    return float(found[1]), str(judged["X-Spam-Status"])


@pytest.mark.skipif(SPAMASSASSIN is None, reason="no spamassassin on this machine")
def test_c12_spamassassin_takes_no_mail_for_spam(make: Any) -> None:
    (alert,) = make.desk().takes(make.article(), make.cooperation()).alerts
    one = compose(render(alert, alert.deliveries[0], links=LINKS), "spacepact <alerts@example.net>", dt.datetime.now(dt.UTC))
    letter = Letter(address="ada@example.org", wish=Wish(watchlists=("lunar",)), asked=make.now)
    ask = confirmation(letter, ["The Moon"], LINKS.manage, "spacepact <alerts@example.net>", dt.datetime.now(dt.UTC)).as_bytes()
    judged = [spam_score(mail) for mail in (one, ask)]
    assert max(score for score, _ in judged) < 2.0, judged
