"""Slack's blocks as HTML, near enough to judge a message by."""

from __future__ import annotations

import re
from html import escape
from typing import Any

from markupsafe import Markup

_LINK = re.compile(r"&lt;(https?://[^|&]+)\|(.*?)&gt;")
_BOLD = re.compile(r"(?<!\w)\*([^*\n]+)\*(?!\w)")


def as_html(post: dict[str, Any]) -> Markup:
    """Return the blocks of a post; "" where it has none."""
    return Markup("".join(_block(block) for block in post.get("blocks", ())))  # noqa: S704 - each text is escaped below


def _block(block: dict[str, Any]) -> str:
    if block["type"] == "header":
        return f"<h2>{escape(block['text']['text'])}</h2>"
    if block["type"] == "context":
        return "".join(f'<p class="quiet">{_markup(element["text"])}</p>' for element in block["elements"])
    if block["type"] == "section":
        return "".join(_section(part) for part in block["text"]["text"].split("\n"))
    return "<hr>" if block["type"] == "divider" else ""


def _section(line: str) -> str:
    if line.startswith("> "):
        return f"<blockquote>{_markup(line[2:])}</blockquote>"
    return f"<p>{_markup(line)}</p>"


def _markup(text: str) -> str:
    """Slack escapes &, < and > itself, so those three are undone before they are escaped for HTML."""
    plain = text.replace("&lt;", "\x01").replace("&gt;", "\x02")
    html = _BOLD.sub(r"<strong>\1</strong>", _LINK.sub(r'<a href="\1">\2</a>', escape(plain.replace("&amp;", "&"))))
    return html.replace("\x01", "&lt;").replace("\x02", "&gt;")
