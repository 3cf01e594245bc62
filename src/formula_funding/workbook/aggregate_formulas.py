"""Aggregates over schools as formulas over columns of a sheet, or why they hold values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Among:
    """The columns over which an aggregate runs, as ranges with one cell per school.

    `chosen` holds 1 for the schools that count and 0 for the others; `alike` likewise for the
    group of the asking school, and is None where all schools are asked. `values` is what is read
    of each school; `own` and `own_chosen` are the asking school's cells of both. `given` is the
    number that belongs to the whole.
    """

    chosen: str
    values: str = ""
    alike: str | None = None
    own: str = ""
    own_chosen: str = ""
    given: str = ""

    @property
    def picked(self) -> str:
        """The product that is 1 for each school that counts."""
        return self.chosen if self.alike is None else f"{self.chosen}*({self.alike})"

    @property
    def count(self) -> str:
        return f"SUMPRODUCT({self.picked})" if self.alike else f"SUM({self.chosen})"

    @property
    def total(self) -> str:
        return f"SUMPRODUCT({self.picked},{self.values})"

    @property
    def picked_values(self) -> str:
        """The values of those that count; for formulas that are entered as arrays."""
        return f'IF({self.picked}=1,{self.values},"")'


@dataclass(frozen=True)
class AggregateFormula:
    """A formula over columns; `is_array` says that it is entered as an array formula."""

    write: Callable[[Among], str]
    is_array: bool = False


def _mean(among: Among) -> str:
    return f"IF({among.count}=0,0,{among.total}/{among.count})"


def _share(among: Among) -> str:
    everyone = f"SUMPRODUCT(--({among.alike}))" if among.alike else f"ROWS({among.chosen})"
    return f"IF({everyone}=0,0,{among.count}/{everyone})"


def _of_picked(function: str) -> AggregateFormula:
    return AggregateFormula(
        lambda among: f"IF({among.count}=0,0,{function}({among.picked_values}))", is_array=True
    )


def _kth_largest(among: Among) -> str:
    largest = f"LARGE({among.picked_values},{among.given})"
    return f"IF({among.count}<{among.given},0,{largest})"


def _rank(among: Among) -> str:
    larger = f"SUMPRODUCT({among.picked}*({among.values}>{among.own}))"
    return f"IF({among.own_chosen}=1,{larger}+1,0)"


FORMULAS: dict[str, AggregateFormula] = {
    "count": AggregateFormula(lambda among: among.count),
    "share": AggregateFormula(_share),
    "sum": AggregateFormula(lambda among: among.total),
    "mean": AggregateFormula(_mean),
    "min": _of_picked("MIN"),
    "max": _of_picked("MAX"),
    "median": _of_picked("MEDIAN"),
    "kth_largest": AggregateFormula(_kth_largest, is_array=True),
    "only": AggregateFormula(lambda among: f"IF({among.count}=1,{among.total},NA())"),
    "rank": AggregateFormula(_rank),
}
"""Aggregates that a spreadsheet computes over columns of schools."""

HELD: dict[str, str] = {
    "largest_remainder": "held_sharing",
    "sainte_lague": "held_sharing",
    "fill_level": "held_level",
}
"""Aggregates whose cells hold values, with the reason (a key of `language/words`)."""


def reason_to_hold(function: str) -> str | None:
    """Why an aggregate is held as a value; None if it has a formula."""
    return None if function in FORMULAS else HELD.get(function, "held_function")
