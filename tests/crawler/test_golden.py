"""Golden pages that `spacepact source snapshot` wrote: one failing field is one failing test."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crawler.extract import extract

GOLDEN = Path(__file__).parents[1] / "golden"
CASES = sorted(path.relative_to(GOLDEN).with_suffix("") for path in GOLDEN.rglob("*.json"))
FIELDS = [
    (case, field)
    for case in CASES
    for field in json.loads((GOLDEN / case).with_suffix(".json").read_text("utf-8"))
    if field not in ("url", "content_type")
]


@pytest.mark.parametrize(("case", "field"), FIELDS, ids=[f"{case}: {field}" for case, field in FIELDS])
def test_a_golden_page_is_read_as_it_was(case: Path, field: str) -> None:
    file = GOLDEN / case
    expected = json.loads(file.with_suffix(".json").read_text("utf-8"))
    found = extract(file.with_suffix(".html").read_bytes(), expected["url"], content_type=expected["content_type"])
    assert found.model_dump(mode="json")[field] == expected[field]
