"""What the sheets of the allocation workbook hold: summary, lines, explanation, figures.

An amount in the summary reads the lines, a line the explanation, and there the rate of a group the
figures: whoever changes a figure sees every school follow. Beside each formula stands the value
that the engine found.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from formula_funding.exact.number_text import fixed_text, number_to_text, units_text
from formula_funding.exact.rounding import decimal_places
from formula_funding.explain.explanation_from_allocation import Explainer
from formula_funding.formula.tree import Tree
from formula_funding.language.labels import Labels
from formula_funding.language.numbers import date_text
from formula_funding.model.allocation import Allocation
from formula_funding.model.explanation import ExplainedLine, ExplainedSchool
from formula_funding.model.plan import Line, Value
from formula_funding.workbook.formula_from_tree import rounded_formula
from formula_funding.workbook.rates import rate_formula, rate_names

EXACT_DIGITS = 15
"""A spreadsheet keeps that many digits; a longer number is written as text."""

FIRST_ROW = 4
"""The number of the first row below the header, as a spreadsheet counts."""


class Formula(NamedTuple):
    """A formula without its `=`, and the engine's value for it."""

    text: str
    value: Decimal


class Figure(NamedTuple):
    """A number that a reader may change."""

    value: Decimal


Cell = str | int | Decimal | Formula | Figure | None
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
    names: Mapping[str, str] = field(default_factory=dict)
    """Defined names, each with its cell of this sheet, such as $C$4."""


