"""The functions of the formula language, each with its own documentation and example.

A function is computed twice, by independent code: over columns of integers for the allocation,
and on single fractions for the judge and the replayer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from formula_funding.exact import column
from formula_funding.exact.column import Column
from formula_funding.exact.rounding import Rounding, RoundingMode, round_fraction

MAX_ROUNDING_DIGITS = 12


@dataclass(frozen=True)
class Function:
    """A function on numbers of one level.

    `digits` is true where the last argument is a written number of decimal places: it shapes
    the result and is not itself a value.
    """

    name: str
    signature: str
    purpose: str
    example: str
    least_arguments: int
    most_arguments: int | None
    on_columns: Callable[[Sequence[Column]], Column]
    on_fractions: Callable[[Sequence[Fraction]], Fraction]
    digits: bool = False


def _rounding(digits: Fraction, mode: RoundingMode) -> Rounding:
    return Rounding(Fraction(1, 10) ** digits.numerator, mode)


def _rounding_function(name: str, mode: RoundingMode, purpose: str, example: str) -> Function:
    def on_columns(arguments: Sequence[Column]) -> Column:
        digits = arguments[1].value(0) if len(arguments[1]) else Fraction(0)
        assert digits is not None
        return column.rounded(arguments[0], _rounding(digits, mode))

    def on_fractions(arguments: Sequence[Fraction]) -> Fraction:
        return round_fraction(arguments[0], _rounding(arguments[1], mode))

    return Function(
        name, f"{name}(x, digits)", purpose, example, 2, 2, on_columns, on_fractions, digits=True
    )


_ALL = (
    Function(
        "min",
        "min(a, b, …)",
        "The smallest of several numbers.",
        "min(1, 3, 2) = 1",
        2,
        None,
        lambda arguments: column.extreme(arguments, largest=False),
        min,
    ),
    Function(
        "max",
        "max(a, b, …)",
        "The largest of several numbers.",
        "max(0, 4 - 6) = 0",
        2,
        None,
        lambda arguments: column.extreme(arguments, largest=True),
        max,
    ),
    Function(
        "abs",
        "abs(x)",
        "The number without its sign.",
        "abs(2 - 5) = 3",
        1,
        1,
        lambda arguments: column.absolute(arguments[0]),
        lambda arguments: abs(arguments[0]),
    ),
    _rounding_function(
        "round",
        RoundingMode.HALF_UP,
        "Rounds to decimal places; a tie goes away from zero.",
        "round(2.345, 2) = 2.35",
    ),
    _rounding_function(
        "round_half_even",
        RoundingMode.HALF_EVEN,
        "Rounds to decimal places; a tie goes to the even digit.",
        "round_half_even(2.345, 2) = 2.34",
    ),
    _rounding_function(
        "round_up",
        RoundingMode.UP,
        "Rounds away from zero to decimal places.",
        "round_up(898.01, 0) = 899",
    ),
    _rounding_function(
        "round_down",
        RoundingMode.DOWN,
        "Rounds towards zero to decimal places.",
        "round_down(2.999, 2) = 2.99",
    ),
)
FUNCTIONS = {function.name: function for function in _ALL}


@dataclass(frozen=True)
class AggregateFunction:
    """A function that makes one number of many units, such as the students of a school."""

    name: str
    signature: str
    purpose: str
    takes_value: bool


_AGGREGATES = (
    AggregateFunction(
        "count",
        "count(students where …)",
        "How many units there are for which the condition holds.",
        takes_value=False,
    ),
    AggregateFunction(
        "share",
        "share(students where …)",
        "The count with the condition ÷ the count of all. Of nobody, the share is 0.",
        takes_value=False,
    ),
    AggregateFunction(
        "sum",
        "sum(x of students where …)",
        "The sum of a number over the units for which the condition holds.",
        takes_value=True,
    ),
    AggregateFunction(
        "mean",
        "mean(x of schools where …)",
        "The sum of a number ÷ the count of the units. Of no units, the mean is 0.",
        takes_value=True,
    ),
)
AGGREGATES = {function.name: function for function in _AGGREGATES}
CONDITIONAL = "if"
"""`if(condition, yes, no)` is known to every evaluator: only the chosen branch counts."""
