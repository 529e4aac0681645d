"""JSON Schemas of the files in config/, for editors: they complete keys and underline mistakes while one types.

The schemas are made from the same models that read the files. They are a little more lenient: what a
model says in words (a cron expression, an e-mail address) is plain text for an editor.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from alerts.expected import Expected
from alerts.routing import kinds
from alerts.watchlist import Known, Watchlist
from crawler.source import Source
from spacepact.settings import Settings
from spacepact.timing import OFF

DIALECT = "https://json-schema.org/draft/2020-12/schema"
LENGTH = {"type": "string", "pattern": r"^\s*\d{1,6}\s*[smhdSMHD]\s*$", "examples": ["30m", "2h", "1d"]}


class _Editor(GenerateJsonSchema):
    """What people write, not what models hold: a word for a list of one, nothing for an empty list, `30m` for a length."""

    def timedelta_schema(self, schema: Any) -> JsonSchemaValue:  # noqa: ARG002 - the interface of GenerateJsonSchema
        return dict(LENGTH)

    def function_before_schema(self, schema: Any) -> JsonSchemaValue:
        inner = self.generate_inner(schema["schema"])
        if inner == LENGTH:
            return inner
        if getattr(schema["function"]["function"], "__name__", "") == "_off":
            return {"anyOf": [inner, {"enum": list(OFF)}]}
        if inner.get("type") == "array":
            return {"anyOf": [inner, inner.get("items", {}), {"type": "null"}]}
        return {"anyOf": [inner, {"type": "string"}]} if inner.get("type") != "string" and "enum" not in inner else inner


def _model(model: Any) -> JsonSchemaValue:
    made: JsonSchemaValue = model.model_json_schema(schema_generator=_Editor, mode="validation")
    return made


def _channels() -> JsonSchemaValue:
    """One name a channel; its keys depend on its kind, and one that is switched off may lack them."""
    switches = {"enabled": {"type": "boolean", "default": True}}
    rules: list[JsonSchemaValue] = []
    defs: JsonSchemaValue = {}
    for name, kind in sorted(kinds().items()):
        options = _model(kind.Options)
        defs |= options.pop("$defs", {})
        known = {"properties": {"kind": {"const": name}, **switches, **options["properties"]}, "additionalProperties": False}
        wanted = {
            "if": {"properties": {"enabled": {"const": False}}, "required": ["enabled"]},
            "else": {"required": options.get("required", [])},
        }
        rules.append({"if": {"properties": {"kind": {"const": name}}, "required": ["kind"]}, "then": {**known, **wanted}})
    channel = {"type": "object", "required": ["kind"], "properties": {"kind": {"enum": sorted(kinds())}}, "allOf": rules}
    names = {"type": "object", "propertyNames": {"pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"}, "additionalProperties": channel}
    return {"title": "Channels", "type": "object", "properties": {"channels": names}, "additionalProperties": False, "$defs": defs}


SCHEMAS: dict[str, Callable[[], JsonSchemaValue]] = {
    "watchlist": lambda: _model(Watchlist),
    "expected": lambda: _model(Expected),
    "source": lambda: _model(Source),
    "channels": _channels,
    "settings": lambda: _model(Settings),
}
"""The kinds of file of which there is a schema."""


def schema(kind: str, known: Known | None = None) -> dict[str, Any]:
    """Return the schema of a kind of file; with `known` a watchlist's ids are completed from the gazetteer."""
    made = {"$schema": DIALECT, **SCHEMAS[kind]()}
    if known:
        _fill_in(made, {name: sorted(getattr(known, name)) for name in Known.model_fields})
    return made


def _fill_in(node: Any, ids: Mapping[str, list[str]]) -> None:
    """Give every list of ids, however deep, the ids that it may hold."""
    if isinstance(node, dict):
        for name, values in ids.items():
            field = node.get("properties", {}).get(name)
            if field and "anyOf" in field:
                field["anyOf"] = [{"type": "array", "items": {"enum": values}}, {"enum": values}, {"type": "null"}]
        for child in node.values():
            _fill_in(child, ids)
    elif isinstance(node, list):
        for child in node:
            _fill_in(child, ids)
