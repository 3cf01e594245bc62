"""What the formulas of a rulebook can name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from formula_funding.formula.kinds import Kind, Level
from formula_funding.formula.tree import COLLECTIONS, Tree, names_outside_aggregates

MAX_WHOLE_KEYS = 999


@dataclass(frozen=True)
class Symbol:
    """A name that formulas may read.

    `units` are the units, students or those of a table, to which a name of level STUDENT belongs.
    `values` are a category's values in declared order; `low`, `high` and `whole` bound a
    number as far as the rulebook says.
    """

    name: str
    kind: Kind
    level: Level
    units: str = ""
    values: tuple[str, ...] = ()
    whole: bool = False
    low: Fraction | None = None
    high: Fraction | None = None

    @property
    def key_values(self) -> tuple[str, ...]:
        """The values as keys of a table; none if there is no short list of them."""
        if self.kind is Kind.CATEGORY:
            return self.values
        if self.whole and self.low is not None and self.high is not None:
            low, high = int(self.low), int(self.high)
            if high - low <= MAX_WHOLE_KEYS:
                return tuple(str(n) for n in range(low, high + 1))
        return ()


@dataclass(frozen=True)
class Table:
    """A keyed parameter: for each key its name and the values for which it has a rate.

    `entries` have one at every date. Where the `dated` keys, which are bands that change by date,
    are those by which the table is kept, `own_entries` are enough: they have one at every date at
    which there are their bands.
    """

    name: str
    kind: Kind
    keys: tuple[str, ...]
    key_values: tuple[tuple[str, ...], ...]
    entries: frozenset[tuple[str, ...]]
    own_entries: frozenset[tuple[str, ...]] = frozenset()
    dated: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Scope:
    """All that a rulebook's formulas can name, and the checked conditions under which they do."""

    symbols: Mapping[str, Symbol]
    tables: Mapping[str, Table]
    conditions: tuple[Tree, ...] = ()
    collections: tuple[str, ...] = COLLECTIONS

    @property
    def names(self) -> list[str]:
        return [*self.symbols, *self.tables]


def units_of(tree: Tree, symbols: Mapping[str, Symbol]) -> list[str]:
    """Students, or the units of tables, whose attributes a formula reads at its own level."""
    read = [symbols[name] for name in names_outside_aggregates(tree) if name in symbols]
    return list(dict.fromkeys(s.units for s in read if s.level is Level.STUDENT))
