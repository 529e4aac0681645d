"""The head of an XML document: its encoding, its document type, and what there is to fear in it.

XML lets a document declare entities that grow without end or read files (billion laughs, quadratic
blow-up, XXE). Feeds need none: harmless short ones are kept, a document with others is refused.
"""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

from crawler.extract.charset import decode

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_STARTS = (
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
    (b"\x4c\x6f\xa7\x94", "cp037"),
)
"""The first bytes of `<` or `<?xm` (XML 1.0, appendix F)."""
_ENCODING = re.compile(rb"""<\?xml[^<>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']""")
_CHARSET = re.compile(r"""charset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.IGNORECASE)
_SUPERSETS = {"gb2312": "gb18030", "us-ascii": "cp1252", "ascii": "cp1252", "iso-8859-1": "cp1252", "latin-1": "cp1252"}
"""What documents hold that claim the narrower one."""
_DOCTYPE_PARTS = re.compile(r"""[^\[\]<>"']+|"[^"]*"|'[^']*'|[\[\]<>"']""")
LONGEST_DOCTYPE = 65_536
_ENTITY = re.compile(r"""<!ENTITY\s+(%\s+)?([\w.:-]+)\s+(?:(SYSTEM|PUBLIC)\b|"([^"]*)"|'([^']*)')?""")
_NAME = re.compile(r"\s*[\w:.-]*")
_HTML = re.compile(r"<(?:html|head|body)\b", re.IGNORECASE)
_BLANKS = re.compile(r"[\s\ufeff\x00]*")
LONGEST_ENTITY = 200
MOST_ENTITIES = 300


class Prolog(NamedTuple):
    """Whether a document is HTML, the entities that it declares, where its root begins, and what there is to fear."""

    html: bool
    entities: dict[str, str]
    root: int
    danger: str


def looks_like_html(body: bytes) -> bool:
    """Return whether an answer starts like an HTML page."""
    return read_prolog(decode_xml(body[:LONGEST_DOCTYPE], None)).html


def decode_xml(body: bytes, content_type: str | None) -> str:
    """Return an XML document as text; never raises.

    A byte order mark decides; then sound UTF-8 is UTF-8, whatever header and declaration say; then
    the header (RFC 7303), then the declaration.
    """
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, "replace")
    for start, encoding in _STARTS:
        if body.startswith(start):
            return body.decode(encoding, "replace")
    claims = [found[1] for found in [_CHARSET.search(content_type or "")] if found]
    claims += [found[1].decode("ascii") for found in [_ENCODING.match(body.lstrip())] if found]
    for claim in ["utf-8", *claims]:
        encoding = _SUPERSETS.get(claim.lower(), claim)
        try:
            if "\x1b" not in (text := body.decode(encoding)) or encoding != "utf-8":
                return text
        except (UnicodeError, LookupError):
            continue
    return decode(body, content_type)


def read_prolog(text: str) -> Prolog:
    """Read what stands before the root element; one pass, whatever it holds."""
    at, doctype, entities, danger = 0, "", dict[str, str](), ""
    while True:
        at = _past_blanks(text, at)
        if text.startswith("<?", at):
            at = _past(text, "?>", at)
        elif text.startswith("<!--", at):
            at = _past(text, "-->", at)
        elif text[at : at + 9].upper() == "<!DOCTYPE":
            end = _doctype_end(text, at + 9)
            declared = text[at : end or at]
            doctype = doctype or (_NAME.match(text, at + 9) or [""])[0].strip().lower()
            danger = danger or _danger(declared)
            entities |= {m[2]: m[4] if m[4] is not None else m[5] or "" for m in _ENTITY.finditer(declared)}
            if end is None:
                return Prolog(doctype == "html", {}, len(text), "a document type without an end")
            at = end
        elif text.startswith("<!", at):
            at = _past(text, ">", at)
        else:
            return Prolog(doctype == "html" or bool(_HTML.match(text, at)), entities, at, danger)


def _past_blanks(text: str, at: int) -> int:
    found = _BLANKS.match(text, at)
    return found.end() if found else at


def _past(text: str, end: str, at: int) -> int:
    found = text.find(end, at)
    return found + len(end) if found >= 0 else len(text)


def _doctype_end(text: str, at: int) -> int | None:
    inside = depth = 0
    for part in _DOCTYPE_PARTS.finditer(text, at, at + LONGEST_DOCTYPE):
        match part[0]:
            case "[":
                inside += 1
            case "]":
                inside -= 1
            case "<":
                depth += 1
            case ">":
                if inside <= 0 and depth <= 0:
                    return part.end()
                depth -= 1
    return None


def _danger(declared: str) -> str:
    for n, m in enumerate(_ENTITY.finditer(declared)):
        value = m[4] if m[4] is not None else m[5] or ""
        if m[1]:
            return "parameter entities"
        if m[3]:
            return "external entities"
        if re.search(r"&(?!#)|%", value):
            return "entities made of entities"
        if len(value) > LONGEST_ENTITY or n >= MOST_ENTITIES:
            return "entities that grow without measure"
    return ""
