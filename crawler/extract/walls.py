"""What pages that are no article look like, kind by kind: regular expressions, matched without regard to case."""

from __future__ import annotations

from collections.abc import Mapping

CHALLENGE = "a challenge page instead of the article"
DENIED = "access was denied: a page for robots instead of the article"
CONSENT = "a consent wall instead of the article"
LOGIN = "a login page instead of the article"
PARKED = "the domain is parked or for sale"
MAINTENANCE = "the site is down for maintenance, though it answers 200"
SHELL = "an empty shell that a script fills; for this source, `render: browser` may help"
GONE = "the page says that there is no such page"

TRACES: Mapping[str, tuple[str, ...]] = {
    CHALLENGE: (
        r"cf-browser-verification", r"_cf_chl_opt", r"/cdn-cgi/challenge-platform/h/\w/orchestrate",
        r"id=.?challenge-(form|running|stage)", r"ddos-guard/js-challenge", r"/\.well-known/ddos-guard/", r"sucuri_cloudproxy_js",
        r"awswafcookiedomainlist", r"token\.awswaf\.com/.{0,80}challenge\.js", r"sec-if-cpt-container", r"anubis_challenge",
        r"/\.within\.website/x/cmd/anubis", r"__qrator/", r"altcha-widget", r"bunny-shield", r"var\s+_0x\w+.{0,200}slowaes",
    ),
    DENIED: (
        r"_incapsula_resource", r"px-captcha", r"captcha-delivery\.com", r"errors\.edgesuite\.net", r"perfdrive\.com",
        r"id=.?(g-recaptcha|h-captcha|captcha)\b", r"class=.?(g-recaptcha|h-captcha|cf-turnstile|frc-captcha)\b",
    ),
    CONSENT: (
        r"<form[^>]+action=.https://consent\.", r"https://consent\.(google|yahoo|youtube)\.", r"cmp-consent-wall",
        r"id=.?sp_(privacy|message)_wall",
    ),
    PARKED: (
        r"sedoparking", r"parkingcrew", r"bodiscdn", r"img1\.wsimg\.com/parking", r"parklogic", r"dan\.com/(buy|orders)",
        r"hugedomains\.com/domain_profile", r"afternic\.com/forsale", r"window\.park\s*=",
    ),
}  # fmt: skip
"""What only the machinery of such a page leaves in its source."""

