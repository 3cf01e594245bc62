"""What the sheets of the allocation workbook hold: summary, lines, explanation, figures.

An amount in the summary reads the lines, a line the explanation, and there the rate of a group the
figures: whoever changes a figure sees every school follow. Beside each formula stands the value
that the engine found.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Context, Decimal
from fractions import Fraction
from typing import NamedTuple

from formula_funding.allocate.evaluation import Evaluation
from formula_funding.allocate.units import value_at
from formula_funding.exact.number_text import fixed_text, number_to_text, units_text
from formula_funding.exact.rounding import decimal_places
from formula_funding.explain.explanation_from_allocation import Explainer
from formula_funding.formula.tree import Name, Tree
from formula_funding.language.labels import Labels
from formula_funding.language.numbers import date_text
from formula_funding.model.allocation import Allocation
from formula_funding.model.explanation import ExplainedLine, ExplainedSchool
from formula_funding.model.plan import Calculation, Line, Value
from formula_funding.workbook.formula_from_tree import (
    CantBeAFormulaError,
    number_literal,
    rounded_formula,
)
from formula_funding.workbook.rates import rate_formula, rate_names
from formula_funding.workbook.school_table import (
    ROW,
    Entry,
    Part,
    SchoolTable,
    SchoolTableBuilder,
    letters_of,
)

EXACT_DIGITS = 15
"""A spreadsheet keeps that many digits; a longer number is written as text."""

_DIGITS = Context(prec=EXACT_DIGITS)
_DAY_ZERO = date(1899, 12, 30)
"""The day that spreadsheets number 0."""

FIRST_ROW = 4
"""The number of the first row below the header, as a spreadsheet counts."""


class Formula(NamedTuple):
    """A formula without its `=`, and the engine's value for it; `#N/A` where there is none."""

    text: str
    value: Decimal | str | bool
    is_array: bool = False


class Held(NamedTuple):
    """The engine's value in a cell that can't be a formula."""

    value: str | Decimal


class Figure(NamedTuple):
    """A number that a reader may change."""

    value: Decimal


Cell = str | int | Decimal | date | Formula | Figure | Held | None
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


def sheets(
    allocation: Allocation, evaluation: Evaluation, explainer: Explainer, labels: Labels
) -> list[Sheet]:
    """The sheets of a plain allocation workbook, in their order."""
    content = _Content(allocation, evaluation, explainer, labels)
    explanation = content.explanation()  # tells the lines where their calculations stand
    found = [content.summary(), content.lines(), explanation, content.schools(), content.figures()]
    if allocation.ledger.excluded:
        found.append(content.excluded())
    return [*found, content.held()] if content.holds_values else found


