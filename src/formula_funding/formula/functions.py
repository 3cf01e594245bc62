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
from formula_funding.exact.roots import natural_logarithm, root
from formula_funding.exact.rounding import Rounding, RoundingMode, round_fraction
from formula_funding.formula.kinds import Kind

MAX_ROUNDING_DIGITS = 12


@dataclass(frozen=True)
class Function:
    """A function on numbers of one level.

    The last `written` arguments are whole numbers written in the formula (decimal places, the
    degree of a root): they shape the result and are no values. `kind` is the result's where it
    is not that of the values.
    """

    name: str
    signature: str
    purpose: str
    example: str
    least_arguments: int
    most_arguments: int | None
    on_columns: Callable[[Sequence[Column]], Column]
    on_fractions: Callable[[Sequence[Fraction]], Fraction]
    written: int = 0
    kind: Kind | None = None
    nonsense: Callable[[Sequence[Fraction | None]], str | None] = lambda _numbers: None
    """What is wrong with arguments that are written as numbers; None stands for any other."""


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
        name, f"{name}(x, digits)", purpose, example, 2, 2, on_columns, on_fractions, written=1
    )


def _ramp_of_columns(arguments: Sequence[Column]) -> Column:
    x, start, end = arguments
    zeros, ones = (column.whole_numbers([n] * len(x)) for n in (0, 1))
    at_start, at_end = column.compare("<=", x, start), column.compare(">=", x, end)
    done = [None if s is None else e for s, e in zip(at_start, at_end, strict=True)]
    return column.choose(done, ones, column.choose(at_start, zeros, (x - start) / (end - start)))


def _ramp(x: Fraction, start: Fraction, end: Fraction) -> Fraction:
    if x >= end:
        return Fraction(1)
    return Fraction(0) if x <= start else (x - start) / (end - start)


def _in_order(low: Fraction | None, high: Fraction | None) -> str | None:
    if low is None or high is None or low <= high:
        return None
    return "the smaller end comes first"


def _root_of(x: Fraction | None, degree: Fraction | None) -> str | None:
    if x is not None and x < 0:
        return "there is no root of a negative number"
    if degree is not None and degree <= 1:
        return "the degree of a root is 2 or more"
    return None


def _whole(arguments: Sequence[Fraction]) -> list[int]:
    return [argument.numerator for argument in arguments]


def _of_each(arguments: Sequence[Column], compute: Callable[..., Fraction]) -> Column:
    """A function with written arguments, number by number; it may not exist for some."""
    numbers, *written = arguments
    numerators, denominators = [], []
    for i in range(len(numbers)):
        value = numbers.value(i)
        result = None
        if value is not None:
            try:
                result = compute(value, *(int(w.value(i) or 0) for w in written))
            except ValueError:
                result = None
        numerators.append(result.numerator if result is not None else 0)
        denominators.append(result.denominator if result is not None else 0)
    return Column(numerators, denominators)


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
    Function(
        "clamp",
        "clamp(x, low, high)",
        "The number, but at least `low` and at most `high`.",
        "clamp(7, 2, 5) = 5",
        3,
        3,
        lambda arguments: column.extreme(
            [column.extreme(arguments[:2], largest=True), arguments[2]], largest=False
        ),
        lambda arguments: min(max(arguments[0], arguments[1]), arguments[2]),
        nonsense=lambda numbers: _in_order(numbers[1], numbers[2]),
    ),
    Function(
        "ramp",
        "ramp(x, start, end)",
        "0 up to `start`, 1 from `end` on, and in a straight line between them.",
        "ramp(0.3, 0.2, 0.6) = 0.25",
        3,
        3,
        _ramp_of_columns,
        lambda arguments: _ramp(*arguments),
        kind=Kind.RATIO,
        nonsense=lambda numbers: _in_order(numbers[1], numbers[2]),
    ),
    Function(
        "root",
        "root(x, degree, digits)",
        "The root of a number of 0 or more, rounded half up to decimal places.",
        "root(2, 2, 4) = 1.4142",
        3,
        3,
        lambda arguments: _of_each(arguments, root),
        lambda arguments: root(arguments[0], *_whole(arguments[1:])),
        written=2,
        kind=Kind.NUMBER,
        nonsense=lambda numbers: _root_of(numbers[0], numbers[1]),
    ),
    Function(
        "ln",
        "ln(x, digits)",
        "The natural logarithm of a number above 0, rounded half up to decimal places.",
        "ln(10, 4) = 2.3026",
        2,
        2,
        lambda arguments: _of_each(arguments, natural_logarithm),
        lambda arguments: natural_logarithm(arguments[0], *_whole(arguments[1:])),
        written=1,
        kind=Kind.NUMBER,
        nonsense=lambda numbers: (
            "there is no logarithm of 0 or less"
            if numbers[0] is not None and numbers[0] <= 0
            else None
        ),
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


CONDITIONAL = "if"
"""`if(condition, yes, no)` is known to every evaluator: only the chosen branch counts, which is a
number or a value of a category."""
