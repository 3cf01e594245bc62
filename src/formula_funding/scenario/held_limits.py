"""Floors and caps held as they were, to tell what a cause does from what limits make of it."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from formula_funding.exact import column
from formula_funding.exact.column import Column
from formula_funding.formula.functions import FUNCTIONS
from formula_funding.formula.tree import Call


class HeldLimits:
    """Which argument of `min`, `max` and `clamp` counts: for each unit, the one of the base.

    While `is_recording`, the functions do as they always do, and what they chose is kept. After
    that a unit that was known keeps its choice, and others choose freely.
    """

    def __init__(self) -> None:
        self.is_recording = True
        self._chosen: dict[Call, dict[Hashable, int]] = {}

    def limited(self, tree: Call, arguments: Sequence[Column], units: Sequence[Hashable]) -> Column:
        """The function's values while recording; then those of the arguments chosen before."""
        free = FUNCTIONS[tree.function].on_columns(arguments)
        chosen = self._chosen.setdefault(tree, {})
        if self.is_recording:
            for i, unit in enumerate(units):
                value = free.value(i)
                for number, argument in enumerate(arguments):
                    if value is not None and argument.value(i) == value:
                        chosen[unit] = number
                        break
            return free
        values = []
        for i, unit in enumerate(units):
            held = arguments[chosen[unit]].value(i) if unit in chosen else None
            values.append(free.value(i) if held is None else held)
        return column.from_existing(values)
