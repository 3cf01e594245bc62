"""The rows of each student, held against the rulebook's rule of counting."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Code
from formula_funding.model.counting import Counting, Fault, SameStudent
from formula_funding.model.plan import Value
from formula_funding.read.findings import Findings
from formula_funding.read.spoiled_codes import is_shortened

Key = tuple[str, Value | None]
"""A student and the count date."""


class Row(NamedTuple):
    """Where a row stands, and the school that it names."""

    findings: Findings
    line: int
    column: int
    school: str


class Enrolments:
    """Collects the rows of each student on each count date, over all files of a roster."""

    def __init__(self, counting: Counting) -> None:
        self.counting = counting
        self._first: dict[Key, tuple[str, int]] = {}
        self._rows: dict[Key, list[tuple[Row, bool | Fraction]]] = {}
        self._unsure: set[Key] = set()

    def add(self, student: str, values: Mapping[str, Value | None], row: Row) -> None:
        """Note a row of a student; a value of None could not be read and is reported already."""
        counting = self.counting
        key = (student, values.get(counting.count_date) if counting.count_date else None)
        if counting.same_student is SameStudent.ERROR:
            self._add_only_row(key, values, row)
            return
        value = values.get(counting.attribute) if counting.attribute else None
        if isinstance(value, bool | Fraction):
            self._rows.setdefault(key, []).append((row, value))
        else:
            self._unsure.add(key)

    def _add_only_row(self, key: Key, values: Mapping[str, Value | None], row: Row) -> None:
        now = (row.school, hash(tuple(values.items())))
        before = self._first.get(key)
        if before is None:
            self._first[key] = now
        else:
            which = "" if before == now else _OTHER[before[0] != now[0]]
            row.findings.add(
                codes.STUDENT_TWICE,
                f"a student id stands in an earlier row already{which}",
                row.line,
                row.column,
                _SHORTENED if is_shortened(key[0]) else _KEEP_ONE,
            )

    def judge(self) -> None:
        """Report the students whose rows together break the rule; to be called at the end."""
        for key, rows in self._rows.items():
            fault = self.counting.fault([value for _, value in rows])
            if fault is None or key in self._unsure:
                continue
            code, message, hint = _FAULTS[fault]
            row = rows[self._place_of(fault, [value for _, value in rows])][0]
            row.findings.add(code, message, row.line, row.column, hint)

    def _place_of(self, fault: Fault, values: list[bool | Fraction]) -> int:
        """Which of the rows is one too many."""
        if fault is Fault.NO_MAIN:
            return 0
        return next(i for i in range(len(values)) if self.counting.fault(values[: i + 1]) is fault)


_KEEP_ONE = (
    "keep the row of the school that is to be paid; if rows of one student are meant, "
    "the rulebook says so under `counting`"
)
_SHORTENED = (
    "the ids were shortened by a spreadsheet, as in 1.2E+10, so that different ones are alike: "
    "export them as text"
)
_OTHER = {True: ", in another school", False: ", with other attributes"}
_FAULTS: dict[Fault, tuple[Code, str, str]] = {
    Fault.NO_MAIN: (
        codes.MAIN_ENROLMENT,
        "none of a student's rows is the main enrolment",
        "mark one of them",
    ),
    Fault.SEVERAL_MAIN: (
        codes.MAIN_ENROLMENT,
        "a student has a second main enrolment here",
        "mark one only",
    ),
    Fault.TOO_MUCH: (
        codes.FTE_ABOVE_ONE,
        "with this row, the parts of a student come to more than 1",
        "correct the parts, or remove a row",
    ),
}
