"""Kinds of values and what may be combined: money × money is no money, money ÷ money is a ratio."""

from __future__ import annotations

from enum import Enum, IntEnum


class Kind(Enum):
    """What a value is. The text is what messages call it."""

    MONEY = "money"
    COUNT = "count"
    RATIO = "ratio"
    NUMBER = "number"
    LITERAL = "plain number"
    """A number written in a formula: it takes the kind of what it meets."""
    CATEGORY = "category"
    TRUTH = "truth"
    DATE = "date"
    TEXT = "text"
    """An id or a name: it can be compared and grouped by, and is no number."""
    UNKNOWN = "unknown"
    """Of a part that has a problem already; it raises no second one."""

    @property
    def is_numeric(self) -> bool:
        return self in _NUMERIC

    @property
    def in_words(self) -> str:
        """`money`, `a count`, `a ratio`."""
        return self.value if self is Kind.MONEY else f"a {self.value}"


_NUMERIC = frozenset({Kind.MONEY, Kind.COUNT, Kind.RATIO, Kind.NUMBER, Kind.LITERAL, Kind.UNKNOWN})


class Level(IntEnum):
    """Whom a value belongs to. A formula reads its own level and those above (smaller)."""

    SYSTEM = 0
    SCHOOL = 1
    STUDENT = 2


class KindError(ValueError):
    """Two kinds that do not combine; `hint` says what would."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def sum_kind(left: Kind, right: Kind, verb: str = "added to") -> Kind:
    """The kind of a sum, a difference, a comparison's sides, or the branches of `if`."""
    if Kind.UNKNOWN in (left, right):
        return Kind.UNKNOWN
    if left is right:
        return left
    if Kind.LITERAL in (left, right) and left.is_numeric and right.is_numeric:
        return right if left is Kind.LITERAL else left
    pair = {left, right}
    if pair <= {Kind.NUMBER, Kind.COUNT} or pair <= {Kind.NUMBER, Kind.RATIO}:
        return Kind.NUMBER
    raise KindError(f"{left.in_words} can't be {verb} {right.in_words}", _sum_hint(pair))


def _sum_hint(pair: set[Kind]) -> str:
    if Kind.DATE in pair:
        return "a date goes with a date, such as 2025-01-31"
    if Kind.CATEGORY in pair and any(kind.is_numeric for kind in pair):
        return "a number stands without quotation marks"
    if Kind.MONEY in pair:
        return "both sides must be of one kind; multiply a count or a ratio by a rate to get money"
    return "both sides must be of one kind; declare `kind: number` for a value free of kinds"


def product_kind(left: Kind, right: Kind) -> Kind:
    """The kind of a product."""
    if Kind.UNKNOWN in (left, right):
        return Kind.UNKNOWN
    if Kind.LITERAL in (left, right):
        return right if left is Kind.LITERAL else left
    if Kind.MONEY in (left, right):
        if left is right:
            raise KindError(
                "money can't be multiplied by money",
                "one of the two should be a count or a ratio; "
                "a quotient of money is a ratio: a * (b / c)",
            )
        return Kind.MONEY
    if left is right:
        return left if left is Kind.RATIO else Kind.NUMBER
    return Kind.COUNT if {left, right} == {Kind.COUNT, Kind.RATIO} else Kind.NUMBER


def quotient_kind(left: Kind, right: Kind) -> Kind:
    """The kind of a quotient."""
    if Kind.UNKNOWN in (left, right):
        return Kind.UNKNOWN
    if right is Kind.LITERAL:
        return left
    if left is right:
        return Kind.RATIO
    if right is Kind.MONEY:
        raise KindError(
            f"{left.in_words} can't be divided by money",
            "money ÷ money is a ratio; turn the two round?",
        )
    if left is Kind.MONEY:
        return Kind.MONEY
    return Kind.COUNT if (left, right) == (Kind.COUNT, Kind.RATIO) else Kind.NUMBER