def sheets(allocation: Allocation, explainer: Explainer, labels: Labels) -> list[Sheet]:
    """The sheets of a plain allocation workbook, in their order."""
    content = _Content(allocation, explainer, labels)
    explanation = content.explanation()  # tells the lines where their calculations stand
    found = [content.summary(), content.lines(), explanation, content.figures()]
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
        self._rates = rate_names(allocation.plan)
        self._explained: dict[tuple[int, str], int] = {}
        """The row of the explanation in which a line of a school is added up."""

    def summary(self) -> Sheet:
        """One row per school, with its lines and total."""
        allocation, words = self._allocation, self._words
        ledger, register = allocation.ledger, allocation.register
        counted = [words("students")] if ledger.students else []
        begin = 2 + len(counted)
        first, last = _letters(begin), _letters(begin + len(allocation.lines) - 1)
        end = FIRST_ROW + len(register.ids) - 1
        rows: list[Row] = [
            [
                school,
                register.names[i],
                *ledger.students[i : i + 1],
                *(
                    self._formula_of_money(
                        f"{words('lines')}!D{self._line_row(i, k)}", [amounts[i]]
                    )
                    for k, amounts in enumerate(allocation.lines.values())
                ),
                self._formula_of_money(
                    f"SUM({first}{FIRST_ROW + i}:{last}{FIRST_ROW + i})",
                    [
                        allocation.school_totals[i],
                        *(amounts[i] for amounts in allocation.lines.values()),
                    ],
                ),
            ]
            for i, school in enumerate(register.ids)
        ]
        total: Row = [
            words("total"),
            "",
            *([ledger.students_read] if counted else []),
            *(
                self._formula_of_money(
                    f"SUM({_letters(column)}{FIRST_ROW}:{_letters(column)}{end})",
                    [sum(amounts), *amounts],
                )
                for column, amounts in enumerate(
                    [*allocation.lines.values(), allocation.school_totals], start=begin
                )
            ),
        ]
        known = [words("school_id"), words("name"), *counted]
        header = [*known, *self._titles.values(), words("total")]
        grand = f"${_letters(begin + len(allocation.lines))}${end + 1}"
        return Sheet(words("summary"), header, rows, total, {"grand_total": grand})

    def lines(self) -> Sheet:
        """One row per school and line."""
        register, words = self._allocation.register, self._words
        rows: list[Row] = [
            [
                school,
                register.names[i],
                self._titles[name],
                self._formula_of_money(
                    f"{words('explanation')}!H{self._explained[i, name]}", [amounts[i]]
                ),
            ]
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
            for cells in self._steps(school):
                rows.append([school.id, school.name, *cells])
            for explained in school.lines:
                first = FIRST_ROW + len(rows)
                for cells in self._line(explained, school, first):
                    rows.append([school.id, school.name, *cells])
                self._explained[i, explained.line.name] = FIRST_ROW + len(rows) - 1
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

    def _line(self, explained: ExplainedLine, school: ExplainedSchool, row: int) -> Iterator[Row]:
        """The groups of a line from `row` on, and the row in which they are added up."""
        line = explained.line
        title = self._titles[line.name]
        for position, group in enumerate(explained.groups, start=row):
            rate, amount = self._number(group.rate), self._number(group.amount)
            product: Cell = amount
            if isinstance(rate, Decimal) and isinstance(amount, Decimal):
                product = Formula(f"F{position}*G{position}", amount)
            yield [
                title,
                self._labels.group(group.values),
                None,
                group.students,
                self._rate(line, group.values, rate),
                product,
                # Numbers put in would stay as they are when a figure is changed.
                self._labels.formula(line.amount),
                None,
                None,
            ]
        last = row + len(explained.groups) - 1
        total: Cell = self._money(explained.amount)
        if explained.groups and self._are_numbers(group.amount for group in explained.groups):
            added_up = rounded_formula(f"SUM(H{row}:H{last})", line.rounding)
            total = self._formula_of_money(added_up, [explained.amount])
        sources = "; ".join(map(self._labels.source, self._labels.sources_of(line)))
        note = self._note(explained, school)
        yield [
            *(title, self._words("total"), None, None, None, total),
            *(note, str(line.place), sources),
        ]

    def _rate(self, line: Line, group: Mapping[str, Value | None], rate: Cell) -> Cell:
        """The rate of a group as a formula over the figures, where it follows from them alone."""
        if not isinstance(rate, Decimal):
            return rate
        formula = rate_formula(line, self._allocation.plan, self._rates, group)
        return rate if formula is None else Formula(formula, rate)

    def figures(self) -> Sheet:
        """One row per rate in force, with the name by which formulas read it."""
        words, labels = self._words, self._labels
        rows: list[Row] = []
        cells: dict[str, str] = {}
        for parameter in labels.plan.parameters.values():
            for key, value in parameter.values.items():
                name = self._rates[parameter.name, key]
                cells[name] = f"$C${FIRST_ROW + len(rows)}"
                number = self._number(value)
                titles = map(labels.category, parameter.keys, key)
                rows.append(
                    [
                        labels.of_name(parameter.name),
                        ", ".join(titles),
                        Figure(number) if isinstance(number, Decimal) else number,
                        labels.title(parameter.unit, ""),
                        date_text(parameter.since, labels.language) if parameter.since else "",
                        labels.source(parameter.source),
                        str(parameter.place),
                    ]
                )
        keys = ("name", "who", "value", "unit", "in_force_from", "source", "rule")
        return Sheet(words("figures"), [words(key) for key in keys], rows, names=cells)

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

    def _line_row(self, school: int, line: int) -> int:
        return FIRST_ROW + school * len(self._allocation.lines) + line

    def _formula_of_money(self, text: str, units: Sequence[int]) -> Cell:
        """A formula for the first of some amounts, which reads the others.

        Where one of them has more digits than a spreadsheet keeps, the exact amount instead.
        """
        amounts = [self._money(amount) for amount in units]
        if all(isinstance(amount, Decimal) for amount in amounts):
            return Formula(text, Decimal(amounts[0]))
        return amounts[0]

    def _are_numbers(self, values: Iterable[Fraction]) -> bool:
        """Whether a spreadsheet keeps all the digits of the values."""
        return all(isinstance(self._number(value), Decimal) for value in values)

    def _money(self, units: int) -> str | Decimal:
        return _cell(units_text(units, self._allocation.places))

    def _number(self, value: Fraction) -> str | Decimal:
        """A number with at least the currency's decimals; text, such as 11/15, if endless."""
        places = decimal_places(value)
        if places is None:
            return number_to_text(value)
        return _cell(fixed_text(value, max(places, self._allocation.places)))


def _letters(column: int) -> str:
    """The letters of a column counted from 0: A, B, …, Z, AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _cell(text: str) -> str | Decimal:
    digits = text.replace("-", "").replace(".", "").lstrip("0")
    return Decimal(text) if len(digits) <= EXACT_DIGITS else text
