"""Texts that would be a script if a page or a mail took them for more than text; `{}` is where the script stands."""

from __future__ import annotations

import re
from pathlib import Path

ALARM = "new Image().src='/alarm?{n}'"
SHAPES = (
    "<script>{}</script>",
    "<ScRiPt>{}</sCrIpT>",
    "<script src=/alarm?src></script>",
    "<script/x>{}</script>",
    "<script\n>{}</script\n>",
    "<<script>{}//<</script>",
    "</title><script>{}</script>",
    "</style><script>{}</script>",
    "</textarea></select></option><script>{}</script>",
    "--><script>{}</script><!--",
    "]]><script>{}</script>",
    "<![CDATA[<script>{}</script>]]>",
    "<!--[if gte IE 4]><script>{}</script><![endif]-->",
    '<img src=x onerror="{}">',
    "<img src=x onerror={}>",
    "<img/src=x/onerror={}>",
    "<img src=x:x onerror\t=\n{}>",
    "<image src=x onerror={}>",
    '"><img src=x onerror="{}">',
    "'><img src=x onerror='{}'>",
    '" onmouseover="{}" autofocus onfocus="{}" x="',
    "' autofocus onfocus='{}' x='",
    "` autofocus onfocus={} `",
    "<svg onload={}>",
    "<svg/onload={}>",
    "<svg><script>{}</script></svg>",
    "<svg><animate onbegin={} attributeName=x dur=1s>",
    "<svg><set attributeName=onload to={}>",
    '<svg><use href="data:image/svg+xml,<svg id=x xmlns=http://www.w3.org/2000/svg><script>{}</script></svg>#x">',
    "<svg><style><img src=x onerror={}></style></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror={}></style></mglyph></table></mtext></math>",
    '<math><maction actiontype="statusline#http://x" xlink:href="javascript:{}">x</maction></math>',
    '<noscript><p title="</noscript><img src=x onerror={}>">',
    "<form><math><mtext></form><form><mglyph><style></math><img src=x onerror={}>",
    '<a href="javascript:{}" autofocus onfocus="{}">x</a>',
    '<a href="java\tscript:{}">x</a>',
    '<a href="&#106;avascript:{}">x</a>',
    '<a href=" javascript:{}">x</a>',
    '<a href="data:text/html,<script>{}</script>">x</a>',
    '<iframe src="javascript:{}"></iframe>',
    '<iframe srcdoc="<script>{}</script>"></iframe>',
    "<iframe onload={}></iframe>",
    '<object data="javascript:{}"></object>',
    '<embed src="javascript:{}">',
    '<base href="javascript:/alarm/">',
    '<meta http-equiv="refresh" content="0;url=javascript:{}">',
    '<meta http-equiv="refresh" content="0;url=/alarm?refresh">',
    '<link rel="stylesheet" href="/alarm?css">',
    "<style>@import '/alarm?import';</style>",
    "<style>body{{background:url(/alarm?url)}}</style>",
    '<div style="background:url(/alarm?style)">x</div>',
    "<details open ontoggle={}>x</details>",
    "<video><source onerror={}></video>",
    "<audio src=x onerror={}>",
    "<video poster=/alarm?poster>",
    "<input autofocus onfocus={}>",
    "<select autofocus onfocus={}>",
    "<textarea autofocus onfocus={}>",
    "<keygen autofocus onfocus={}>",
    "<marquee onstart={}>x</marquee>",
    "<body onload={}>",
    "<html onmouseover={}>",
    "<form action=javascript:{}><input type=submit autofocus>",
    "<button formaction=javascript:{}>x</button>",
    "<isindex type=image src=1 onerror={}>",
    "<x contenteditable onblur={}>x",
    "<x onclick={} id=x autofocus tabindex=1 onfocus={}>x",
    "<template><script>{}</script></template>",
    "<custom-tag onpointerenter={} onanimationstart={}>x</custom-tag>",
    "<img src=/alarm?img>",
    "<img srcset='/alarm?srcset 1x'>",
    "<picture><source srcset=/alarm?source><img></picture>",
    "<img name=forms><img id=cookie><form id=body><input name=attributes>",
    "{{{{ 7*7 }}}}{{% for x in [].__class__.__base__.__subclasses__() %}}{{% endfor %}}",
    "${{7*7}}#{{7*7}}<%= 7*7 %>",
    "+ADw-script+AD4-{}+ADw-/script+AD4-",
    "%3Cscript%3E{}%3C/script%3E",
    "&lt;script&gt;{}&lt;/script&gt;",
    "&#60;script&#62;{}&#60;/script&#62;",
    "\\u003cscript\\u003e{}\\u003c/script\\u003e",
    "\x00<scr\x00ipt>{}</scr\x00ipt>",
    "<scr\u2028ipt>{}</script>",
    "\ufeff<script>{}</script>",
    "<plaintext>",
    "<xmp><script>{}</script></xmp>",
    "<!doctype html><html><head></head><body><script>{}</script>",
    "<frameset onload={}>",
    "<applet code=x onerror={}>",
    "<portal src=/alarm?portal onload={}>",
)
LINKS = (
    "javascript:{}",
    "JaVaScRiPt:{}",
    " javascript:{}",
    "\x01javascript:{}",
    "java\nscript:{}",
    "javascript://example.org/%0a{}",
    "data:text/html,<script>{}</script>",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    "vbscript:{}",
    "view-source:javascript:{}",
    "feed:javascript:{}",
    "blob:null/{}",
    'https://a.example/"onmouseover="{}',
    "https://a.example/'onmouseover='{}",
    "https://a.example/><script>{}</script>",
    "//a.example/{}",
    "http:javascript:{}",
    "&#106;avascript:{}",
)


def own() -> list[tuple[str, str]]:
    """Return (text, link) pairs of our own list."""
    count = max(len(SHAPES), len(LINKS))
    return [(_filled(SHAPES[n % len(SHAPES)], n), _filled(LINKS[n % len(LINKS)], n)) for n in range(count)]


def _filled(shape: str, number: int) -> str:
    script = ALARM.format(n=number)
    return shape.replace("{{", "\x02").replace("}}", "\x03").replace("{}", script).replace("\x02", "{").replace("\x03", "}")


def of_feeds(folder: Path) -> list[tuple[str, str]]:
    """Return the inner markup of every feed of a suite as text, and as link what it has in an address."""
    found = []
    for path in sorted(folder.glob("*.xml")):
        text = path.read_text("utf-8", "replace").partition("-->")[2]
        plain = re.sub(r"&(lt|gt|amp|quot);", lambda m: {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}[m[1]], text)
        link = re.search(r"""(?:href|src)=["']?([^"'>\s]+)""", plain)
        found.append((plain[:4_000], link[1] if link else "javascript:1"))
    return found
