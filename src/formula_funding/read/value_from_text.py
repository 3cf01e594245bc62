"""One cell's text to an attribute's value, strictly as the rulebook declares it."""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction

from formula_funding.exact.number_text import (
    NotANumberError,
    number_from_text,
    number_to_text,
    ratio_from_text,
    scientific_from_text,
)
from formula_funding.formula.kinds import Kind
from formula_funding.model.plan import Attribute, Value


class BadValueError(ValueError):
    """The text is no value of the attribute; `expected` says what one looks like."""

    def __init__(self, expected: str, *, empty: bool = False) -> None:
        super().__init__(expected)
        self.expected = expected
        self.empty = empty


def value_from_text(text: str, attribute: Attribute) -> Value:
    """Read a trimmed cell. Raises BadValueError; an empty cell takes the declared `if_empty`."""
    if text == "":
        if attribute.if_empty is None:
            raise BadValueError(expected(attribute), empty=True)
        text = attribute.if_empty
    match attribute.kind:
        case Kind.CATEGORY:
            if text in attribute.values:
                return text
            raise BadValueError(expected(attribute))
        case Kind.TEXT:
            return text
        case Kind.TRUTH:
            return _truth(text, attribute)
        case Kind.DATE:
            return _date(text, attribute)
        case _:
            return _number(text, attribute)


def _number(text: str, attribute: Attribute) -> Fraction:
    try:
        is_ratio = attribute.kind is Kind.RATIO and ("%" in text or "/" in text)
        if is_ratio:
            value = ratio_from_text(text)
        else:
            value = number_from_text(text) if attribute.whole else scientific_from_text(text)
    except NotANumberError:
        raise BadValueError(expected(attribute)) from None
    too_low = attribute.low is not None and value < attribute.low
    too_high = attribute.high is not None and value > attribute.high
    if too_low or too_high or (attribute.whole and value.denominator != 1):
        raise BadValueError(expected(attribute))
    return value


_TRUTHS = dict.fromkeys(("true", "yes", "1", "да", "истина"), True) | dict.fromkeys(
    ("false", "no", "0", "нет", "ложь"), False
)


def _truth(text: str, attribute: Attribute) -> bool:
    if text.lower() not in _TRUTHS:
        raise BadValueError(expected(attribute))
    return _TRUTHS[text.lower()]


def _date(text: str, attribute: Attribute) -> date:
    try:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise BadValueError(expected(attribute)) from None


def expected(attribute: Attribute) -> str:
    """What a cell of the attribute may hold, in words."""
    match attribute.kind:
        case Kind.CATEGORY:
            return "one of " + ", ".join(_shortened(list(attribute.values)))
        case Kind.TEXT:
            return "a text"
        case Kind.TRUTH:
            return "yes or no (true, false, 1, 0)"
        case Kind.DATE:
            return "a date such as 2025-01-31"
    number = "a whole number" if attribute.whole else "a number with a decimal point"
    low, high = attribute.low, attribute.high
    if low is not None and high is not None:
        return f"{number} from {number_to_text(low)} to {number_to_text(high)}"
    if low is not None:
        return f"{number}, {number_to_text(low)} or more"
    return number if high is None else f"{number}, {number_to_text(high)} or less"


def _shortened(values: list[str]) -> list[str]:
    """The values with runs of whole numbers written as ranges: 1, 2, 3 is 1..3."""
    found: list[str] = []
    start = 0
    for i, value in enumerate(values):
        following = values[i + 1] if i + 1 < len(values) else ""
        if value.isdecimal() and following == str(int(value) + 1):
            continue
        run = values[start : i + 1]
        found += [f"{run[0]}..{run[-1]}"] if len(run) > 2 else run
        start = i + 1
    return found
