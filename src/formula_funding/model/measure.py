"""What amounts are in: a currency, or points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from formula_funding.rules.fields import Title


@dataclass(frozen=True)
class Measure:
    """A currency by its code; or points, by what readers call them."""

    currency: str | None
    points: Title | None

    def in_language(self, language: str) -> str:
        """As a reader of `en` or `ru` sees it; empty where a result names none."""
        return self.currency or "" if self.points is None else self.points.in_language(language)

    def as_json(self) -> dict[str, Any]:
        """The members by which every document says it."""
        return {"currency": self.currency, "points": self.points and self.points.as_json()}
