"""The best result only: of rows alike in some attributes, the one with the largest number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction

from formula_funding.model.counts import Counts, CountTable, Cut, count_table
from formula_funding.model.plan import Best, Value

Row = tuple[int, dict[str, Value]]
"""Number of the school, values by attribute."""


def best_rows(rows: Iterable[Row], best: Best) -> list[Row]:
    """For each school and combination of `best.per`, the row with the largest `best.of`."""
    found: dict[tuple[int, tuple[Value, ...]], dict[str, Value]] = {}
    for school, values in rows:
        key = (school, tuple(values[name] for name in best.per))
        if key not in found or _number(values[best.of]) > _number(found[key][best.of]):
            found[key] = values
    return [(school, values) for (school, _), values in found.items()]


def best_counts(counts: Counts, best: Best, cuts: Sequence[Cut]) -> Counts:
    """The counts of the best rows alone, by each of `cuts`; `counts` has one cut, of all names.

    Ids of persons among `best.per` are left behind here.
    """
    (table,) = counts.tables.values()
    rows = best_rows(
        (
            (school, dict(zip(table.cut, table.combinations[i], strict=True)))
            for school, i, number in zip(
                table.schools, table.combination, table.students, strict=True
            )
            if number
        ),
        best,
    )
    return replace(counts, tables={cut: _counted(rows, cut) for cut in cuts})


def _counted(rows: Sequence[Row], cut: Cut) -> CountTable:
    counted = Counter((school, tuple(values[name] for name in cut)) for school, values in rows)
    combinations = list(dict.fromkeys(values for _, values in sorted(counted)))
    index_of = {values: index for index, values in enumerate(combinations)}
    cells = {(index_of[values], school): n for (school, values), n in counted.items()}
    return count_table(cut, combinations, cells)


def _number(value: Value) -> Fraction:
    assert isinstance(value, Fraction)
    return value
