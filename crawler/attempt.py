"""An awaitable's end as a value: what it returned, or what it raised."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")


async def attempt(work: Awaitable[T]) -> T | BaseException:
    """Await some work and return its result or its exception, so that a fault becomes data."""
    task = asyncio.ensure_future(work)
    await asyncio.wait({task})
    return task.exception() or task.result()
