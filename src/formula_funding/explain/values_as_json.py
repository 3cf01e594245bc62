"""Values of students and schools as JSON, and back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from formula_funding.exact.number_text import number_from_written, number_to_text
from formula_funding.formula.kinds import Kind
from formula_funding.model.plan import Value


def text_of(value: Value | None) -> Any:
    """A value as JSON: numbers as exact decimal text, truths as truths, the rest as text."""
    if isinstance(value, Fraction):
        return number_to_text(value)
    if isinstance(value, date):
        return value.isoformat()
    return value


def values_as_json(values: Mapping[str, Value | None]) -> dict[str, Any]:
    """Named values as JSON."""
    return {name: text_of(value) for name, value in values.items()}


def value_from_json(given: str | bool, kind: Kind) -> Value:
    """The value of a kind that `text_of` wrote. Raises ValueError for anything else."""
    if isinstance(given, bool) is not (kind is Kind.TRUTH):
        raise ValueError(f"no {kind.value}")
    if isinstance(given, bool) or kind in {Kind.CATEGORY, Kind.TEXT}:
        return given
    return date.fromisoformat(given) if kind is Kind.DATE else number_from_written(given)
