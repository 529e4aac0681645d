"""E12: pages that answer 200 and are no article, and articles that only look like them. All are invented."""

from __future__ import annotations

import pytest

from crawler.extract import Blocked, extract
from crawler.extract.blocked import Rejected
from crawler.extract.walls import CHALLENGE, CONSENT, DENIED, GONE, LOGIN, MAINTENANCE, PARKED, SHELL
from tests.crawler.pages import SENTENCES

URL = "https://orbit.example/news/relay"
STORY = "".join(f"<p>{s}</p>" for s in SENTENCES)
LOOK = "<p>You will be sent on in a few seconds.</p>"


def html(title: str, body: str = LOOK, *, head: str = "", heading: str | None = None) -> str:
    h1 = f"<h1>{title if heading is None else heading}</h1>" if heading != "" else ""
    return f"<!doctype html><html lang=en><head><title>{title}</title>{head}</head><body>{h1}{body}</body></html>"


def article(title: str, body: str = "", *, head: str = "") -> str:
    return html(f"{title} | Orbit Post", f"<article>{STORY}</article>{body}", head=head, heading=title)


BLOCKED = {
    "challenge title": (html("Just a moment...", "<p>Enable JavaScript and cookies to continue</p>"), CHALLENGE),
    "challenge with the host as heading": (
        html("orbit.example", "<p>Checking you.</p><script>window._cf_chl_opt={a:1}</script>", heading="orbit.example"),
        CHALLENGE,
    ),
    "challenge orchestrated": (
        html("orbit.example", "<p>Ray 7</p><script src='/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1'></script>"),
        CHALLENGE,
    ),
    "proof of work": (
        html("Making sure you're not a bot!", "<script src='/.within.website/x/cmd/anubis/static/main.mjs'></script>"),
        CHALLENGE,
    ),
    "guard": (html("DDoS-Guard", "<script src='/.well-known/ddos-guard/js-challenge/index.js'></script>"), CHALLENGE),
    "challenge in German": (html("Einen Moment, bitte …"), CHALLENGE),
    "challenge in Japanese": (html("少々お待ちください..."), CHALLENGE),
    "denied": (html("Access Denied", "<p>You don't have permission to access this page. Reference #18.2f</p>"), DENIED),
    "denied, outlet after it": (html("403 Forbidden | Orbit Post"), DENIED),
    "interruption": (html("Pardon Our Interruption", "<p>Something about your browser made us think you were a bot.</p>"), DENIED),
    "slider": (html("orbit.example", "<div id='px-captcha'></div><p>Press and hold.</p>"), DENIED),
    "captcha": (html("orbit.example", "<form><div class='h-captcha'></div></form><p>One more step.</p>"), DENIED),
    "incident": (html("orbit.example", "<iframe src='/_Incapsula_Resource?x=1'></iframe><p>Incident 55.</p>", heading=""), DENIED),
    "denied in Russian": (html("Доступ ограничен", "<p>Обратитесь к владельцу сайта.</p>"), DENIED),
    "consent title": (html("Before you continue to Orbit Post", "<p>We use cookies to deliver and maintain our services.</p>"), CONSENT),
    "consent form": (html("Orbit Post", "<form action='https://consent.orbit.example/save'><p>Accept all</p></form>"), CONSENT),
    "consent in German": (
        html("Datenschutz-Einstellungen - Orbit Post", "<p>Wir und unsere 180 Partner brauchen Ihre Zustimmung.</p>"),
        CONSENT,
    ),
    "privacy valued": (html("We value your privacy", "<p>We and our 812 partners store information on a device.</p>"), CONSENT),
    "login": (html("Log in | Orbit Post", "<form><input name=u><input type=password name=p></form>"), LOGIN),
    "login without a heading": (html("Orbit Post", "<form><input name=u><input type=password name=p></form>", heading=""), LOGIN),
    "subscribe to go on": (html("Subscribe to continue reading", "<p>Choose a plan.</p>"), LOGIN),
    "login in French": (html("Connexion", "<form><input type=password></form>"), LOGIN),
    "domain for sale": (html("orbit.example is for sale!", "<p>Make an offer today.</p>"), PARKED),
    "parked by script": (
        html("orbit.example", "<script src='//www.parkingcrew.net/jsparkcaf.php'></script><p>Related searches</p>"),
        PARKED,
    ),
    "server's own page": (html("Welcome to nginx!", "<p>If you see this page, the web server is successfully installed.</p>"), PARKED),
    "maintenance": (html("Site under maintenance", "<p>We'll be back in an hour.</p>"), MAINTENANCE),
    "back soon": (html("We'll be back soon! - Orbit Post"), MAINTENANCE),
    "database": (html("Orbit Post", "", heading="Error establishing a database connection"), MAINTENANCE),
    "maintenance in Spanish": (html("En mantenimiento", "<p>Volvemos pronto.</p>"), MAINTENANCE),
    "shell": (html("Orbit Post", "<div id=root></div><script src=/app.js></script>", heading=""), SHELL),
    "shell that asks for scripts": (
        html("Orbit Post", "<noscript>You need to enable JavaScript to run this app.</noscript><script src=/a.js></script>", heading=""),
        SHELL,
    ),
}
MISSING = {
    "number": html("404 | Orbit Post"),
    "number and words": html("Error 404: page not found"),
    "sentence": html("Orbit Post", heading="Sorry, the page you were looking for can't be found."),
    "outlet first": html("Orbit Post | Page not found"),
    "no longer": html("This article is no longer available"),
    "German": html("Orbit", heading="Seite nicht gefunden"),
    "French": html("Page introuvable – Orbit"),
    "Chinese": html("页面不存在"),
    "Portuguese": html("Página não encontrada"),
}
TIMED = '<meta property="article:published_time" content="2026-11-02">'
INNOCENT = {
    "about a guard of sites": article("Cloudflare outage blinds three ground stations"),
    "about cookies": article("Cookies in orbit: a baker's dozen reaches the station"),
    "about consent": article("Consent of all partners needed before the deorbit, says Estmark"),
    "about a denied access": article("Access denied: Norvania keeps Estmark out of its network"),
    "about robots": article("Are you a robot? Rover's twin answers from the moon"),
    "about 404": article("404 Media joins the press pool of the launch"),
    "number in a name": article("Flight 404 carries both flags to the station"),
    "not found": article("Water not found in the crater, both agencies report"),
    "page not found in a headline": article("Page not found: how an agency lost its archive"),
    "maintenance in orbit": article("Under maintenance: the relay gets new software"),
    "maintenance agreement": article("Norvania and Estmark sign maintenance accord"),
    "coming soon": article("Coming soon: a joint station beyond the moon"),
    "be back": article("We'll be back, say the crew of two nations"),
    "sale": article("This satellite is for sale, and two states want it"),
    "domain": article("Space is a domain for sale to the highest bidder, warns Estmark"),
    "login beside": article("Relay agreed", "<form><input name=u><input type=password></form>"),
    "cookie box beside": article("Relay agreed", "<div class='cookie-banner'><p>We value your privacy. Accept all cookies.</p></div>"),
    "comment captcha beside": article("Relay agreed", "<form><div class='g-recaptcha'></div></form>"),
    "metrics of the guard": article("Relay agreed", "<script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'></script>"),
    "noscript beside": article("Relay agreed", "<noscript>Please enable JavaScript for comments.</noscript>"),
    "application root around": html(
        "Relay agreed | Orbit Post", f"<div id=root><main><h1>Relay agreed</h1>{STORY}</main></div><script></script>", heading=""
    ),
    "just a moment": article("Just a moment longer: launch moves by a day"),
    "forbidden": article("Forbidden planet? Two agencies plan a probe to Venus"),
    "security": article("Security check at the spaceport delays the signing"),
    "server": article("Internal server error grounds a relay for six hours"),
    "short but dated": html("Access denied", f"<p>{SENTENCES[0]} {SENTENCES[1]}</p>", head=TIMED),
    "please wait": article("Please wait for Mars: sample return slips again"),
    "privacy in orbit": article("Your privacy from orbit: new rules for sharp eyes"),
}


@pytest.mark.parametrize("case", BLOCKED)
def test_e12_a_wall_is_recognised_and_named(case: str) -> None:
    markup, words = BLOCKED[case]
    found = extract(markup, URL).refusal
    assert isinstance(found, Blocked), found
    assert found.reason == words


@pytest.mark.parametrize("case", MISSING)
def test_e12_a_soft_404_is_no_article(case: str) -> None:
    assert extract(MISSING[case], URL).refusal == Rejected(reason=GONE, gone=True)


@pytest.mark.parametrize("marked", [True, False])
@pytest.mark.parametrize("case", INNOCENT)
def test_e12_an_article_that_looks_like_a_wall_is_none(case: str, *, marked: bool) -> None:
    markup = INNOCENT[case]
    found = extract(markup if marked else markup.replace("article>", "div>"), URL)
    assert found.refusal is None
    assert SENTENCES[0] in found.text


def test_e12_there_are_enough_cases_of_both_kinds() -> None:
    assert len(BLOCKED) >= 25
    assert len(INNOCENT) >= 25
