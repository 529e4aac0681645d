"""Asks thousands of conditions at once: for each value that conditions ask for, a bitmap of those that do.

A condition holds unless one of the fields it asks in meets none of the facts. So the answer is all
conditions, less, field by field, those that ask there and are not met: a dozen operations on bitmaps,
however many conditions there are. Conditions inside `all`, `any` and `none` are asked first, each once
however many share it; that one holds is a fact for the level above.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence

from pyroaring import BitMap

from alerts.watchlist import Condition

Asked = Iterable[tuple[str, Iterable[Hashable]]]
"""What one condition asks for: fields, and in each the values of which one must be a fact."""
Facts = Mapping[str, Collection[Hashable]]
NESTED = ("all", "any", "none")


class Index:
    """Conditions by number (their place in the sequence), asked all at once.

    `fields` says what a condition asks for by itself, without those nested in it.
    """

    def __init__(self, conditions: Sequence[Condition], fields: Callable[[Condition], Asked]) -> None:
        self._fields = fields
        self._known: dict[Condition, int] = {}
        self._depth: dict[int, int] = {}
        self._inner: list[_Level] = []
        top = _Level()
        for number, condition in enumerate(conditions):
            self._add(top, number, condition)
        self._levels = [*self._inner, top]
        for level in self._levels:
            level.close()

    def holding(self, facts: Facts, amounts: Mapping[str, float]) -> BitMap:
        """Return the numbers of the conditions that hold; `amounts` are what `min_...` is compared with."""
        inner = BitMap()
        for level in self._levels[:-1]:
            inner |= level.holding(facts, amounts, inner)
        return self._levels[-1].holding(facts, amounts, inner)

    def _add(self, level: _Level, number: int, condition: Condition) -> None:
        level.members.append(number)
        for slot, values in self._fields(condition):
            level.ask(slot, number, values)
        for amount in ("score", "sources"):
            least = getattr(condition, f"min_{amount}")
            if least is not None:
                level.least[amount].append((least, number))
        for i, child in enumerate(condition.all):
            level.ask_inner(f"all {i}", number, [self._nested(child)])
        if condition.any:
            level.ask_inner("any", number, map(self._nested, condition.any))
        for child in condition.none:
            level.barred[self._nested(child)].append(number)

    def _nested(self, condition: Condition) -> int:
        known = self._known.get(condition)
        if known is not None:
            return known
        children = [self._nested(c) for name in NESTED for c in getattr(condition, name)]
        depth = 1 + max((self._depth[c] for c in children), default=-1)
        number = self._known[condition] = len(self._known)
        self._depth[number] = depth
        while len(self._inner) <= depth:
            self._inner.append(_Level())
        self._add(self._inner[depth], number, condition)
        return number


class _Slot:
    """One field: who asks there, and who is met by which value."""

    def __init__(self) -> None:
        self.lists: dict[Hashable, list[int]] = defaultdict(list)
        self.met: dict[Hashable, BitMap] = {}
        self.asking = BitMap()

    def close(self) -> None:
        self.met = {value: _bitmap(numbers) for value, numbers in self.lists.items()}
        self.asking = _bitmap(n for numbers in self.lists.values() for n in numbers)
        self.lists.clear()

    def failing(self, facts: Iterable[Hashable]) -> BitMap:
        met = [self.met[fact] for fact in facts if fact in self.met]
        return self.asking.difference(*met) if met else self.asking


class _Level:
    """Conditions whose inner ones stand on lower levels."""

    def __init__(self) -> None:
        self.members: list[int] = []
        self.slots: dict[str, _Slot] = defaultdict(_Slot)
        self.inner: dict[str, _Slot] = defaultdict(_Slot)
        self.barred: dict[int, list[int]] = defaultdict(list)
        self.least: dict[str, list[tuple[float, int]]] = defaultdict(list)

    def ask(self, slot: str, number: int, values: Iterable[Hashable]) -> None:
        for value in values:
            self.slots[slot].lists[value].append(number)

    def ask_inner(self, slot: str, number: int, values: Iterable[int]) -> None:
        for value in values:
            self.inner[slot].lists[value].append(number)

    def close(self) -> None:
        """Turn what was gathered into bitmaps."""
        for slot in (*self.slots.values(), *self.inner.values()):
            slot.close()
        self.all = _bitmap(self.members)
        self.used = {name: _bitmap(slot.met) for name, slot in self.inner.items()}  # type: ignore[arg-type]
        self.bars = {child: _bitmap(numbers) for child, numbers in self.barred.items()}
        self.barring = _bitmap(self.bars)
        self.too_high = {amount: _steps(pairs) for amount, pairs in self.least.items()}

    def holding(self, facts: Facts, amounts: Mapping[str, float], inner: BitMap) -> BitMap:
        left = self.all.copy()
        for amount, (steps, above) in self.too_high.items():
            left -= above[bisect_right(steps, amounts[amount])]
        for name, slot in self.slots.items():
            left -= slot.failing(facts.get(name, ()))
        for name, slot in self.inner.items():
            left -= slot.failing(self.used[name] & inner)
        for child in self.barring & inner:
            left -= self.bars[child]
        return left


def _bitmap(numbers: Iterable[int]) -> BitMap:
    made = BitMap(numbers)
    made.run_optimize()
    return made


def _steps(pairs: list[tuple[float, int]]) -> tuple[list[float], list[BitMap]]:
    """Return the thresholds in order, and for each place among them the conditions that ask for more."""
    by_step: dict[float, list[int]] = defaultdict(list)
    for least, number in pairs:
        by_step[least].append(number)
    above = [BitMap()]
    for step in sorted(by_step, reverse=True):
        above.append(above[-1] | _bitmap(by_step[step]))
    return sorted(by_step), above[::-1]
