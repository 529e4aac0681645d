"""Lines of JSON in, lines of JSON out, in the same order; a bad line is answered, never fatal."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any, BinaryIO

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn


def each_line(lines: Iterable[bytes], answer: Callable[[dict[str, Any]], dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Answer every line that is not blank; a line that cannot be answered gives an `error` with its number."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            question = json.loads(line.decode("utf-8", "replace"))
        except (ValueError, RecursionError) as error:
            yield {"error": {"line": number, "what": f"not JSON: {error}"}}
            continue
        if not isinstance(question, dict):
            yield {"error": {"line": number, "what": "not a JSON object"}}
            continue
        key = {"id": question["id"]} if "id" in question else {}
        try:
            yield key | answer(question)
        except (ValueError, KeyError, TypeError) as error:
            yield key | {"error": {"line": number, "what": _reason(error)}}


def pipe(answer: Callable[[dict[str, Any]], dict[str, Any]], what: str, source: BinaryIO | None = None) -> int:
    """Stream stdin to stdout, with progress where stderr is a terminal; returns 1 if a line was bad."""
    bad = 0
    columns = (SpinnerColumn(), TextColumn(what), TextColumn("{task.completed}"), TimeElapsedColumn())
    with Progress(*columns, transient=True, disable=not sys.stderr.isatty(), console=Console(stderr=True)) as progress:
        task = progress.add_task(what, total=None)
        try:
            for row in each_line(source or sys.stdin.buffer, answer):
                bad |= "error" in row
                sys.stdout.write(json.dumps(row, ensure_ascii=False).encode("utf-8", "replace").decode() + "\n")
                sys.stdout.flush()
                progress.advance(task)
        except BrokenPipeError:  # the reader of our output has had enough, as `head` does
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return bad


def _reason(error: Exception) -> str:
    return f"{error.args[0]!r} is missing" if isinstance(error, KeyError) else str(error).splitlines()[0]
