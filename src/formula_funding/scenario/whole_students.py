"""Students of several kinds in several schools, changed in whole numbers.

A number of students is shared among schools, and within a school among kinds of students, in
proportion to how many there are, by largest remainder: whole quotas first, then one student each
to the largest remainders; ties go to the larger group, then to the lower school id and kind.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from fractions import Fraction

from formula_funding.exact.rounding import divide_half_up
from formula_funding.exact.sharing import largest_remainder
from formula_funding.model.plan import Value

Cell = tuple[str, tuple[Value, ...]]
"""A school id, and the values that make a kind of student."""
Students = Mapping[Cell, int]


def whole(number: Fraction) -> int:
    """A number of 0 or more students, rounded half up to whole ones."""
    return divide_half_up(number.numerator, number.denominator)


def resized(students: Students, number: int) -> dict[Cell, int]:
    """As many as `number` in the same proportions: shared to schools first, then to kinds.

    Every school and every kind in it keeps its share within one student. Raises
    NothingToShareByError where there is nobody to be in proportion to.
    """
    schools: dict[str, dict[Cell, int]] = defaultdict(dict)
    for cell in sorted(students, key=order):
        schools[cell[0]][cell] = students[cell]
    ids = sorted(schools)
    sizes = [Fraction(sum(schools[school].values())) for school in ids]
    found: dict[Cell, int] = {}
    for school, size in zip(ids, largest_remainder(number, sizes, ids), strict=True):
        cells = list(schools[school])
        names = [f"{place:09}" for place in range(len(cells))]
        weights = [Fraction(schools[school][cell]) for cell in cells]
        found |= dict(zip(cells, largest_remainder(size, weights, names), strict=True))
    return found


def moved(students: Students, leaving: Students, to: str) -> dict[Cell, int]:
    """The students once those `leaving` sit in the school `to`, each of the kind that it was."""
    counted = Counter(students)
    for cell, number in leaving.items():
        counted[cell] -= number
        counted[to, cell[1]] += number
    return dict(+counted)


def order(cell: Cell) -> tuple[str, tuple[tuple[bool, Value], ...]]:
    """By school, then by the values of the kind."""
    return cell[0], tuple((isinstance(value, str), value) for value in cell[1])
