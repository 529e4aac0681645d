"""What no database takes, NUL and lone surrogates, is left out wherever text enters one: rows, JSON and questions alike."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Engine, event

from spacepact.text import storable


def clean_parameters(engine: Engine) -> None:
    """Clean all text that statements carry."""
    event.listen(engine, "before_cursor_execute", _cleaned_statement, retval=True)


def _cleaned_statement(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> tuple[str, Any]:
    return statement, cleaned(parameters)


def cleaned(value: Any) -> Any:
    """Return a value with clean text throughout; what holds nothing unwanted stays the very same object."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, Mapping):
        fresh: Any = {storable(key): cleaned(one) for key, one in value.items()}
        return fresh if any(fresh.get(key) is not one for key, one in value.items()) else value
    if type(value) in (list, tuple):
        items = [cleaned(one) for one in value]
        return type(value)(items) if any(new is not old for new, old in zip(items, value, strict=True)) else value
    return value


def to_json(value: Any) -> str:
    """Return JSON of clean text."""
    written = json.dumps(value)
    return json.dumps(cleaned(value)) if "\\u0000" in written or "\\ud" in written else written
