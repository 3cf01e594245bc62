"""Problems of a formula, placed at their characters within the YAML file."""

from __future__ import annotations

from dataclasses import dataclass, replace

from formula_funding.diagnostics.problem import Code, Place, Problems
from formula_funding.formula.tree import NOWHERE, Span


@dataclass(frozen=True)
class FormulaReport:
    """Notes a problem at its characters within a formula that stands in a YAML file."""

    place: Place
    problems: Problems

    def __call__(self, code: Code, message: str, span: Span, hint: str | None) -> None:
        self.problems.add(code, message, _within(self.place, span), hint)


def _within(place: Place, span: Span) -> Place:
    """The place of `span` inside the formula that begins at `place`, if it is on one line."""
    excerpt = place.excerpt or ""
    start = place.column - 1
    if span == NOWHERE or excerpt[start : start + 1] in {"|", ">"}:
        return place
    if excerpt[start : start + 1] in {'"', "'"}:
        start += 1
    if start + span.end > len(excerpt):
        return place
    return replace(place, column=start + span.start + 1, length=max(span.end - span.start, 1))
