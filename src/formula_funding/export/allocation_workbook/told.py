"""What the explanation says of a line or a group in the same way for every school: found once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from formula_funding.diagnostics.problem import Place
from formula_funding.exact.number_text import fixed_text, number_to_text
from formula_funding.exact.rounding import decimal_places
from formula_funding.export.allocation_workbook.cells import number_or_text
from formula_funding.language.labels import Labels
from formula_funding.model.plan import Line, Value
from formula_funding.workbook.formula_from_tree import CantBeAFormulaError
from formula_funding.workbook.rates import RateKey, rate_formula
from formula_funding.workbook.school_table import ROW, SchoolTable

_PARTS_OF_A_PATH = 2
"""The file and its folder tell rulebooks apart; where they lie on a machine is no part of it."""

Group = tuple[tuple[str, Value | None], ...]


def place_text(place: Place) -> str:
    """Where a rule stands: folder, file, line and column."""
    file = "/".join(place.file.split("/")[-_PARTS_OF_A_PATH:])
    return str(replace(place, file=file))


class Told:
    """Texts, numbers and formulas that many rows share."""

    def __init__(
        self, labels: Labels, rates: Mapping[RateKey, str], table: SchoolTable, places: int
    ) -> None:
        self._labels = labels
        self._rates = rates
        self._table = table
        self._places = places
        self._groups: dict[Group, str] = {}
        self._formulas: dict[str, str] = {}
        self._sources: dict[str, str] = {}
        self._numbers: dict[Fraction, str | Decimal] = {}
        self._of_groups: dict[tuple[str, Group], tuple[str | None, str]] = {}

    def group(self, values: Mapping[str, Value | None]) -> str:
        """A group of students in words."""
        key = tuple(values.items())
        if key not in self._groups:
            self._groups[key] = self._labels.group(values)
        return self._groups[key]

    def formula(self, line: Line) -> str:
        """The formula of a line in words."""
        if line.name not in self._formulas:
            self._formulas[line.name] = self._labels.formula(line.amount)
        return self._formulas[line.name]

    def sources(self, line: Line) -> str:
        """The sources of a line and of the figures that it reads."""
        if line.name not in self._sources:
            sources = map(self._labels.source, self._labels.sources_of(line))
            self._sources[line.name] = "; ".join(sources)
        return self._sources[line.name]

    def number(self, value: Fraction) -> str | Decimal:
        """A number with at least the currency's decimals; text, such as 11/15, if endless."""
        if value not in self._numbers:
            places = decimal_places(value)
            self._numbers[value] = (
                number_to_text(value)
                if places is None
                else number_or_text(fixed_text(value, max(places, self._places)))
            )
        return self._numbers[value]

    def rate(self, line: Line, group: Mapping[str, Value | None]) -> tuple[str | None, str]:
        """The formula of a group's rate, with ROW for the row of its school; or why it has none."""
        key = (line.name, tuple(group.items()))
        if key not in self._of_groups:
            self._of_groups[key] = self._rate(line, group)
        return self._of_groups[key]

    def formulas_of_rates(self) -> list[str]:
        """The formulas of all groups told so far."""
        return [formula for formula, _ in self._of_groups.values() if formula is not None]

    def _rate(self, line: Line, group: Mapping[str, Value | None]) -> tuple[str | None, str]:
        try:
            plan = self._labels.plan
            formula = rate_formula(
                line, plan, self._rates, group, lambda tree: self._table.cell(tree, ROW)
            )
        except CantBeAFormulaError as error:
            return None, error.reason
        return formula, ""
