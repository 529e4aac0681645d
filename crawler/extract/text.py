"""The text of the article, and nothing of what stands around it."""

from __future__ import annotations

from copy import deepcopy

import trafilatura
from lxml.html import HtmlElement

from crawler.extract.prune import prune
from spacepact.text import clean_text


def main_text(tree: HtmlElement, url: str) -> str:
    """Return the text of the main content, one paragraph a line; empty where there is none."""
    document = trafilatura.bare_extraction(prune(deepcopy(tree)), url=url, include_comments=False, with_metadata=False)
    return clean_text(getattr(document, "text", None) or "")
