"""Values of students and schools as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from formula_funding.exact.number_text import number_to_text
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
