"""What a line may come out as: money, or a number under a rulebook that gives points."""

from __future__ import annotations

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Problems
from formula_funding.formula.checking import Checked
from formula_funding.formula.kinds import Kind
from formula_funding.formula.tree import Number
from formula_funding.read.nodes_from_yaml import Places
from formula_funding.rules.rulebook import Rulebook


def check_kind_of_line(
    name: str, amount: Checked, rulebook: Rulebook, places: Places, problems: Problems
) -> None:
    """A line is money; under `points`, it is a number and no money."""
    place = places.value(("lines", name, "amount"))
    if rulebook.points is not None:
        if amount.kind is Kind.MONEY or not amount.kind.is_numeric:
            problems.add(
                codes.LINE_NOT_POINTS,
                f"the amount of `{name}` is {amount.kind.in_words}, not a number of points",
                place,
                "declare its rates with `kind: number`; money needs `currency`",
            )
        return
    is_zero = isinstance(amount.tree, Number) and amount.tree.value == 0
    if amount.kind not in (Kind.MONEY, Kind.UNKNOWN) and not is_zero:
        problems.add(
            codes.LINE_NOT_MONEY,
            f"the amount of `{name}` is {amount.kind.in_words}, not money",
            place,
            "multiply by a rate: a parameter with `kind: money`; "
            "for a rating, say `points` instead of `currency`",
        )
