"""config/channels.yaml into channels; one that is wrong leaves the others working."""

from __future__ import annotations

import copy
import pkgutil
import re
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from inspect import isabstract
from pathlib import Path
from typing import Any

from pydantic import create_model

import alerts.channels
from alerts.channel import Channel, Disabled
from spacepact.errors import ConfigError, Problem
from spacepact.noun import Noun
from spacepact.settings import Settings
from spacepact.yamlfile import Document, did_you_mean, read_document

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


@cache
def kinds() -> dict[str, type[Channel[Any]]]:
    """Return every kind of channel that a module of `alerts/channels` defines."""
    modules = [import_module(f"{alerts.channels.__name__}.{m.name}") for m in pkgutil.iter_modules(alerts.channels.__path__)]
    found = (c for m in modules for c in vars(m).values() if isinstance(c, type) and c.__module__ == m.__name__)
    return {c.kind: c for c in found if issubclass(c, Channel) and not isabstract(c)}


def load_channels(path: Path, settings: Settings, env: Mapping[str, str]) -> tuple[dict[str, Channel[Any]], list[Problem]]:
    """Return the channels by name, and every mistake with its position; secrets come from `env` as `${NAME}`.

    With `enabled: false` a channel is known, but its secrets and addresses are not looked at.
    """
    try:
        document = read_document(path)
        entries = _entries(document)
    except ConfigError as error:
        return {}, error.problems
    channels: dict[str, Channel[Any]] = {}
    problems: list[Problem] = []
    for name, entry in entries.items():
        try:
            channels[name] = _channel(document, name, entry, settings, env)
        except ConfigError as error:
            problems += error.problems
    return channels, problems


def _entries(document: Document) -> dict[str, Any]:
    data = document.data
    wrong = [key for key in data if key != "channels"] if isinstance(data, dict) else []
    if wrong:
        raise ConfigError([document.problem((wrong[0],), f"unknown key {wrong[0]!r}", "channels stand under channels:", key=True)])
    entries = (data.get("channels") or {}) if isinstance(data, dict) else None
    if not isinstance(entries, dict):
        raise ConfigError([document.problem(("channels",), "names of channels are wanted here", "write desk-mail: {kind: mail, ...}")])
    return entries


def _channel(document: Document, name: str, entry: Any, settings: Settings, env: Mapping[str, str]) -> Channel[Any]:
    path = ("channels", name)
    if not _NAME.fullmatch(name):
        raise ConfigError([document.problem(path, f"{name!r} is not a name", "small letters, digits and single hyphens", key=True)])
    if not isinstance(entry, dict) or "kind" not in entry:
        raise ConfigError([document.problem(path, f"{name}: its kind is missing", f"kind: {' | '.join(sorted(kinds()))}")])
    kind = kinds().get(str(entry["kind"]))
    if kind is None:
        hint = did_you_mean(str(entry["kind"]), sorted(kinds()))
        raise ConfigError([document.problem((*path, "kind"), f"{name}: {entry['kind']!r} is no kind of channel", hint)])
    if _switched_off(document, name, entry):
        to = entry.get("to") or ()
        return Disabled(name, (to,) if isinstance(to, str) else to, settings)
    rest = {key: value for key, value in entry.items() if key not in ("kind", "enabled")}
    missing: list[Problem] = []
    filled = {key: _fill(document, (*path, key), value, env, missing) for key, value in rest.items()}
    if missing:
        raise ConfigError(missing)
    options = _options(document, name, filled, kind.Options)
    try:
        return kind(name, options, settings)
    except ValueError as error:
        raise ConfigError([document.problem(path, f"{name}: {error}")]) from None


def _switched_off(document: Document, name: str, entry: dict[str, Any]) -> bool:
    word = str(entry.get("enabled", "true")).casefold()
    if word not in ("true", "false"):
        raise ConfigError([document.problem(("channels", name, "enabled"), f"{name}: enabled is {word!r}", "write true or false")])
    return word == "false"


def _fill(document: Document, path: tuple[str | int, ...], value: Any, env: Mapping[str, str], missing: list[Problem]) -> Any:
    """Return the value with `${NAME}` replaced; what is not set goes into `missing`."""
    if isinstance(value, list):
        return [_fill(document, (*path, i), child, env, missing) for i, child in enumerate(value)]
    if isinstance(value, dict):
        return {key: _fill(document, (*path, key), child, env, missing) for key, child in value.items()}
    unset = [name for name in _VARIABLE.findall(value or "") if not env.get(name)]
    missing += [document.problem(path, f"${{{name}}} is not set", f"export {name} before the start, or enabled: false") for name in unset]
    return _VARIABLE.sub(lambda m: env.get(m[1], ""), value) if isinstance(value, str) else value


def _options(document: Document, name: str, data: dict[str, Any], options: type[Noun]) -> Noun:
    """Validate one channel's options with the positions of the whole file."""
    inner = create_model("Channels", __base__=Noun, channels=(dict[str, options], ...))  # type: ignore[valid-type]
    view = copy.copy(document)
    view.data = {"channels": {name: data}}
    return view.into(inner).channels[name]  # type: ignore[attr-defined, no-any-return]
