"""Columns of exact numbers: one number per unit, as whole numerators over a denominator.

Most columns are decimals and keep one denominator for all units, so that a product or a sum is
one pass over Python integers. A division by a column gives every unit a denominator of its
own. A denominator of 0 marks a number that does not exist (a division by zero); it spreads
through every operation and must be picked away by `if(…)` before an amount is made of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from formula_funding.exact.rounding import DIVIDE, Rounding

Truths = list[bool | None]
"""One truth per unit; None where it depends on a number that does not exist."""


@dataclass(frozen=True)
class Column:
    """Exact numbers, one per unit."""

    numerators: Sequence[int]
    denominators: int | Sequence[int] = 1

    def __len__(self) -> int:
        return len(self.numerators)

    def pairs(self) -> Iterable[tuple[int, int]]:
        """(numerator, denominator) of each unit."""
        if isinstance(self.denominators, int):
            return ((n, d) for n, d in zip(self.numerators, _repeat(self), strict=True))
        return zip(self.numerators, self.denominators, strict=True)

    def value(self, index: int) -> Fraction | None:
        """The number of one unit; None if it does not exist."""
        d = self.denominators
        denominator = d if isinstance(d, int) else d[index]
        return Fraction(self.numerators[index], denominator) if denominator else None

    def take(self, indexes: Sequence[int]) -> Column:
        """The numbers of the units at `indexes`, in that order."""
        numbers, d = self.numerators, self.denominators
        taken = [numbers[i] for i in indexes]
        return Column(taken, d if isinstance(d, int) else [d[i] for i in indexes])

    def __neg__(self) -> Column:
        return Column([-n for n in self.numerators], self.denominators)

    def __add__(self, other: Column) -> Column:
        left, right, denominators = aligned(self, other)
        return Column([a + b for a, b in zip(left, right, strict=True)], denominators)

    def __sub__(self, other: Column) -> Column:
        return self + -other

    def __mul__(self, other: Column) -> Column:
        numerators = [a * b for a, b in zip(self.numerators, other.numerators, strict=True)]
        if isinstance(self.denominators, int) and isinstance(other.denominators, int):
            return Column(numerators, self.denominators * other.denominators)
        return Column(
            numerators, [a * b for a, b in zip(_repeat(self), _repeat(other), strict=True)]
        )

    def __truediv__(self, other: Column) -> Column:
        numerators: list[int] = []
        denominators: list[int] = []
        for (a, b), (c, d) in zip(self.pairs(), other.pairs(), strict=True):
            numerator, denominator = divided(a, b, c, d)
            numerators.append(numerator)
            denominators.append(denominator)
        return Column(numerators, denominators)


def divided(a: int, b: int, c: int, d: int) -> tuple[int, int]:
    """(a/b) ÷ (c/d). Nothing shared among nobody is nothing: 0 ÷ 0 = 0."""
    if b == 0 or d == 0:
        return 0, 0
    if c == 0:
        return (0, 1) if a == 0 else (0, 0)
    return (a * d, b * c) if c > 0 else (-a * d, -b * c)


def _repeat(column: Column) -> Sequence[int]:
    d = column.denominators
    return [d] * len(column.numerators) if isinstance(d, int) else d


def constant(value: Fraction, length: int) -> Column:
    """The same number for every unit."""
    return Column([value.numerator] * length, value.denominator)


def whole_numbers(values: Iterable[int]) -> Column:
    return Column(list(values))


def from_fractions(values: Sequence[Fraction]) -> Column:
    """A column over the smallest common denominator."""
    denominator = lcm(*(v.denominator for v in values)) if values else 1
    return Column([v.numerator * (denominator // v.denominator) for v in values], denominator)


def from_existing(values: Sequence[Fraction | None]) -> Column:
    """As `from_fractions`; None is a number that does not exist."""
    if None not in values:
        return from_fractions([value for value in values if value is not None])
    return Column(
        [0 if value is None else value.numerator for value in values],
        [0 if value is None else value.denominator for value in values],
    )


def aligned(
    left: Column, right: Column
) -> tuple[Sequence[int], Sequence[int], int | Sequence[int]]:
    """Both columns' numerators over the same denominators."""
    a, b = left.denominators, right.denominators
    if isinstance(a, int) and isinstance(b, int):
        common = lcm(a, b)
        return _times(left.numerators, common // a), _times(right.numerators, common // b), common
    lefts, rights = _repeat(left), _repeat(right)
    return (
        [n * d for n, d in zip(left.numerators, rights, strict=True)],
        [n * d for n, d in zip(right.numerators, lefts, strict=True)],
        [x * y for x, y in zip(lefts, rights, strict=True)],
    )


def _times(numbers: Sequence[int], factor: int) -> Sequence[int]:
    return numbers if factor == 1 else [n * factor for n in numbers]


COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": eq,
    "!=": ne,
    "<": lt,
    "<=": le,
    ">": gt,
    ">=": ge,
}


