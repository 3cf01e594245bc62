"""The explanation: one row per step, per group of students, and per line."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from formula_funding.export.allocation_workbook.cells import (
    FIRST_ROW,
    Cell,
    Figure,
    Formula,
    Link,
    Row,
    Sheet,
    cached,
)
from formula_funding.export.allocation_workbook.told import place_text
from formula_funding.export.allocation_workbook.workings import Workings
from formula_funding.formula.tree import Name
from formula_funding.model.explanation import ExplainedLine, ExplainedSchool, ExplainedStep, Group
from formula_funding.model.plan import Line
from formula_funding.workbook.formula_from_tree import rounded_formula
from formula_funding.workbook.school_table import ROW


def explanation(workings: Workings) -> Sheet:
    """One row per step, per group of students, and per line.

    Making the rows notes where each school begins and where each line is added up.
    """
    keys = ("school_id", "name", "line", "who", "value", "students", "rate", "amount")
    header = [workings.words(key) for key in (*keys, "formula", "rule", "source", "see")]
    return Sheet(workings.words("explanation"), header, _rows(workings))


def _rows(workings: Workings) -> Iterator[Row]:
    row = FIRST_ROW
    schools = len(workings.allocation.register.ids)
    for i in range(schools):
        found, totals = rows_of_school(workings, i, row)
        workings.first_rows.append(row)
        workings.total_rows.append(totals)
        row += len(found)
        yield from found
        workings.progress("", i + 1, schools)


def rows_of_school(workings: Workings, index: int, row: int) -> tuple[list[Row], list[int]]:
    """The rows of a school from `row` on, and the rows in which its lines are added up."""
    school = workings.explainer.school(index)
    rows: list[Row] = [
        (school.id, school.name, *cells) for cells in _steps(workings, school, FIRST_ROW + index)
    ]
    totals: list[int] = []
    for position, explained in enumerate(school.lines):
        link = workings.line_row(index, position)
        for cells in _line(workings, explained, row + len(rows), FIRST_ROW + index, link):
            rows.append((school.id, school.name, *cells))
        totals.append(row + len(rows) - 1)
    return rows, totals


def _steps(workings: Workings, school: ExplainedSchool, row: int) -> Iterator[Row]:
    labels = workings.labels
    for step in school.steps:
        calculation = step.calculation
        address = workings.table.cell(Name(calculation.name), row)
        assert address is not None
        yield (
            labels.of_name(calculation.name),
            workings.words("step"),
            Formula(address, cached(step.value)),
            None,
            None,
            None,
            _told(workings, labels.formula(calculation.tree), step),
            place_text(calculation.place),
            labels.source(calculation.source),
            Link(address, row),
        )


def _line(
    workings: Workings, explained: ExplainedLine, row: int, school_row: int, line_row: int
) -> Iterator[Row]:
    """The groups of a line from `row` on, and the row in which they are added up.

    `school_row` is the school's row in the sheet of schools, `line_row` the line's in the lines.
    """
    line = explained.line
    title = workings.titles[line.name]
    products: list[Cell] = []
    for position, group in enumerate(explained.groups, start=row):
        rate = _rate(workings, line, group, school_row)
        products.append(_product(workings, title, group, rate, position))
        yield (
            title,
            workings.told.group(group.values),
            None,
            Figure(group.students),
            rate,
            products[-1],
            None,
            None,
            None,
            None,
        )
    last = row + len(explained.groups) - 1
    amount = workings.money(explained.amount)
    total: Cell = amount
    if products and all(isinstance(product, Formula) for product in products):
        added_up = rounded_formula(f"SUM(H{row}:H{last})", line.rounding)
        total = workings.formula_of_money(added_up, [explained.amount])
    elif products:
        total = workings.hold("explanation", title, "held_product", amount)
    address = workings.table.cell(Name(line.name), school_row)
    if not line.per_student and address is not None:
        total = workings.formula_of_money(address, [explained.amount])
    link = Link(f"{workings.reference('lines')}!D{line_row}", line_row)
    yield (
        *(title, workings.words("total"), None, None, None, total),
        *(_note(workings, explained), place_text(line.place), workings.told.sources(line), link),
    )


def _rate(workings: Workings, line: Line, group: Group, school_row: int) -> Cell:
    """The rate of a group as a formula over the figures and its school, where there is one."""
    title, rate = workings.titles[line.name], workings.near(group.rate)
    if isinstance(rate, str):
        return workings.hold("explanation", title, "held_digits", rate)
    formula, reason = workings.told.rate(line, group.values)
    if formula is None:
        return workings.hold("explanation", title, reason, rate)
    return Formula(formula.replace(ROW, str(school_row)), rate)


def _product(workings: Workings, title: str, group: Group, rate: Cell, row: int) -> Cell:
    """Students × rate as a formula, unless the rate is held with fewer digits than it has."""
    amount = workings.near(group.amount)
    is_exact = isinstance(workings.told.number(group.rate), Decimal)
    if isinstance(amount, Decimal) and (isinstance(rate, Formula) or is_exact):
        return Formula(f"F{row}*G{row}", amount)
    return workings.hold("explanation", title, "held_product", amount)


def _note(workings: Workings, explained: ExplainedLine) -> str:
    """Why a line is zero; or its formula and how it was rounded; and whether 0 ÷ 0 occurred.

    The formula has names in it: numbers would stay as they are when a figure is changed.
    """
    labels = workings.labels
    reason = labels.zero_reason(explained)
    if reason is not None:
        return _told(workings, reason, explained)
    formula, rounding = workings.told.formula(explained.line), labels.rounding(explained)
    return _told(workings, f"{formula} = {rounding}" if rounding else formula, explained)


def _told(workings: Workings, text: str, explained: ExplainedLine | ExplainedStep) -> str:
    """A text, and that nothing was shared among nobody, where it was."""
    return f"{text}; {workings.words('nothing_shared')}" if explained.nothing_shared else text
