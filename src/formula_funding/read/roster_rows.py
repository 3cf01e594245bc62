"""The rows of a roster one by one: the sure and slow reading, which places every problem."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import SHOWN, Problem, Problems, ProblemsFoundError
from formula_funding.model.counts import LeftOut
from formula_funding.model.plan import Value
from formula_funding.model.register import Register
from formula_funding.read.cell_reader import count_from_text
from formula_funding.read.enrolments import Enrolments, Row
from formula_funding.read.findings import BRIEF, Detail, Findings
from formula_funding.read.joined_ids import (
    PartsMet,
    add_joined_alike,
    school_of_parts,
    student_of_parts,
)
from formula_funding.read.lookalikes import lookalike, skeleton, skeletons
from formula_funding.read.plain_words import is_sign_for_nothing, total_at
from formula_funding.read.roster import Roster, RosterFile, is_known_by
from formula_funding.read.spoiled_codes import is_date
from formula_funding.read.unknown_school import hint_for_unknown, without_zeros
from formula_funding.read.value_from_text import BadValueError
from formula_funding.sources.row_filter import left_out
from formula_funding.sources.table import parts_of, rows_of
from formula_funding.sources.unreadable import MARK, unreadable

_LISTED = 10
"""So many codes that the register lacks are told one by one."""
_REMEMBERED = 10_000
"""So many texts of a column, and of a row, are remembered with their values: to be read once."""


@dataclass(frozen=True)
class RosterRow:
    """Some alike students of one school: usually one."""

    school: str
    values: Mapping[str, Value]
    students: int


def rows_of_roster(roster: Roster, register: Register, problems: Problems) -> Iterator[RosterRow]:
    """Every row of the roster, typed and checked; rows with a problem are passed over.

    When the rows are exhausted, `problems` holds all problems of all files. A row that does not
    count, such as one beside the main enrolment, is no row here.
    """
    reader = _RosterReader(roster, register)
    yield from reader.rows()
    for problem in reader.problems:
        problems.add_problem(problem)


@dataclass(frozen=True)
class RosterReading:
    """What is known of a roster when all of its rows were looked at.

    `students` counts those of good rows by school, `rows` all rows by file; `named` are the schools
    in which rows stand. `former` counts rows by file and former code, `left_out` those of each file
    that its layout leaves out, `unknown` students by the codes that the register lacks. Of the
    files `unfinished` a part could not be read.
    """

    students: Mapping[str, int]
    rows: Mapping[str, int]
    named: Set[str]
    former: Mapping[tuple[str, str], int]
    left_out: Mapping[str, Mapping[LeftOut, int]] = field(default_factory=dict)
    unknown: Mapping[str, int] = field(default_factory=dict)
    unfinished: Set[str] = frozenset()
    problems: Sequence[Problem] = ()


def read_row_by_row(
    roster: Roster,
    register: Register,
    detail: Detail = BRIEF,
    *,
    may_stand_twice: Collection[str] | None = None,
) -> RosterReading:
    """Look at every row, and place whatever is wrong.

    If it is known who `may_stand_twice`, the rows of nobody else are remembered.
    """
    reader = _RosterReader(roster, register, detail, may_stand_twice)
    students = Counter[str]()
    for row in reader.rows():
        students[row.school] += row.students
    return RosterReading(
        students,
        reader.rows_read,
        reader.named,
        reader.former,
        reader.left_out,
        reader.unknown,
        reader.unfinished,
        reader.problems,
    )


class _RosterReader:
    """Reads the files one after the other. What it has found is complete after the last row."""

    def __init__(
        self,
        roster: Roster,
        register: Register,
        detail: Detail = BRIEF,
        may_stand_twice: Collection[str] | None = None,
    ) -> None:
        self.problems: list[Problem] = []
        self.rows_read: Counter[str] = Counter()
        self.unfinished: set[str] = set()
        self.named: set[str] = set()
        self.unknown: Counter[str] = Counter()
        self.former: Counter[tuple[str, str]] = Counter()
        self.left_out: dict[str, Counter[LeftOut]] = {}
        schools = frozenset(register.ids) if register.is_given else None
        looks = skeletons(schools or ())
        self._enrolments = Enrolments(roster.counting, may_stand_twice)
        met = PartsMet()
        self._readers = [
            _FileReader(
                replace(file, table=part), roster, schools, looks, met, self._enrolments, detail
            )
            for file in roster.files
            for part in parts_of(file.table)
        ]

    def rows(self) -> Iterator[RosterRow]:
        """The good rows."""
        found: list[Problem] = []
        for reader in self._readers:
            name = reader.table.name
            ragged: list[Problem] = []
            rows = 0
            try:
                for line, cells in rows_of(reader.table, ragged):
                    rows += 1
                    yield from reader.read(line, cells)
            except ProblemsFoundError as error:
                found += error.problems
                self.unfinished.add(name)
            self.rows_read[name] = rows + len(ragged)
            reader.add_ragged(ragged)
        self._enrolments.judge()
        for reader in self._readers:
            found += reader.problems()
            self.named |= reader.named
            self.unknown.update(reader.students_unknown)
            self.former.update(reader.former)
            self.left_out[reader.table.name] = reader.left_out
        self.problems += found


class _FileReader:
    """Reads the rows of one file.

    `looks` holds the known codes of schools by their looks, where no register is given those met
    in any file; `parts_met` and `enrolments` collect the parts of joined ids and the students of
    all files.
    """

    def __init__(
        self,
        file: RosterFile,
        roster: Roster,
        schools: frozenset[str] | None,
        looks: dict[str, str],
        parts_met: PartsMet,
        enrolments: Enrolments,
        detail: Detail,
    ) -> None:
        at = file.table.header.index
        self.table = file.table
        first, *others = file.table.header
        self._headers = [first, *others], [f"\ufeff{first}", *others]
        """As it stands, and as that of a file which was put behind another one."""
        self._detail = detail
        self.findings = Findings(file.table, detail)
        self.unknown: list[tuple[int, int, str]] = []
        self.named: set[str] = set()
        self.students_unknown: Counter[str] = Counter()
        self.former: Counter[tuple[str, str]] = Counter()
        self.left_out: Counter[LeftOut] = Counter()
        self._file = file
        self._roster = roster
        self._schools = schools
        self._looks = looks
        self._parts_met = parts_met
        self._enrolments = enrolments
        self._counting = enrolments.counting
        self._school_at = [at(column) for column in file.school_id]
        self._student_at = [at(column) for column in file.student_id]
        self._schools_met: dict[tuple[str, ...], str] = {}
        self._values_met: dict[str, dict[str, Value]] = {name: {} for name in file.attributes}
        self._texts_at = [at(column) for column in file.attributes.values()]
        self._rows_met: dict[tuple[str, ...], Mapping[str, Value]] = {}
        read_at = {*self._school_at, *self._texts_at}
        self._only_filtered = [f for f in file.filters if f.position not in read_at]
        self._groups = [
            (
                at(group.column) if group.column else None,
                roster.given_values(group.given),
            )
            for group in file.groups
        ]
        self._given = roster.given_values(file.given)

    def read(self, line: int, cells: list[str]) -> Sequence[RosterRow]:
        """The counted students of one row; none if it is left out or something is wrong."""
        ids = tuple([cells[position] for position in self._school_at])
        school = self._schools_met.get(ids)
        if (school is None or self._file.filters) and self._is_none(line, cells):
            return ()
        if school is None:
            school = self._school(line, cells)
            if school is not None and self._may_be_remembered(ids):
                self._schools_met[ids] = school
        texts = tuple([cells[position] for position in self._texts_at])
        values = self._rows_met.get(texts)
        shared = self._values(line, texts) if values is None else values
        self._check_student(line, cells, school_of_parts(ids), shared)
        if values is None:
            values = {name: value for name, value in shared.items() if value is not None}
            if len(values) < len(shared):
                return ()
            if len(self._rows_met) < _REMEMBERED:
                self._rows_met[texts] = values
        if school is None:
            return ()
        if self._counting.main is not None and not values.get(self._counting.main, True):
            return ()
        return [
            RosterRow(
                school,
                {**values, **given} if given else values,
                1 if position is None else self._number_of_students(line, cells, position),
            )
            for position, given in self._groups
        ]

    def _is_none(self, line: int, cells: list[str]) -> bool:
        """Whether a row is left out, repeats the header, which is noted, or holds totals."""
        reason = left_out(cells, self._file.filters)
        if reason is not None:
            self.left_out[reason] += 1
            return True
        if cells in self._headers:
            self.findings.add_second_header(line, (self._school_at or [0])[0] + 1)
            return True
        for row_filter in self._only_filtered:
            why = unreadable(cells[row_filter.position])
            if why is not None:
                self.findings.add_unreadable(row_filter.column, why, line, row_filter.position + 1)
        total = total_at(cells, self._school_at)
        if total is not None:
            self.findings.add_total(line, total + 1)
        return total is not None

    def _may_be_remembered(self, ids: tuple[str, ...]) -> bool:
        """Whether rows of a school need not be looked at further: no code that is counted, and
        no name of a column, as in a header."""
        return school_of_parts(ids) not in self._roster.codes_of_today and not any(
            text in self._headers[0] for text in ids
        )

    def _school(self, line: int, cells: list[str]) -> str | None:
        """The school of a row; None where the row names none that is known, which is noted."""
        if not self._school_at:
            return None
        parts = [cells[i] for i in self._school_at]
        code = school_of_parts(parts)
        school = self._roster.school(code)
        if code in self._roster.codes_of_today:
            self.former[self.table.name, code] += 1
        column = self._school_at[0] + 1
        for position in self._school_at:
            why = unreadable(cells[position])
            if why is not None:
                self.findings.add_unreadable("school_id", why, line, position + 1)
                return None
        if self._is_no_code(school, line, column):
            return None
        if self._parts_met.has_others(code, parts):
            add_joined_alike(self.findings, code, line, column)
            return None
        if self._schools is None:
            self._looks.setdefault(skeleton(school), school)
        elif school in self._schools:
            self.named.add(school)
            return school
        alike = lookalike(school, self._looks)
        if alike is not None:
            self.findings.add_lookalike("a school code", alike, line, column)
            return None
        if self._schools is not None:
            self.unknown.append((line, column, school))
            self.students_unknown[school] += self._students_told(cells)
            return None
        self.named.add(school)
        return school

    def _is_no_code(self, school: str, line: int, column: int) -> bool:
        """Whether a cell holds no code of a school, which is noted.

        A sign for nothing and a date may be codes only where a register has them.
        """
        has_register = self._schools is not None
        if not school or (not has_register and is_sign_for_nothing(school)):
            self.findings.add(
                codes.STUDENT_WITHOUT_SCHOOL,
                "a row has no school id" + (", but a sign for nothing" if school else ""),
                line,
                column,
                "fill in the id of the school",
            )
            return True
        if not has_register and is_date(school):
            self.findings.add(
                codes.DATE_AS_CODE,
                "`school_id`: a date stands in place of a code",
                line,
                column,
                "export the codes as text; if it is a code, give the register of schools that has "
                "it: --schools FILE",
            )
            return True
        return False

    def problems(self) -> list[Problem]:
        """What was wrong."""
        return self.findings.problems() + self._unknown_schools()

    def _unknown_schools(self) -> list[Problem]:
        """The codes that the register lacks: each told, or all together where they are many.

        If no school is known, they are not shown: they may be anything.
        """
        if not self.unknown:
            return []
        known = self._schools or frozenset()
        lacking = {school for _, _, school in self.unknown}
        if self.named and len(lacking) <= _LISTED:
            hints = {school: hint_for_unknown(school, known) for school in lacking}
            each = Findings(self.table, self._detail)
            for line, column, school in self.unknown:
                message = f"the register has no school `{school}`"
                each.add(codes.UNKNOWN_SCHOOL, message, line, column, hints[school])
            return each.problems()
        if self.named:
            listed = ", ".join(f"`{school}`" for school in sorted(lacking)[:SHOWN])
            message = f"the register lacks {len(lacking):,} schools of this column: {listed}, …"
            hint = "add the schools to the register, or correct the codes"
        else:
            message = "the register has none of the schools in this column"
            hint = "is this the column of school ids?"
            bare, bare_known = ({without_zeros(code) for code in ids} for ids in (lacking, known))
            if known and known <= bare and any(code.startswith("0") for code in lacking):
                hint = "the register has lost the leading zeros that the ids have here"
            elif bare <= bare_known:
                hint = (
                    "the ids have lost their leading zeros, as a spreadsheet takes them for "
                    "numbers: export the column as text"
                )
        kept = self.unknown[: self._detail.places]
        first, *others = [self.table.place(line, column) for line, column, _ in kept]
        number = len(self.unknown)
        return [Problem(codes.UNKNOWN_SCHOOL, message, first, hint, tuple(others), number)]

    def _check_student(
        self, line: int, cells: list[str], school: str, values: Mapping[str, Value | None]
    ) -> None:
        """Note the row of a student; `school` is the code that it gives."""
        if not self._student_at:
            return
        student = student_of_parts([cells[i] for i in self._student_at])
        if student and not self._enrolments.is_suspect(student) and MARK not in student:
            return
        column = self._student_at[0] + 1
        if not student:
            self.findings.add(
                codes.EMPTY_VALUE,
                "`student_id` is empty",
                line,
                column,
                "fill in the id, or leave the column out altogether",
            )
            return
        for position in self._student_at:
            why = unreadable(cells[position])
            if why is not None and not is_known_by(why.trouble):
                self.findings.add_unreadable("student_id", why, line, position + 1)
                return
        self._enrolments.add(student, values, Row(self.findings, line, column, school))

    def _values(self, line: int, texts: Sequence[str]) -> dict[str, Value | None]:
        """The values of a row's texts; None where a text says none, which is noted."""
        found: dict[str, Value | None] = {
            name: met[text] if text in met else self._value(name, text, line, position)
            for (name, met), text, position in zip(
                self._values_met.items(), texts, self._texts_at, strict=True
            )
        }
        return found | self._given

    def _value(self, name: str, text: str, line: int, position: int) -> Value | None:
        try:
            value = self._roster.readers[name].value(text)
        except BadValueError as error:
            self.findings.add_bad_value(name, error, line, position + 1, text)
            return None
        met = self._values_met[name]
        if len(met) < _REMEMBERED:
            met[text] = value
        return value

    def add_ragged(self, problems: Iterable[Problem]) -> None:
        """Note rows of another length than the header; alike ones are counted together."""
        for problem in problems:
            line = problem.place.line if problem.place else 0
            self.findings.add(problem.code, problem.message, line, 0, problem.hint)

    def _students_told(self, cells: list[str]) -> int:
        """How many students a row stands for, as far as its cells are counts."""
        thousands = self._file.thousands
        counts = (
            1 if position is None else count_from_text(cells[position], thousands)
            for position, _ in self._groups
        )
        return sum(count or 0 for count in counts)

    def _number_of_students(self, line: int, cells: list[str], position: int) -> int:
        text = cells[position]
        number = count_from_text(text, self._file.thousands)
        if number is not None:
            return number
        why = unreadable(text)
        if why is not None:
            column = self._file.table.header[position]
            self.findings.add_unreadable(column, why, line, position + 1)
            return 0
        self.findings.add(
            codes.BAD_COUNT,
            "a count of students is empty" if not text else "a cell is no count of students",
            line,
            position + 1,
            expected="a whole number, 0 or more",
            text=text,
        )
        return 0
