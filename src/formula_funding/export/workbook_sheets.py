"""What the sheets of the allocation workbook hold: summary, lines, explanation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from formula_funding.exact.number_text import fixed_text, number_to_text, units_text
from formula_funding.exact.rounding import decimal_places
from formula_funding.explain.explanation_from_allocation import Explainer
from formula_funding.formula.tree import Tree
from formula_funding.language.labels import Labels
from formula_funding.model.allocation import Allocation
from formula_funding.model.explanation import ExplainedLine, ExplainedSchool
from formula_funding.model.plan import Value

EXACT_DIGITS = 15
"""A spreadsheet keeps that many digits; a longer number is written as text."""

Cell = str | int | Decimal | None
Row = list[Cell]


@dataclass(frozen=True)
class Sheet:
    """A table: header, rows, and a last row of totals where there is one.

    A Decimal is shown with all its decimals, an int as a count.
    """

    name: str
    header: list[str]
    rows: list[Row]
    total: Row | None = None


def sheets(allocation: Allocation, explainer: Explainer, labels: Labels) -> list[Sheet]:
    """The sheets of a plain allocation workbook, in their order."""
    content = _Content(allocation, explainer, labels)
    found = [content.summary(), content.lines(), content.explanation()]
    return [*found, content.excluded()] if allocation.ledger.excluded else found


class _Content:
    def __init__(self, allocation: Allocation, explainer: Explainer, labels: Labels) -> None:
        self._allocation = allocation
        self._explainer = explainer
        self._labels = labels
        self._words = labels.words
        self._titles = {
            line.name: line.title.in_language(labels.language) for line in allocation.plan.lines
        }

    def summary(self) -> Sheet:
        """One row per school, with its lines and total."""
        allocation, words = self._allocation, self._words
        ledger, register = allocation.ledger, allocation.register
        counted = [words("students")] if ledger.students else []
        rows: list[Row] = [
            [
                school,
                register.names[i],
                *ledger.students[i : i + 1],
                *(self._money(amounts[i]) for amounts in allocation.lines.values()),
                self._money(allocation.school_totals[i]),
            ]
            for i, school in enumerate(register.ids)
        ]
        total: Row = [
            words("total"),
            "",
            *([ledger.students_read] if counted else []),
            *(self._money(amount) for amount in allocation.line_totals.values()),
            self._money(allocation.total),
        ]
        first = [words("school_id"), words("name"), *counted]
        header = [*first, *self._titles.values(), words("total")]
        return Sheet(words("summary"), header, rows, total)

    def lines(self) -> Sheet:
        """One row per school and line."""
        register, words = self._allocation.register, self._words
        rows: list[Row] = [
            [school, register.names[i], self._titles[name], self._money(amounts[i])]
            for i, school in enumerate(register.ids)
            for name, amounts in self._allocation.lines.items()
        ]
        header = [words(key) for key in ("school_id", "name", "line", "amount")]
        return Sheet(words("lines"), header, rows)

    def explanation(self) -> Sheet:
        """One row per step, per group of students, and per line."""
        keys = ("school_id", "name", "line", "who", "value", "students", "rate", "amount")
        header = [self._words(key) for key in (*keys, "formula", "rule", "source")]
        rows: list[Row] = []
        for i in range(len(self._allocation.register.ids)):
            school = self._explainer.school(i)
            for cells in [*self._steps(school), *self._school_lines(school)]:
                rows.append([school.id, school.name, *cells])
        return Sheet(self._words("explanation"), header, rows)

    def excluded(self) -> Sheet:
        """One row per school and kind of students whom no line funds."""
        register, words = self._allocation.register, self._words
        rows: list[Row] = [
            [
                register.ids[entry.school],
                register.names[entry.school],
                self._labels.group(entry.values),
                entry.students,
                words("no_line"),
            ]
            for entry in self._allocation.ledger.excluded
        ]
        header = [words(key) for key in ("school_id", "name", "who", "students", "why")]
        return Sheet(words("excluded"), header, rows)

    def _steps(self, school: ExplainedSchool) -> Iterator[Row]:
        for step in school.steps:
            calculation = step.calculation
            value = step.value
            yield [
                self._labels.of_name(calculation.name),
                self._words("step"),
                self._number(value) if isinstance(value, Fraction) else None,
                None,
                None,
                None,
                self._formula(calculation.tree, school),
                str(calculation.place),
                self._labels.source(calculation.source),
            ]

    def _school_lines(self, school: ExplainedSchool) -> Iterator[Row]:
        for explained in school.lines:
            line = explained.line
            title = self._titles[line.name]
            sources = "; ".join(map(self._labels.source, self._labels.sources_of(line)))
            for group in explained.groups:
                yield [
                    title,
                    self._labels.group(group.values),
                    None,
                    group.students,
                    self._number(group.rate),
                    self._number(group.amount),
                    self._formula(line.amount, school, group.values),
                    None,
                    None,
                ]
            amount = self._money(explained.amount)
            yield [
                title,
                self._words("total"),
                None,
                None,
                None,
                amount,
                self._note(explained, school),
                str(line.place),
                sources,
            ]

    def _note(self, explained: ExplainedLine, school: ExplainedSchool) -> str | None:
        """Why a line is zero; or its formula and how it was rounded."""
        reason = self._labels.zero_reason(explained)
        if reason is not None:
            return reason
        per_student = explained.line.per_student
        formula = None if per_student else self._formula(explained.line.amount, school)
        rounding = self._labels.rounding(explained)
        return " = ".join(part for part in (formula, rounding) if part) or None

    def _formula(
        self,
        tree: Tree,
        school: ExplainedSchool,
        group: Mapping[str, Value | None] | None = None,
    ) -> str:
        values = {**school.values, **(group or {})}
        return self._labels.formula_with(tree, values, school.aggregated)

    def _money(self, units: int) -> Cell:
        return _cell(units_text(units, self._allocation.places))

    def _number(self, value: Fraction) -> Cell:
        """A number with at least the currency's decimals; text, such as 11/15, if endless."""
        places = decimal_places(value)
        if places is None:
            return number_to_text(value)
        return _cell(fixed_text(value, max(places, self._allocation.places)))


def _cell(text: str) -> Cell:
    digits = text.replace("-", "").replace(".", "").lstrip("0")
    return Decimal(text) if len(digits) <= EXACT_DIGITS else text
