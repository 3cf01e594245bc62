"""What the checks of single constructs share: their result, and what they ask of the checker."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from formula_funding.diagnostics.problem import Code
from formula_funding.exact.number_text import number_to_text
from formula_funding.formula.functions import CONDITIONAL, MAX_ROUNDING_DIGITS
from formula_funding.formula.kinds import Kind, Level
from formula_funding.formula.scope import Scope
from formula_funding.formula.tree import Call, Interval, Number, Operation, Text, Tree


@dataclass(frozen=True)
class Checked:
    """A checked formula; `values` is set for a category."""

    tree: Tree
    kind: Kind
    level: Level
    values: tuple[str, ...] = ()
    whole: bool = False


class Checking(Protocol):
    """The checker of whole formulas, as its parts know it."""

    @property
    def scope(self) -> Scope:
        """What can be named here."""
        ...

    def check(self, tree: Tree) -> Checked:
        """Check any part."""
        ...

    def condition(self, tree: Tree) -> Checked:
        """Check a part that must be a condition."""
        ...

    def wrong(self, code: Code, message: str, tree: Tree, hint: str | None = None) -> Checked:
        """Report a problem of a part, which then has the kind UNKNOWN."""
        ...

    def within(self, condition: Tree) -> Checking:
        """A checker for what is only computed where a condition holds."""
        ...

    def of_others(self, inner: Level) -> Checking:
        """A checker for what an aggregate reads of many units."""
        ...

    def as_value_of(self, tree: Tree, values: tuple[str, ...]) -> Checked | None:
        """A part as a bare or quoted value of a category, if it is one."""
        ...


def words_of(member: Text | Number | Interval) -> list[str]:
    """The category values that one member of a list stands for: `1..3` is 1, 2 and 3."""
    match member:
        case Text():
            return [member.value]
        case Number():
            return [number_to_text(member.value)]
        case Interval():
            first, last = int(member.first), int(member.last)
            return [str(n) for n in range(first, min(last, first + 999) + 1)]


def is_choice(tree: Tree) -> bool:
    """Whether a part is an `if(…)`, which may choose between values of a category."""
    return isinstance(tree, Call) and tree.function == CONDITIONAL


def is_written_whole(tree: Tree) -> bool:
    """Whether a part is a whole number written in the formula, such as `2` or `-3`."""
    if isinstance(tree, Operation) and tree.operator == "negative":
        tree = tree.operands[0]
    return (
        isinstance(tree, Number)
        and tree.value.denominator == 1
        and not tree.percent
        and abs(tree.value) <= MAX_ROUNDING_DIGITS
    )


def written(tree: Tree) -> Fraction:
    """The number that `is_written_whole` found."""
    value = number_written(tree)
    assert value is not None
    return value


def number_written(tree: Tree) -> Fraction | None:
    """The number where a formula has one written down, also below 0; None for anything else."""
    if isinstance(tree, Operation) and tree.operator == "negative":
        inner = number_written(tree.operands[0])
        return None if inner is None else -inner
    return tree.value if isinstance(tree, Number) else None


def listed(values: tuple[str, ...] | list[str]) -> str:
    """Some values in a message, the first of them."""
    shown = ", ".join(f"`{value}`" for value in values[:6])
    return shown if len(values) <= 6 else f"{shown} and {len(values) - 6} more"
