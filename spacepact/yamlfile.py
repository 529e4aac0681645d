"""YAML of config/ into typed values; every mistake keeps its file, line and column.

A plain subset of YAML 1.2: no aliases, no tags, no duplicate keys, and every scalar is text until
the model says otherwise, so that `NO`, `on` and `12:30` stay what the author wrote.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, TypeAdapter, ValidationError

from spacepact.errors import ConfigError, Problem

MAX_BYTES = 2_000_000
MAX_DEPTH = 40
Model = TypeVar("Model", bound=BaseModel)
Path_ = tuple[str | int, ...]
_WANTED = {
    "tuple_type": "a list is wanted",
    "list_type": "a list is wanted",
    "dict_type": "a mapping of keys to values is wanted",
    "model_type": "a mapping of keys to values is wanted",
    "string_type": "plain text is wanted",
}
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


class Document:
    """Plain data (dict, list, str, None) with the position of every key and value."""

    def __init__(self, file: str, text: str, env: Mapping[str, str] | None = None) -> None:
        self.file, self.env = file, env
        self.at: dict[Path_, tuple[int, int]] = {}
        self.key_at: dict[Path_, tuple[int, int]] = {}
        self.problems: list[Problem] = []
        _refuse_tricks(file, text)
        node = yaml.compose(text, Loader=yaml.CBaseLoader)
        self.data: Any = {} if node is None else self._build(node, ())
        if self.problems:
            raise ConfigError(self.problems)

    def problem(self, path: Path_, what: str, hint: str = "", *, key: bool = False) -> Problem:
        """Return a problem at the nearest known position of a path."""
        table = self.key_at if key and path in self.key_at else self.at
        while path not in table and path:
            path = path[:-1]
        line, column = table.get(path, (1, 1))
        return Problem(self.file, line, column, what, hint)

    def into(self, model: type[Model]) -> Model:
        """Validate against a model; raises ConfigError with one problem for each mistake."""
        try:
            return model.model_validate(self.data)
        except ValidationError as error:
            raise ConfigError([self._explain(e, model) for e in error.errors()]) from None

    def _build(self, node: yaml.Node, path: Path_) -> Any:
        self.at[path] = (node.start_mark.line + 1, node.start_mark.column + 1)
        if isinstance(node, yaml.MappingNode):
            return dict(self._pairs(node, path))
        if isinstance(node, yaml.SequenceNode):
            return [self._build(child, (*path, i)) for i, child in enumerate(node.value)]
        assert isinstance(node, yaml.ScalarNode)  # noqa: S101 - YAML has three kinds of node
        return self._scalar(node, path)

    def _pairs(self, node: yaml.MappingNode, path: Path_) -> Iterator[tuple[str, Any]]:
        for key, value in node.value:
            mark = (key.start_mark.line + 1, key.start_mark.column + 1)
            if not isinstance(key, yaml.ScalarNode):
                self.problems.append(Problem(self.file, *mark, "a key must be plain text"))
                continue
            here = (*path, key.value)
            if here in self.key_at:
                self.problems.append(Problem(self.file, *mark, f"key {key.value!r} stands twice", f"first on line {self.key_at[here][0]}"))
            self.key_at[here] = mark
            yield key.value, self._build(value, here)

    def _scalar(self, node: yaml.ScalarNode, path: Path_) -> str | None:
        if not node.value and not node.style:
            return None
        if self.env is None:
            return str(node.value)
        env = self.env
        for name in _VARIABLE.findall(node.value):
            if not env.get(name):
                self.problems.append(self.problem(path, f"${{{name}}} is not set", f"export {name} before the start"))
        return _VARIABLE.sub(lambda m: env.get(m[1], ""), node.value)

    def _explain(self, error: Any, model: type[BaseModel]) -> Problem:
        path: Path_ = tuple(p for p in error["loc"])
        kind, name = error["type"], ".".join(map(str, path))
        if kind == "extra_forbidden":
            known = sorted(_fields(model, path[:-1]))
            return self.problem(path, f"unknown key {path[-1]!r}", did_you_mean(str(path[-1]), known), key=True)
        if kind == "missing":
            return self.problem(path[:-1], f"{name} is missing", "add it")
        if kind in ("literal_error", "enum"):
            allowed = re.findall(r"'([^']*)'", str(error["ctx"]["expected"]))
            return self.problem(path, f"{name}: {error['input']!r} is not allowed", did_you_mean(str(error["input"]), allowed))
        if error["input"] is None:
            return self.problem(path, f"{name}: nothing follows the colon", "give a value or leave the key away")
        what = _WANTED.get(kind) or error["msg"].removeprefix("Value error, ")
        return self.problem(path, f"{name}: {what}" if name else what)


def did_you_mean(word: str, known: list[str]) -> str:
    """Return a hint that names the nearest known word, or all of them where they are few."""
    near = difflib.get_close_matches(word.casefold(), known, n=1, cutoff=0.6)
    if near:
        return f"did you mean {near[0]!r}?"
    return f"one of: {', '.join(known)}" if 0 < len(known) <= 20 else ""


def read_yaml(path: Path, model: type[Model], env: Mapping[str, str] | None = None) -> Model:
    """Read one file into a model; `${NAME}` is taken from `env` (None: left as it is)."""
    return read_document(path, env).into(model)


def read_document(path: Path, env: Mapping[str, str] | None = None) -> Document:
    """Read one file; raises ConfigError where it cannot be read or is not our plain YAML."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ConfigError([Problem(str(path), 1, 1, "the file is too large", f"at most {MAX_BYTES:,} bytes")])
        text = path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError([Problem(str(path), 1, 1, f"not UTF-8 (byte {error.start})", "save the file as UTF-8")]) from None
    except OSError as error:
        raise ConfigError([Problem(str(path), 1, 1, f"cannot be read: {error.strerror}")]) from None
    return Document(str(path), text, env)