class _Content:
    def __init__(
        self,
        allocation: Allocation,
        evaluation: Evaluation,
        explainer: Explainer,
        labels: Labels,
    ) -> None:
        self._allocation = allocation
        self._evaluation = evaluation
        self._explainer = explainer
        self._labels = labels
        self._words = labels.words
        self._titles = {
            line.name: line.title.in_language(labels.language) for line in allocation.plan.lines
        }
        self._names = rate_names(allocation.plan)
        self._rates = {
            key: name
            for key, name in self._names.items()
            if not isinstance(_figure(allocation.plan.parameters[key[0]].values[key[1]]), str)
        }
        """The rates whose digits a spreadsheet keeps; no formula reads another."""
        self._explained: dict[tuple[int, str], int] = {}
        """The row of the explanation in which a line of a school is added up."""
        self._held: Counter[tuple[str, str, str]] = Counter()
        """How many cells of a sheet and a column hold values, and the reason."""
        self._first_line = 3 if allocation.ledger.students else 2
        """The column of the summary in which the lines begin."""
        self._table = self._school_table()

    def _school_table(self) -> SchoolTable:
        plan, register, words = self._allocation.plan, self._allocation.register, self._words
        return SchoolTableBuilder(
            plan,
            self._rates,
            words("schools"),
            (FIRST_ROW, FIRST_ROW + max(len(register.ids), 1) - 1),
            {
                name: f"{words('summary')}!{letters_of(self._first_line + position)}{ROW}"
                for position, name in enumerate(self._allocation.lines)
            },
            list(register.attributes),
            self._fits,
        ).build()

    def _fits(self, tree: Tree, is_of_system: bool) -> bool:
        """Whether a spreadsheet keeps the digits that matter of all values of a tree."""
        is_fact = isinstance(tree, Name) and tree.name in self._allocation.register.attributes
        most = 10 ** (EXACT_DIGITS - self._allocation.places - 1)
        return all(
            not isinstance(value, Fraction)
            or (abs(value) < most and not (is_fact and isinstance(_figure(value), str)))
            for value in self._values_of(tree, is_of_system)
        )

    def _values_of(self, tree: Tree, is_of_system: bool) -> list[Value | None]:
        units = self._evaluation.system if is_of_system else self._evaluation.schools
        values = units.keep(tree)
        return [value_at(values, i) for i in range(units.length)]

    @property
    def holds_values(self) -> bool:
        """Whether any cell that could be a formula holds a value."""
        return bool(self._held)

    def held(self) -> Sheet:
        """Where cells hold values that do not follow a change, and why."""
        words = self._words
        rows: list[Row] = [[*key, cells] for key, cells in self._held.items()]
        header = [words(key) for key in ("sheet", "name", "why", "cells")]
        return Sheet(words("held_cells"), header, rows)

    def _hold(self, sheet: str, title: str, reason: str, value: str | Decimal) -> Held:
        self._held[self._words(sheet), title, self._words(reason)] += 1
        return Held(value)

    def schools(self) -> Sheet:
        """One row per school: its facts, the steps over them, and its lines."""
        register, words = self._allocation.register, self._words
        titles = [self._entry_title(entry) for entry in self._table.columns]
        columns = [
            self._entry_cells(entry, title)
            for entry, title in zip(self._table.columns, titles, strict=True)
        ]
        rows: list[Row] = [
            [school, register.names[i], *(column[i] for column in columns)]
            for i, school in enumerate(register.ids)
        ]
        return Sheet(words("schools"), [words("school_id"), words("name"), *titles], rows)

    def _entry_title(self, entry: Entry) -> str:
        if isinstance(entry.tree, Name) and entry.part is not Part.CHOSEN:
            return self._labels.of_name(entry.tree.name)
        return self._labels.formula(entry.tree)

    def _entry_cells(self, entry: Entry, title: str) -> Row:
        """The cells of a column of schools, or the one cell of the system."""
        values = self._values_of(entry.tree, bool(entry.name))
        sheet = "figures" if entry.name else "schools"
        cells: Row = []
        for row, value in enumerate(values, start=FIRST_ROW):
            if entry.formula is not None:
                text = entry.formula.replace(ROW, str(row))
                is_chosen = entry.part is Part.CHOSEN
                cached = _cached(Fraction(value is True) if is_chosen else value)
                cells.append(Formula(text, cached, entry.is_array))
            elif entry.held is not None:
                cells.append(self._hold(sheet, title, entry.held, self._plain(value)))
            elif isinstance(value, Fraction):
                cells.append(_figure(value))
            elif isinstance(value, bool):
                cells.append(Formula(str(value).upper(), value))
            else:
                cells.append(value if isinstance(value, str | date) else "")
        return cells

    def _plain(self, value: Value | None) -> str | Decimal:
        if isinstance(value, Fraction):
            number = self._number(value)
            found = _cached(value) if decimal_places(value) is None else number
            return found if isinstance(found, Decimal) else number
        return self._words("does_not_exist") if value is None else str(value)

    def summary(self) -> Sheet:
        """One row per school, with its lines and total."""
        allocation, words = self._allocation, self._words
        ledger, register = allocation.ledger, allocation.register
        counted = [words("students")] if ledger.students else []
        begin = self._first_line
        first, last = letters_of(begin), letters_of(begin + len(allocation.lines) - 1)
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
                    f"SUM({letters_of(column)}{FIRST_ROW}:{letters_of(column)}{end})",
                    [sum(amounts), *amounts],
                )
                for column, amounts in enumerate(
                    [*allocation.lines.values(), allocation.school_totals], start=begin
                )
            ),
        ]
        known = [words("school_id"), words("name"), *counted]
        header = [*known, *self._titles.values(), words("total")]
        grand = f"${letters_of(begin + len(allocation.lines))}${end + 1}"
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
            for cells in self._steps(school, FIRST_ROW + i):
                rows.append([school.id, school.name, *cells])
            for explained in school.lines:
                first = FIRST_ROW + len(rows)
                for cells in self._line(explained, first, FIRST_ROW + i):
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

    def _steps(self, school: ExplainedSchool, row: int) -> Iterator[Row]:
        for step in school.steps:
            calculation = step.calculation
            address = self._table.cell(Name(calculation.name), row)
            assert address is not None
            yield [
                self._labels.of_name(calculation.name),
                self._words("step"),
                Formula(address, _cached(step.value)),
                None,
                None,
                None,
                self._labels.formula(calculation.tree),
                str(calculation.place),
                self._labels.source(calculation.source),
            ]

    def _line(self, explained: ExplainedLine, row: int, school_row: int) -> Iterator[Row]:
        """The groups of a line from `row` on, and the row in which they are added up.

        `school_row` is the school's row in the sheet of schools.
        """
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
                self._rate(line, group.values, rate, school_row),
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
        address = self._table.cell(Name(line.name), school_row)
        if not line.per_student and address is not None:
            total = self._formula_of_money(address, [explained.amount])
        sources = "; ".join(map(self._labels.source, self._labels.sources_of(line)))
        note = self._note(explained)
        yield [
            *(title, self._words("total"), None, None, None, total),
            *(note, str(line.place), sources),
        ]

    def _rate(
        self, line: Line, group: Mapping[str, Value | None], rate: str | Decimal, school_row: int
    ) -> Cell:
        """The rate of a group as a formula over the figures and its school, where there is one."""
        title = self._titles[line.name]
        if not isinstance(rate, Decimal):
            return self._hold("explanation", title, "held_digits", rate)

        def school_cell(tree: Tree) -> str | None:
            return self._table.cell(tree, school_row)

        try:
            plan = self._allocation.plan
            return Formula(rate_formula(line, plan, self._rates, group, school_cell), rate)
        except CantBeAFormulaError as error:
            return self._hold("explanation", title, error.reason, rate)

    def figures(self) -> Sheet:
        """One row per rate in force, with the name by which formulas read it."""
        words, labels = self._words, self._labels
        rows: list[Row] = []
        cells: dict[str, str] = {}
        for parameter in labels.plan.parameters.values():
            for key, value in parameter.values.items():
                name = self._names[parameter.name, key]
                cells[name] = f"$C${FIRST_ROW + len(rows)}"
                titles = map(labels.category, parameter.keys, key)
                rows.append(
                    [
                        labels.of_name(parameter.name),
                        ", ".join(titles),
                        _figure(value, self._allocation.places),
                        labels.title(parameter.unit, ""),
                        date_text(parameter.since, labels.language) if parameter.since else "",
                        labels.source(parameter.source),
                        str(parameter.place),
                    ]
                )
        for entry in self._table.system:
            title = self._entry_title(entry)
            cells[entry.name] = f"$C${FIRST_ROW + len(rows)}"
            [found] = self._entry_cells(entry, title)
            rows.append([title, words("schools"), found, "", "", *self._rule(entry.tree)])
        keys = ("name", "who", "value", "unit", "in_force_from", "source", "rule")
        return Sheet(words("figures"), [words(key) for key in keys], rows, names=cells)

    def _rule(self, tree: Tree) -> list[Cell]:
        """The source and the place of a step."""
        item = self._allocation.plan.item(tree.name) if isinstance(tree, Name) else None
        if not isinstance(item, Calculation):
            return ["", ""]
        return [self._labels.source(item.source), str(item.place)]

    def _note(self, explained: ExplainedLine) -> str | None:
        """Why a line is zero; or its formula and how it was rounded."""
        reason = self._labels.zero_reason(explained)
        if reason is not None:
            return reason
        line = explained.line
        formula = None if line.per_student else self._labels.formula(line.amount)
        rounding = self._labels.rounding(explained)
        return " = ".join(part for part in (formula, rounding) if part) or None

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


def _cached(value: Value | None) -> Decimal | str | bool:
    """A value as a spreadsheet would show it; a number to as many digits as it keeps."""
    if value is None:
        return "#N/A"
    if isinstance(value, date):
        return Decimal((value - _DAY_ZERO).days)
    if isinstance(value, Fraction):
        places = decimal_places(value)
        text = fixed_text(value, places) if places is not None else None
        if text is not None and len(text) <= EXACT_DIGITS:
            return Decimal(text)
        return _DIGITS.divide(Decimal(value.numerator), Decimal(value.denominator))
    return value


def _figure(value: Fraction, at_least: int = 0) -> Figure | Formula | str:
    """A number that formulas read: 11/15 is a formula, and one of too many digits is a text."""
    places = decimal_places(value)
    if places is None:
        try:
            return Formula(number_literal(value), _cached(value))
        except CantBeAFormulaError:
            return number_to_text(value)
    number = _cell(fixed_text(value, max(places, at_least)))
    return number if isinstance(number, str) else Figure(number)


def _cell(text: str) -> str | Decimal:
    digits = text.replace("-", "").replace(".", "").lstrip("0")
    return Decimal(text) if len(digits) <= EXACT_DIGITS else text
