"""The named checks of a roster: what each of them claims, and the codes that refute it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Code, Problem


@dataclass(frozen=True)
class Check:
    """A claim about a roster. `codes` are those of the findings that refute it."""

    name: str
    claim: str
    codes: frozenset[Code] = frozenset()


REGISTER = Check("register", "the register of schools can be read, each school once")
FILES = Check("files", "every file can be read as a table")
COLUMNS = Check(
    "columns",
    "every column that the rules read is there, once",
    frozenset({codes.MISSING_COLUMN, codes.DUPLICATE_COLUMN, codes.UNREAD_COUNTS}),
)
ROWS = Check(
    "rows",
    "every row has the cells of the header, and none is a total",
    frozenset(
        {
            codes.RAGGED_ROW,
            codes.ROW_OF_TOTALS,
            codes.SECOND_HEADER,
            codes.HIDDEN_ROWS,
        }
    ),
)
SCHOOL_CODES = Check(
    "school-codes",
    "every row names a school of the register",
    frozenset(
        {
            codes.STUDENT_WITHOUT_SCHOOL,
            codes.UNKNOWN_SCHOOL,
            codes.CODES_CHANGED,
            codes.LOOKALIKE_LETTER,
            codes.FORMER_CODES_USED,
            codes.FORMER_CODE_IN_USE,
        }
    ),
)
VALUES = Check(
    "values",
    "every value and count is one that the rulebook declares",
    frozenset(
        {
            *(codes.EMPTY_VALUE, codes.BAD_VALUE, codes.BAD_COUNT),
            *(codes.CELL_WITHOUT_VALUE, codes.ERROR_CELL),
            *(codes.MERGED_CELLS, codes.SHOWN_OTHERWISE),
            *(codes.DIGITS_LOST, codes.EARLY_DATE, codes.DATE_AS_CODE),
        }
    ),
)
STUDENTS_ONCE = Check(
    "students",
    "no student is counted more than the rulebook says",
    frozenset({codes.STUDENT_TWICE, codes.MAIN_ENROLMENT, codes.FTE_ABOVE_ONE}),
)
SCHOOLS_FILLED = Check(
    "schools-filled",
    "every school of the register has students",
    frozenset({codes.SCHOOL_WITHOUT_STUDENTS}),
)
PREVIOUS_RUN = Check(
    "previous-run",
    "no school has far more or fewer students than in the previous run",
    frozenset({codes.COUNTS_CHANGED}),
)
CHECKS = (
    *(REGISTER, FILES, COLUMNS, ROWS, SCHOOL_CODES),
    *(VALUES, STUDENTS_ONCE, SCHOOLS_FILLED, PREVIOUS_RUN),
)
OF_EVERY_ROW = (ROWS, SCHOOL_CODES, VALUES)
"""The checks of rows as such, also those of tables beside students."""
OF_ROWS = (*OF_EVERY_ROW, STUDENTS_ONCE, SCHOOLS_FILLED, PREVIOUS_RUN)
"""The checks for which every row of the roster must have been read."""


def check_of(problem: Problem) -> Check:
    """The check that a finding in a roster refutes; one of the file itself, if no other."""
    return next((check for check in CHECKS if problem.code in check.codes), FILES)


class Outcome(Enum):
    """What became of a check. One that was not evaluated has not passed."""

    PASS = "pass"
    FAIL = "fail"
    NOT_EVALUATED = "not evaluated"


@dataclass(frozen=True)
class CheckResult:
    """A check with what was found, warnings too, and what of it could not be evaluated, and why."""

    check: Check
    findings: tuple[Problem, ...]
    not_evaluated: tuple[str, ...]

    @property
    def outcome(self) -> Outcome:
        if any(finding.is_error for finding in self.findings):
            return Outcome.FAIL
        return Outcome.NOT_EVALUATED if self.not_evaluated else Outcome.PASS