def _refuse_tricks(file: str, text: str) -> None:
    depth = 0
    try:
        for event in yaml.parse(text, Loader=yaml.CBaseLoader):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            what = _trick(event, depth)
            if what and event.start_mark:
                raise ConfigError([Problem(file, event.start_mark.line + 1, event.start_mark.column + 1, *what)])
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        what_ = getattr(error, "problem", None) or getattr(error, "reason", None) or "not YAML"
        raise ConfigError([Problem(file, line, column, f"not YAML: {what_}")]) from None


def _trick(event: yaml.Event, depth: int) -> tuple[str, str] | None:
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        return "anchors and aliases are not allowed", "write the value out"
    if getattr(event, "tag", None) not in (None, "!"):
        return f"the tag {getattr(event, 'tag', '')!r} is not allowed", "leave it away"
    if depth > MAX_DEPTH:
        return "nested too deeply", f"at most {MAX_DEPTH} levels"
    return None


def _fields(model: Any, path: Path_) -> set[str]:
    """Return the names a model knows at a path, as its JSON Schema says."""
    schema = TypeAdapter(model).json_schema()
    nodes = [schema]
    for step in (*path, None):
        nodes = [m for n in nodes for m in _resolved(n, schema)]
        if step is None:
            break
        nodes = [c for n in nodes for c in _children(n, step)]
    return {name for n in nodes for name in n.get("properties", {})}


def _resolved(node: dict[str, Any], schema: dict[str, Any]) -> list[dict[str, Any]]:
    if "$ref" in node:
        return _resolved(schema["$defs"][node["$ref"].rsplit("/", 1)[-1]], schema)
    variants = node.get("anyOf") or node.get("oneOf")
    return [m for v in variants for m in _resolved(v, schema)] if variants else [node]


def _children(node: dict[str, Any], step: str | int) -> list[dict[str, Any]]:
    if isinstance(step, int):
        items = node.get("items")
        return [items] if isinstance(items, dict) else []
    if step in node.get("properties", {}):
        return [node["properties"][step]]
    extra = node.get("additionalProperties")
    return [extra] if isinstance(extra, dict) else [node]