HEADINGS: Mapping[str, tuple[str, ...]] = {
    CHALLENGE: (
        r"just a moment", r"attention required!?", r"checking (if the site connection is secure|your browser( before accessing.*)?)",
        r"ddos-guard", r"one moment,? please", r"please wait( while we (check|verify).*)?", r"verifying (you are human|your browser).*",
        r"making sure you'?re not a bot!?", r"einen moment,? bitte", r"un momento,? por favor", r"un instant", r"browser check",
        r"security check(point)?", r"security verification", r"bot verification", r"подождите, идет проверка.*", r"请稍候", r"请稍等",
        r"少々お待ちください",
    ),
    DENIED: (
        r"access (to this page has been )?denied", r"access forbidden", r"(error )?403([ -:]+forbidden)?", r"403 error", r"forbidden",
        r"pardon our interruption", r"are you (a )?(human|robot)\??",
        r"(please )?(verify|confirm|prove) (that )?you('re| are) (a )?(human|not a robot).*", r"robot check", r"human verification",
        r"request unsuccessful", r"request (was )?(blocked|rejected)", r"you have been blocked", r"sorry,? you have been blocked",
        r"unusual traffic.*", r"zugriff verweigert", r"accès (refusé|interdit)", r"acceso denegado", r"accesso negato",
        r"доступ (запрещ[её]н|ограничен)", r"访问被拒绝", r"アクセスが拒否されました",
    ),
    CONSENT: (
        r"before you continue( to .*)?", r"(cookie|privacy) (consent|settings|preferences|notice|gate)", r"your privacy( choices)?",
        r"consent( required)?", r"we (value|respect|care about) your privacy", r"datenschutz-?einstellungen", r"cookie-?einstellungen",
        r"zustimmung( erforderlich)?", r"(nous respectons votre|votre) vie privée", r"gestion des cookies",
        r"su privacidad( es importante)?", r"la tua privacy",
    ),
    LOGIN: (
        r"(please )?(log|sign)[ -]?in( to (continue|read|your account).*)?", r"login( required)?", r"member (login|area)",
        r"subscriber login", r"(log in|register|subscribe|sign in) to (continue( reading)?|read (on|more)|view).*",
        r"create (a free|an) account( to continue.*)?", r"anmelden", r"anmeldung", r"jetzt anmelden.*", r"se connecter", r"connexion",
        r"connectez-vous.*", r"iniciar sesión", r"inicia sesión.*", r"accedi", r"entrar", r"войти", r"вход", r"авторизация", r"登录",
        r"ログイン", r"로그인",
    ),
    PARKED: (
        r"(this )?(domain|web ?site)( name)? (\S+ )?(is|may be) (for sale|parked|available).*",
        r"\S+\.\w{2,} (is for sale|is parked|for sale).*", r"buy this domain.*", r"(premium )?domain (for sale|parked|parking).*",
        r"parked (domain|page).*", r"future home of .*", r"welcome to nginx!?", r"apache2? .{0,20}default page.*", r"it works!?",
        r"index of /.*", r"default web site page", r"site not configured", r"diese domain (steht zum verkauf|ist geparkt).*",
        r"ce domaine est à vendre.*", r"este dominio está (en venta|a la venta).*",
    ),
    MAINTENANCE: (
        r"((site|we are|we're|website) )?(is )?(currently )?(down|closed|under|in) (for )?(scheduled |planned )?maintenance( mode)?",
        r"(scheduled |planned )?maintenance( mode| work| in progress)?", r"we('ll| will) be (right )?back( soon| shortly)?.{0,20}",
        r"be right back", r"(site |page )?under construction", r"coming soon",
        r"(service|site|page) (is )?(temporarily |currently )?unavailable", r"temporarily unavailable",
        r"error establishing a database connection", r"(error )?50[0234]([ -:]+.{0,40})?", r"(internal )?server error", r"bad gateway",
        r"gateway time-?out", r"database error", r"wartungsarbeiten", r"wartungsmodus", r"wegen wartung.*", r"site en maintenance",
        r"en maintenance", r"en mantenimiento", r"sito in manutenzione", r"(технические|ведутся технические|профилактические) работы.*",
        r"系统维护.*", r"メンテナンス中.*", r"점검 ?중.*",
    ),
    GONE: (
        r"((error|http|fehler|erreur|ошибка)[ :]*)?404( ?[-:.,–—!]* ?((error|page|file|seite|fehler|not|no|página|страница).{0,60})?)?",
        r"(\w+!?,? )?((this|that|the|your) )?(page|article|content|story|post|url)( requested)? (is |was )?(not found|no longer .{4,30})",
        r"(\w+!?,? )?((this|that|the|your) )?(page|article|story|post)( you \w+ looking for)? (can|could|does)( ?no|n'?|')t .{4,40}",
        r"(page |nothing |content )?(not|was) found[.!]?", r"nothing (was )?found( here)?",
        r"(that|this) page (can'?t be found|doesn'?t exist|does not exist|isn'?t (here|available)).{0,20}",
        r"we (can'?t|couldn'?t) find.{0,60}", r"(die |diese )?seite (wurde )?(leider )?nicht gefunden.*",
        r"page (non trouvée|introuvable).*", r"cette page n.existe (pas|plus).*", r"página no encontrada.*",
        r"no se (ha encontrado|encontró) la página.*", r"pagina non trovata.*", r"página não encontrada.*",
        r"sidan (kunde inte )?hittades?( inte)?.*", r"strona nie (została )?znaleziona.*", r"страница не найдена.*", r"页面不存在.*",
        r"(您)?访问的页面不存在.*", r"(お探しの)?ページが見つかりません.*", r"페이지를 찾을 수 없습니다.*", r"sayfa bulunamadı.*",
    ),
}  # fmt: skip
"""What stands over such a page, and nothing else."""

NEEDS_SCRIPT = r"(enable|activate|turn on|requires?|need).{0,40}javascript|javascript.{0,60}(enable|activ|disabled|required)"
"""What a shell tells browsers without scripts."""
ROOTS = ("root", "app", "__next", "__nuxt", "main-app", "react-root")
"""Ids of the elements that scripts fill."""
