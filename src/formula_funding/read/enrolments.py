"""The rows of each student, held against the rulebook's rule of counting."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Collection, Mapping
from fractions import Fraction
from functools import partial
from operator import itemgetter
from typing import NamedTuple

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Code, Place
from formula_funding.model.counting import Counting, Fault, SameStudent
from formula_funding.model.plan import Value
from formula_funding.read.findings import Findings
from formula_funding.read.spoiled_codes import is_shortened

Key = str | tuple[str, Value | None]
"""A student, or a student and the count date."""


class Row(NamedTuple):
    """Where a row stands, and the school that it names."""

    findings: Findings
    line: int
    column: int
    school: str

    def place(self) -> Place:
        return self.findings.place(self.line, self.column)


class Enrolments:
    """Collects the rows of each student on each count date, over all files of a roster.

    If `suspects` are given, nobody else stands in several rows, and theirs alone are collected:
    those of millions take gigabytes.
    """

    def __init__(self, counting: Counting, suspects: Collection[str] | None = None) -> None:
        self.counting = counting
        self._suspects = suspects
        self._first = _FirstRows()
        self._rows: dict[Key, list[tuple[Row, bool | Fraction]]] = {}
        self._unsure: set[Key] = set()

    def is_suspect(self, student: str) -> bool:
        """Whether the rows of a student need be collected."""
        return self._suspects is None or student in self._suspects

    def add(self, student: str, values: Mapping[str, Value | None], row: Row) -> None:
        """Note a row of a student; a value of None could not be read and is reported already."""
        counting = self.counting
        count_date = counting.count_date
        key = student if count_date is None else (student, values.get(count_date))
        if counting.same_student is SameStudent.ERROR:
            self._first.add(key, values, row, student)
            return
        value = values.get(counting.attribute) if counting.attribute else None
        if isinstance(value, bool | Fraction):
            self._rows.setdefault(key, []).append((row, value))
        else:
            self._unsure.add(key)

    def judge(self) -> None:
        """Report the students whose rows together break the rule; to be called at the end."""
        for key, rows in self._rows.items():
            fault = self.counting.fault([value for _, value in rows])
            if fault is None or key in self._unsure:
                continue
            code, message, hint = _FAULTS[fault]
            at = self._place_of(fault, [value for _, value in rows])
            row = rows[at][0]
            earlier = next((before.place for before, value in rows[:at] if value), None)
            row.findings.add(code, message, row.line, row.column, hint, earlier=earlier)

    def _place_of(self, fault: Fault, values: list[bool | Fraction]) -> int:
        """Which of the rows is one too many."""
        if fault is Fault.NO_MAIN:
            return 0
        return next(i for i in range(len(values)) if self.counting.fault(values[: i + 1]) is fault)


class _FirstRows:
    """Where each student stands first. There may be millions, so that rows are kept as numbers."""

    def __init__(self) -> None:
        self._number: dict[Key, int] = {}
        self._lines = array("q")
        self._schools = array("l")
        self._attributes = array("q")
        self._school_numbers: dict[str, int] = {}
        self._files: list[tuple[int, Findings, int]] = []
        """Of each file the number of its first row here, and the column of the student."""

    def add(self, key: Key, values: Mapping[str, Value | None], row: Row, student: str) -> None:
        """Note the row of a student; a second one is a finding."""
        number = self._number.setdefault(key, len(self._lines))
        school = self._school_numbers.setdefault(row.school, len(self._school_numbers))
        attributes = hash(tuple(values.items()))
        if number == len(self._lines):
            if not self._files or self._files[-1][1] is not row.findings:
                self._files.append((number, row.findings, row.column))
            self._lines.append(row.line)
            self._schools.append(school)
            self._attributes.append(attributes)
            return
        which = ""
        if (school, attributes) != (self._schools[number], self._attributes[number]):
            which = _OTHER[school != self._schools[number]]
        row.findings.add(
            codes.STUDENT_TWICE,
            f"a student id stands in an earlier row already{which}",
            row.line,
            row.column,
            _SHORTENED if is_shortened(student) else _KEEP_ONE,
            earlier=partial(self._place, number),
        )

    def _place(self, number: int) -> Place:
        _, findings, column = self._files[bisect_right(self._files, number, key=itemgetter(0)) - 1]
        return findings.place(self._lines[number], column)


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
