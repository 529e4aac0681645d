"""Every site's class has a golden page of our own making; one failing field is one failing test."""

from __future__ import annotations

import json
import pkgutil
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

import crawler.sites
from crawler.extract import extract
from crawler.sites import site_for

PAGES = Path(__file__).with_name("sites")
MODULES = [m.name for m in pkgutil.iter_modules(crawler.sites.__path__) if m.name != "base"]
FIELDS = ("title", "text", "authors", "published", "language", "method")


def golden(module: str) -> dict[str, Any]:
    expected: dict[str, Any] = json.loads((PAGES / f"{module}.json").read_text("utf-8"))
    return expected


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("module", MODULES)
def test_golden_page(module: str, field: str) -> None:
    expected = golden(module)
    found = getattr(extract((PAGES / f"{module}.html").read_bytes(), expected["url"]), field)
    if isinstance(found, datetime):
        found = found.isoformat()
    assert (list(found) if field == "authors" else found) == expected[field]


@pytest.mark.parametrize("module", MODULES)
def test_a_site_is_found_by_the_name_of_its_module_and_by_its_hosts(module: str) -> None:
    host = module.replace("_", ".")
    site = site_for(f"https://www.{host}/any/page")
    assert site is not None
    assert all(site_for(f"https://{h}/") is not None for h in (host, *site.hosts))


def test_other_sites_go_the_general_way() -> None:
    assert site_for("https://orbit.example/") is None
    assert site_for("https://not-esa.int.example/") is None
