"""The layout: how the columns of a source become the rulebook's attributes."""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, Field

from formula_funding.rules.fields import Day, Exact, Fields


def _one_or_more(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Columns = Annotated[tuple[str, ...], BeforeValidator(_one_or_more)]
Texts = Columns
Encoding = Literal[
    "utf-8",
    "utf-16",
    "cp1250",
    "cp1251",
    "cp1252",
    "cp1257",
    "cp866",
    "koi8-r",
    "iso-8859-1",
    "iso-8859-2",
]
ENCODINGS: tuple[str, ...] = get_args(Encoding)
NumberForm = Literal[
    "1234.50", "1 234.50", "1,234.50", "1'234.50", "1234,50", "1 234,50", "1.234,50"
]
DateForm = Literal["2025-01-31", "31.01.2025", "31/01/2025", "01/31/2025"]


def _code_or_more(value: Any) -> Any:
    return {"now": value} if isinstance(value, str) else value


class FormerCode(Fields):
    """The code that a school was given in place of another, and the first day of the new one."""

    now: str
    since: Day | None = None


class TableLayout(Fields):
    """The form and the columns of one table.

    `encoding` and `delimiter` are found out and reported where they are not declared.
    `numbers` and `dates` show by an example how the file writes them; spaces between thousands
    may be of any kind. `sheet` and `header_row` say where in the file the names of the columns
    stand; `hidden_rows` what becomes of rows that a workbook hides.

    `columns` gives for a name of the rulebook (or `school_id`, `student_id`, `name`) the
    column of the file; an id may be made of several columns, joined by a hyphen. `values` turns
    texts of the file into the rulebook's values, `constants` gives an attribute one value for the
    whole file, `scale` multiplies a number (1000 for thousands), and `empty` lists texts that
    stand for an empty cell.

    `only` keeps the rows with these texts in a column of the file, `skip` leaves out those with
    these texts; both are counted in the ledger.
    """

    encoding: Encoding | None = None
    delimiter: str | None = Field(None, min_length=1, max_length=1)
    numbers: NumberForm = "1234.50"
    dates: DateForm = "2025-01-31"
    sheet: str | None = None
    header_row: int | None = Field(None, ge=1, le=1_000_000)
    hidden_rows: Literal["error", "read", "skip"] = "error"
    columns: dict[str, Columns] = Field(default_factory=dict)
    values: dict[str, dict[str, str]] = Field(default_factory=dict)
    constants: dict[str, str] = Field(default_factory=dict)
    scale: dict[str, Exact] = Field(default_factory=dict)
    empty: tuple[str, ...] = ()
    only: dict[str, Texts] = Field(default_factory=dict)
    skip: dict[str, Texts] = Field(default_factory=dict)

    @property
    def given(self) -> frozenset[str]:
        """The attributes that the layout gives itself, so that the file needs no column."""
        return frozenset(self.constants)

    def named(self, name: str) -> tuple[str, ...]:
        """The columns of the file for a name of the rulebook, `school_id` or `student_id`."""
        return self.columns.get(name, (name,))

    @property
    def decimal(self) -> str:
        """The sign before the decimals, as `numbers` shows it."""
        return self.numbers[-3]

    @property
    def thousands(self) -> str:
        """The sign between thousands, as `numbers` shows it; empty if there is none."""
        return self.numbers[1] if not self.numbers[1].isdecimal() else ""


class SchoolsLayout(TableLayout):
    """The register of schools, or the table of schools that a rulebook works on.

    `identical_rows: once` keeps one of several rows that are alike in all that is read.
    `accounting` names columns with amounts as accountants print them: `($1,013)` is -1013.
    """

    identical_rows: Literal["error", "once"] = "error"
    accounting: tuple[str, ...] = ()


class RosterLayout(TableLayout):
    """A roster, or rows that are already counted.

    `students` names a column that says for how many students a row stands; `students: 1` among
    the `constants` says that each row is one student, whatever the columns are called. `counts`
    gives for each column of a wide table the attributes of the students that it counts.
    `former_codes` gives for codes that schools once had those that followed, each from its first
    day. `by_file` gives for patterns of file names (`*2025-01*`) the attributes that all students
    of such a file have, such as the count date; each file must fit one pattern. `count_dates` are
    the days on which the enrolments of a OneRoster bundle are looked at.
    """

    students: str | None = None
    counts: dict[str, dict[str, str]] = Field(default_factory=dict)
    by_file: dict[str, dict[str, str]] = Field(default_factory=dict)
    count_dates: Annotated[tuple[Day, ...], BeforeValidator(_one_or_more)] = ()
    former_codes: dict[str, Annotated[FormerCode, BeforeValidator(_code_or_more)]] = Field(
        default_factory=dict
    )

    @property
    def given(self) -> frozenset[str]:
        """The attributes that the layout gives itself, so that the file needs no column."""
        return frozenset(self.constants).union(*self.counts.values(), *self.by_file.values())


class Layout(Fields):
    """How to read the roster and the register of schools."""

    roster: RosterLayout = RosterLayout()
    schools: SchoolsLayout = SchoolsLayout()
    tables: dict[str, RosterLayout] = Field(default_factory=dict)
