"""Text that no database takes (NUL, lone surrogates) is left out, whoever brings it: rows, JSON, questions, pages, commands."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine, insert, select
from starlette.testclient import TestClient

from spacepact.text import storable
from spacepact.web import View, make_site
from storage import Store
from storage.cleaning import cleaned, to_json
from storage.tables import keys, sources
from tests.conftest import NOW

NASTY = ("\0", "s\0", "\ud800", "\udce9\0", "Ω\0\ud83d")


@pytest.mark.parametrize("nasty", NASTY)
def test_what_no_database_takes_is_left_out_of_rows_and_questions(database: Engine, nasty: str) -> None:
    clean = "".join(c for c in nasty if c != "\0" and not "\ud800" <= c <= "\udfff")
    standing = {f"k{nasty}": [nasty, {"deep": nasty}], "Ω": "\U0001f6f0"}
    named = select(keys.c.value).where(keys.c.name == f"a{nasty}")
    among = select(keys.c.name).where(keys.c.name.in_([f"a{nasty}", f"c{nasty}"]))
    with database.begin() as connection:
        connection.execute(insert(keys), [{"name": f"a{nasty}", "value": nasty}, {"name": "b", "value": "plain"}])
        connection.execute(insert(sources).values(id="x", next_check_at=NOW, state="ok", reason=nasty, standing=standing))
        assert (connection.scalar(named), connection.scalar(among)) == (clean, f"a{clean}")
        kept = connection.execute(select(sources.c.reason, sources.c.standing)).one()
    assert tuple(kept) == (clean, {f"k{clean}": [clean, {"deep": clean}], "Ω": "\U0001f6f0"})


def test_clean_values_are_passed_on_as_they_are() -> None:
    row: dict[str, Any] = {"a": ["Ωmega", 1, None], "b": ("\U0001f6f0",), "c": b"\0"}
    assert cleaned(row) is row
    assert storable(text := "Ωmega \U0001f6f0") == text
    assert to_json({"a": "\\u0000 is how JSON writes NUL"}) == '{"a": "\\\\u0000 is how JSON writes NUL"}'


PAGES = ("stories/{}", "records/{}", "articles/{}", "records?agency={}&country={}&stage={}", "websub/{}?hub.mode={}", "sources?{}={}")


@pytest.mark.parametrize("path", PAGES)
def test_no_page_fails_on_it(database: Engine, path: str) -> None:
    browser = TestClient(make_site(View(Store(database), {}, tuple, lambda: NOW)), raise_server_exceptions=True)
    for nasty in ("%00", "s%00", "%ED%A0%80", "%C3"):
        assert browser.get("/" + path.replace("{}", nasty)).status_code in (200, 404)
