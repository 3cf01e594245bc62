"""The allocation as pandas DataFrames, for notebooks."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pandas as pd

from formula_funding.exact.number_text import number_to_text, units_text
from formula_funding.exact.rounding import decimal_places
from formula_funding.explain.explanation_from_allocation import Explainer
from formula_funding.export.tables import by_school
from formula_funding.model.allocation import Allocation
from formula_funding.scenario.difference import TOGETHER, Compared


def schools_frame(allocation: Allocation) -> pd.DataFrame:
    """One row per school: school_id, name, students if any are counted, the lines, total, the
    instalments of it; amounts as Decimal."""
    table = by_school(allocation)

    def read(name: str) -> Callable[[str], str | int | Decimal]:
        return str if name in table.texts else int if name in table.counts else Decimal

    readers = [read(name) for name in table.columns]
    rows = [
        [as_kind(cell) for as_kind, cell in zip(readers, row, strict=True)] for row in table.rows()
    ]
    return pd.DataFrame(rows, columns=list(table.columns))


def lines_frame(allocation: Allocation) -> pd.DataFrame:
    """One row per school and line: school_id, line, amount (Decimal)."""
    rows = [
        [school, name, _decimal(amounts[i], allocation.places)]
        for i, school in enumerate(allocation.register.ids)
        for name, amounts in allocation.lines.items()
    ]
    return pd.DataFrame(rows, columns=["school_id", "line", "amount"])


def changes_frame(compared: Compared) -> pd.DataFrame:
    """One row per school: school_id, name, before, after, change, each cause, `together`."""
    causes = compared.causes
    rows = [
        [
            d.school,
            d.name,
            *(
                _decimal(units, compared.places)
                for units in (
                    *(d.before, d.after, d.change),
                    *(d.causes.get(cause, 0) for cause in causes),
                    d.together,
                )
            ),
        ]
        for d in compared.differences
    ]
    columns = ["school_id", "name", "before", "after", "change", *causes, TOGETHER]
    return pd.DataFrame(rows, columns=columns)


def changes_of_lines_frame(compared: Compared) -> pd.DataFrame:
    """One row per school and line: school_id, line, before, after, change, the causes."""
    causes = [*compared.causes, TOGETHER]
    rows = [
        [
            d.school,
            line,
            *(
                _decimal(units, compared.places)
                for units in (
                    *(d.base.get(line, 0), d.scenario.get(line, 0), change),
                    *(d.split.get(cause, {}).get(line, 0) for cause in causes),
                )
            ),
        ]
        for d in compared.differences
        for line, change in d.lines.items()
    ]
    columns = ["school_id", "line", "before", "after", "change", *causes]
    return pd.DataFrame(rows, columns=columns)


def groups_frame(allocation: Allocation, explainer: Explainer) -> pd.DataFrame:
    """One row per school, line and group of students.

    Columns: school_id, line, one per attribute that some line reads of a student (missing
    where the line does not read it; `student_rate` for an attribute called as another column),
    students, rate, amount. Rates and amounts are exact: Decimal, or the text of a fraction such
    as 11/15 where no decimal is exact.
    """
    rows = [
        {
            "school_id": school.id,
            "line": explained.line.name,
            **{_attribute_column(name): value for name, value in group.values.items()},
            "students": group.students,
            "rate": _exact(number_to_text(group.rate), is_decimal=decimal_places(group.rate)),
            "amount": _exact(number_to_text(group.amount), is_decimal=decimal_places(group.amount)),
        }
        for i in range(len(allocation.register.ids))
        for school in [explainer.school(i)]
        for explained in school.lines
        for group in explained.groups
    ]
    attributes = {name: None for row in rows for name in row if name not in _FIXED_COLUMNS}
    return pd.DataFrame(rows, columns=[*_FIXED_COLUMNS[:2], *attributes, *_FIXED_COLUMNS[2:]])


_FIXED_COLUMNS = ("school_id", "line", "students", "rate", "amount")


def _attribute_column(name: str) -> str:
    return f"student_{name}" if name in _FIXED_COLUMNS else name


def _decimal(units: int, places: int) -> Decimal:
    return Decimal(units_text(units, places))


def _exact(text: str, *, is_decimal: int | None) -> Decimal | str:
    return text if is_decimal is None else Decimal(text)