def compare(operator: str, left: Column, right: Column) -> Truths:
    """The truth of `left operator right` for each unit."""
    test = COMPARE[operator]
    lefts, rights, denominators = aligned(left, right)
    truths: Truths = [test(a, b) for a, b in zip(lefts, rights, strict=True)]
    if isinstance(denominators, int):
        return truths
    return [t if d else None for t, d in zip(truths, denominators, strict=True)]


def choose(condition: Truths, yes: Column, no: Column) -> Column:
    """`yes` where the condition holds, else `no`; a number that does not exist where unknown."""
    lefts, rights, denominators = _aligned_for_choice(yes, no)
    numerators = [a if c else b for c, a, b in zip(condition, lefts, rights, strict=True)]
    if isinstance(denominators, int):
        if None not in condition:
            return Column(numerators, denominators)
        denominators = [denominators] * len(numerators), [denominators] * len(numerators)
    yes_d, no_d = denominators
    return Column(
        numerators,
        [
            0 if c is None else (a if c else b)
            for c, a, b in zip(condition, yes_d, no_d, strict=True)
        ],
    )


def _aligned_for_choice(
    yes: Column, no: Column
) -> tuple[Sequence[int], Sequence[int], int | tuple[Sequence[int], Sequence[int]]]:
    """As `aligned`, but an unchosen number that does not exist must not spoil the chosen one."""
    a, b = yes.denominators, no.denominators
    if isinstance(a, int) and isinstance(b, int):
        return aligned(yes, no)  # type: ignore[return-value]  # two whole denominators: one comes back
    return yes.numerators, no.numerators, (_repeat(yes), _repeat(no))


def extreme(columns: Sequence[Column], *, largest: bool) -> Column:
    """The largest (or smallest) of several columns, unit by unit."""
    best = columns[0]
    for column in columns[1:]:
        best = choose(compare(">=" if largest else "<=", best, column), best, column)
    return best


def rounded(column: Column, rounding: Rounding) -> Column:
    """Each number rounded to a whole multiple of the unit."""
    divide = DIVIDE[rounding.mode]
    up, down = rounding.unit.denominator, rounding.unit.numerator
    d = column.denominators
    if isinstance(d, int):
        scale = d * down
        if up % scale == 0:
            return column
        units = [divide(n * up, scale) for n in column.numerators]
        return Column(_times(units, down), up)
    units = [divide(n * up, x * down) if x else 0 for n, x in column.pairs()]
    if all(d):
        return Column(_times(units, down), up)
    return Column(_times(units, down), [up if x else 0 for x in d])


def power(column: Column, exponent: int) -> Column:
    """Each number multiplied by itself `exponent` times (1 or more)."""
    d = column.denominators
    return Column(
        [n**exponent for n in column.numerators],
        d**exponent if isinstance(d, int) else [x**exponent for x in d],
    )


def absolute(column: Column) -> Column:
    return Column([abs(n) for n in column.numerators], column.denominators)


def over_common_denominator(column: Column) -> tuple[list[int], int]:
    """Numerators over one denominator. Every number must exist."""
    d = column.denominators
    if isinstance(d, int):
        return list(column.numerators), d
    common = lcm(*set(d)) if d else 1
    return [n * (common // x) for n, x in zip(column.numerators, d, strict=True)], common


def sums_by(owners: Sequence[int], weights: Sequence[int], column: Column, length: int) -> Column:
    """For each of `length` owners, the sum of weight × number over its units.

    It does not exist where one of the numbers does not.
    """
    denominators = set(_repeat(column))
    if 0 in denominators or len(denominators) > 1:
        return _sums_by_denominator(owners, weights, column, length)
    totals = [0] * length
    for owner, weight, numerator in zip(owners, weights, column.numerators, strict=True):
        totals[owner] += weight * numerator
    return Column(totals, denominators.pop() if denominators else 1)


def _sums_by_denominator(
    owners: Sequence[int], weights: Sequence[int], column: Column, length: int
) -> Column:
    """Each owner over its own denominator: one for all could be as long as the roster."""
    parts: list[dict[int, int]] = [{} for _ in range(length)]
    for owner, weight, (n, d) in zip(owners, weights, column.pairs(), strict=True):
        parts[owner][d] = parts[owner].get(d, 0) + weight * n
    sums = [_sum_of(list(part.items())) for part in parts]
    return Column([n for _, n in sums], [d for d, _ in sums])


def _sum_of(parts: list[tuple[int, int]]) -> tuple[int, int]:
    """The sum of (denominator, numerator) pairs, halves first: long numbers meet late."""
    if len(parts) <= 1:
        return parts[0] if parts else (1, 0)
    (b, a), (d, c) = _sum_of(parts[: len(parts) // 2]), _sum_of(parts[len(parts) // 2 :])
    if b == 0 or d == 0:
        return 0, 0
    common = lcm(b, d)
    return common, a * (common // b) + c * (common // d)


def missing(column: Column) -> list[int]:
    """The indexes of the units whose number does not exist."""
    d = column.denominators
    if isinstance(d, int):
        return []
    return [i for i, x in enumerate(d) if x == 0]
