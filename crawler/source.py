"""config/sources/<id>.yaml: what is polled, how often, and when it counts as ill."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import re2
from cssselect import HTMLTranslator, SelectorError
from pydantic import AfterValidator, Field

from spacepact.article import Tier
from spacepact.duration import Duration
from spacepact.errors import ConfigError, Problem
from spacepact.noun import Noun
from spacepact.yamlfile import did_you_mean, read_yaml

Kind = Literal["feed", "sitemap", "listing"]


def web_address(value: str) -> str:
    """Return an address of the web as it is; ValueError says how one is written."""
    try:
        parts = urlsplit(value)
        if parts.scheme in ("http", "https") and parts.hostname and parts.port != 0:
            return value
    except ValueError:
        pass
    raise ValueError(f"{value!r} is no web address; write it like https://example.org/feed/")


def _re2_pattern(value: str) -> str:
    try:
        _compile(value)
    except re2.error as error:
        words = error.args[0].decode() if isinstance(error.args[0], bytes) else str(error.args[0])
        raise ValueError(f"{value!r} is no regular expression of RE2: {words}") from None
    return value


def _css_selector(value: str) -> str:
    try:
        HTMLTranslator().css_to_xpath(value)
    except SelectorError as error:
        raise ValueError(f"{value!r} is no CSS selector: {error}") from None
    return value


def _some(urls: tuple[str, ...]) -> tuple[str, ...]:
    if not urls:
        raise ValueError("no address; name at least one page to poll")
    return urls


def _coded(value: str, shape: str, words: str) -> str:
    if not re.fullmatch(shape, value):
        raise ValueError(f"{value!r} is no {words}")
    return value


Language = Annotated[str, AfterValidator(lambda v: _coded(v, "[a-z]{2}", "language; write ISO 639-1 like en or ja"))]
Country = Annotated[str, AfterValidator(lambda v: _coded(v, "[A-Z]{2}", "country; write ISO 3166-1 like FR, or EU"))]
Address = Annotated[str, AfterValidator(web_address)]
Pattern = Annotated[str, AfterValidator(_re2_pattern)]


class Health(Noun):
    """When a source counts as ill: silent for too long, or pages with too little text (characters)."""

    silent_after: Duration = timedelta(days=14)
    min_text: int = Field(150, ge=0)


class Source(Noun):
    """One outlet's feeds, sitemaps or listing pages; its id is the name of its file.

    `every` and `slowest` bound the time between two visits (spacepact/pacing.py chooses between them).
    A page is taken when its address matches any of `include` (or there are none) and none of
    `exclude`. `links` (listing only) selects the links; without it, those of the main content.
    `render: browser` fills pages (and listings) that are empty without scripts, which is slow and needs
    the extra `browser`. `max_pages` bounds the pages of one round, as `crawl.max_pages` does for all sources.
    """

    name: str = Field(min_length=1)
    kind: Kind
    urls: Annotated[tuple[Address, ...], AfterValidator(_some)]
    language: Language
    country: Country
    tier: Tier
    every: Duration
    slowest: Duration | None = None
    verified: bool = False
    health: Health = Health()
    terms: str = ""
    include: tuple[Pattern, ...] = ()
    exclude: tuple[Pattern, ...] = ()
    links: Annotated[str, AfterValidator(_css_selector)] | None = None
    render: Literal["plain", "browser"] = "plain"
    max_pages: int | None = Field(None, ge=1)

    def wants(self, address: str) -> bool:
        """Return whether `include` and `exclude` let a page through."""
        return self.why_not(address) is None

    def why_not(self, address: str) -> str | None:
        """Return which rule keeps a page out, None where none does."""
        if self.include and not any(p.search(address) for p in self._included):
            return "it matches none of include"
        return next((f"it matches exclude {p.pattern!r}" for p in self._excluded if p.search(address)), None)

    @cached_property
    def _included(self) -> list[Any]:
        return [_compile(p) for p in self.include]

    @cached_property
    def _excluded(self) -> list[Any]:
        return [_compile(p) for p in self.exclude]


def _compile(pattern: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    return re2.compile(pattern, options)


def unknown_source(name: str, sources: Collection[str]) -> str:
    """Say that no source has that name, and what would be right."""
    hint = did_you_mean(name, sorted(sources)) or ("spacepact sources names them" if sources else "there are none")
    return f"no source is called {name!r}; {hint}"


def load_sources(directory: Path) -> tuple[dict[str, Source], list[Problem]]:
    """Read every source of a directory; a file with mistakes is left out and its problems are told."""
    sources: dict[str, Source] = {}
    problems: list[Problem] = []
    for path in sorted(directory.glob("*.y*ml")):
        try:
            sources[path.stem] = read_yaml(path, Source)
        except ConfigError as error:
            problems += error.problems
        else:
            problems += _misnamed(path)
    return sources, problems


def is_id(name: str) -> bool:
    """Say whether a source may be called so."""
    return re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name) is not None


def _misnamed(path: Path) -> list[Problem]:
    if path.suffix == ".yaml" and is_id(path.stem):
        return []
    return [Problem(str(path), 1, 1, f"the file name {path.name!r} is no id", "lower-case letters, digits and hyphens, then .yaml")]
