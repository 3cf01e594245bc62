"""OneRoster bundles (1EdTech's CSV standard for rosters, versions 1.1 and 1.2) as plain tables.

The roster has a row for each student, school and count date on which the student is enrolled there.
Its columns are those of users.csv under their names (`users.grades`), of demographics.csv, of the
school's row in orgs.csv, and `school_id` and `student_id` (the sourcedIds) and `count_date`. Which
school is the main one of a student say, where the bundle has them, `enrollments.primary`,
`roles.roleType` and `primary_org` (see `_Main`). The register is orgs.csv.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import stopped
from formula_funding.diagnostics.wording import counted
from formula_funding.model.counts import LeftOut
from formula_funding.rules.layout import RosterLayout, TableLayout
from formula_funding.sources.oneroster_bundle import (
    CLASSES,
    DEMOGRAPHICS,
    ENROLMENTS,
    ORGS,
    ROLES,
    SESSIONS,
    USERS,
    Bundle,
    Row,
    is_deleted,
)
from formula_funding.sources.table import Table, TableFormat
from formula_funding.sources.workspace import Workspace

_STUDENT = "student"
_ALWAYS = (date.min, date.max)
Span = tuple[date, date]
"""The first day, and the first day after it: the standard's ends are exclusive."""


def bundle_table(
    path: Path, name: str, layout: TableLayout, part: str, workspace: Workspace
) -> Table:
    """The roster or the register (`part`) of a bundle, a folder or a zip file.

    Raises ProblemsFoundError if the bundle is damaged, holds changes only, or can be read in two
    ways.
    """
    with Bundle(path, name, workspace) as bundle:
        if part == "schools":
            return _schools(bundle)
        days = layout.count_dates if isinstance(layout, RosterLayout) else ()
        return _roster(bundle, days)


def _schools(bundle: Bundle) -> Table:
    """The register: orgs.csv without what is no school."""
    bundle.need(ORGS)
    columns = bundle.table(ORGS).header
    rows = (
        (line, [*row.values(), row["sourcedId"]])
        for line, row in bundle.rows(ORGS)
        if row["type"].lower() == "school" and not is_deleted(row)
    )
    return _written(bundle, ORGS, [*columns, "school_id"], len(columns), rows)


def _roster(bundle: Bundle, days: Sequence[date]) -> Table:
    """Students × schools × count dates, with whatever is known of student and school."""
    bundle.need(ORGS, USERS, ENROLMENTS)
    orgs = {row["sourcedId"]: row for _, row in bundle.rows(ORGS)}
    demographics = (
        {row["sourcedId"]: row for _, row in bundle.rows(DEMOGRAPHICS)}
        if bundle.has(DEMOGRAPHICS)
        else {}
    )
    columns = {
        USERS: bundle.table(USERS).header,
        DEMOGRAPHICS: bundle.table(DEMOGRAPHICS).header if bundle.has(DEMOGRAPHICS) else (),
        ORGS: bundle.table(ORGS).header,
    }
    enrolled = _enrolled(bundle, days)
    main = _Main(bundle)
    left_out: Counter[LeftOut] = Counter()

    def rows() -> Iterator[tuple[int, list[str]]]:
        for line, row in _students(bundle, enrolled):
            student = row["sourcedId"]
            stays = enrolled.stays.pop(student, {})
            if is_deleted(row) or (not stays and student in enrolled.at_other_times):
                left_out[LeftOut.NOT_ENROLLED] += 1
                continue
            known = [*row.values(), *_cells(demographics.get(student), columns[DEMOGRAPHICS])]
            for (school, day), primary in (stays or {("", ""): ""}).items():
                of_school = _cells(orgs.get(school), columns[ORGS])
                ids = (school, student, *([day] if days else []))
                yield line, [*known, *of_school, *main.cells(row, school, primary), *ids]

    header = [f"{file}.{column}" for file, own in columns.items() for column in own]
    header += [*main.header, "school_id", "student_id", *(["count_date"] if days else [])]
    table = _written(bundle, USERS, header, len(columns[USERS]), rows(), left_out)
    _check_all_are_users(bundle, enrolled)
    return table


def _check_all_are_users(bundle: Bundle, enrolled: _Enrolled) -> None:
    """Nobody may be enrolled who is no user; the stays of users were taken out before."""
    if enrolled.stays:
        lines = [enrolled.lines[student] for student in enrolled.stays]
        is_one = len(lines) == 1
        raise bundle.unusable(
            f"{counted(len(lines), 'student')} with an enrolment {'is' if is_one else 'are'} not "
            "in users.csv",
            "export both files together",
            ENROLMENTS,
            min(lines),
        )


def _cells(row: Row | None, columns: Sequence[str]) -> list[str]:
    return [row[column] if row else "" for column in columns]


class _Main:
    """What a bundle says of a student's main school, as it stands there.

    `enrollments.primary` is true where any enrolment of the student in the school says so: by the
    standard it marks teachers, but some registers mark students too. `roles.roleType` is that of
    the student's role in the school. `primary_org` is true for the school which users.csv names
    as `primaryOrgSourcedId`, and empty where it names none. The last two came with version 1.2.
    """

    def __init__(self, bundle: Bundle) -> None:
        has_roles = bundle.has(ROLES) and {"roleType", "orgSourcedId"} <= {
            *bundle.table(ROLES).header
        }
        given = {
            "enrollments.primary": "primary" in bundle.table(ENROLMENTS).header,
            "roles.roleType": has_roles,
            "primary_org": "primaryOrgSourcedId" in bundle.table(USERS).header,
        }
        self.header = tuple(column for column, is_given in given.items() if is_given)
        self._roles = {
            (row["userSourcedId"], row["orgSourcedId"]): row["roleType"]
            for _, row in (bundle.rows(ROLES) if has_roles else ())
            if row["role"].lower() == _STUDENT and not is_deleted(row)
        }

    def cells(self, user: Row, school: str, primary: str) -> list[str]:
        """The cells of one student in one school; `primary` is what the enrolments there say."""
        org = user.get("primaryOrgSourcedId", "")
        told = {
            "enrollments.primary": primary,
            "roles.roleType": self._roles.get((user["sourcedId"], school), ""),
            "primary_org": _TRUTHS[org == school] if org else "",
        }
        return [told[column] for column in self.header]


_TRUTHS = {True: "true", False: "false"}


@dataclass
class _Enrolled:
    """Where each student is enrolled on which count date (in ISO form), and who at other times.

    Each stay has what its enrolments say of being the main one: `true` if one of them does.
    """

    stays: dict[str, dict[tuple[str, str], str]] = field(default_factory=lambda: defaultdict(dict))
    at_other_times: set[str] = field(default_factory=set)
    lines: dict[str, int] = field(default_factory=dict)


def _enrolled(bundle: Bundle, days: Sequence[date]) -> _Enrolled:
    found = _Enrolled()
    spans = _spans_of_classes(bundle)
    latest_begin, earliest_end = _ALWAYS
    for line, row in bundle.rows(ENROLMENTS):
        if row["role"].lower() != _STUDENT:
            continue
        student, school = row["userSourcedId"], row["schoolSourcedId"]
        found.lines.setdefault(student, line)
        begin, end = spans.get(row.get("classSourcedId", ""), _ALWAYS)
        begin = bundle.day(row.get("beginDate", ""), line, ENROLMENTS) or begin
        end = bundle.day(row.get("endDate", ""), line, ENROLMENTS) or end
        if not is_deleted(row):
            latest_begin, earliest_end = max(latest_begin, begin), min(earliest_end, end)
        on = [day.isoformat() for day in days if begin <= day < end] if days else [""]
        if is_deleted(row) or not on:
            found.at_other_times.add(student)
        else:
            stays, primary = found.stays[student], row.get("primary", "").lower()
            for day in on:
                before = stays.get((school, day), "")
                stays[school, day] = max(before, primary)  # "true", then "false", then nothing
    if not days and latest_begin >= earliest_end:
        raise stopped(
            codes.READ_IN_TWO_WAYS,
            "enrolments begin and end on different days, and no day is common to all",
            bundle.place(ENROLMENTS),
            "say in a layout on which day students are counted: `count_dates: 2025-10-01`",
        )
    return found


def _spans_of_classes(bundle: Bundle) -> dict[str, Span]:
    """The terms of each class: when those are enrolled of whom no days of their own are given."""
    if not (bundle.has(CLASSES) and bundle.has(SESSIONS)):
        return {}
    sessions = {
        row["sourcedId"]: (
            bundle.day(row["startDate"], line, SESSIONS) or date.min,
            bundle.day(row["endDate"], line, SESSIONS) or date.max,
        )
        for line, row in bundle.rows(SESSIONS)
    }
    spans = {}
    for _, row in bundle.rows(CLASSES):
        terms = [sessions[term] for term in row["termSourcedIds"].split(",") if term in sessions]
        if terms:
            spans[row["sourcedId"]] = (
                min(begin for begin, _ in terms),
                max(end for _, end in terms),
            )
    return spans


def _students(bundle: Bundle, enrolled: _Enrolled) -> Iterator[tuple[int, Row]]:
    """The rows of users.csv that are students, by their role or by an enrolment; each once.

    In version 1.2 roles have a file of their own.
    """
    if "role" in bundle.table(USERS).header:
        by_role = None
    else:
        bundle.need(ROLES)
        by_role = {
            row["userSourcedId"]
            for _, row in bundle.rows(ROLES)
            if row["role"].lower() == _STUDENT and not is_deleted(row)
        }
    seen = set[str]()
    for line, row in bundle.rows(USERS):
        user = row["sourcedId"]
        if user in seen:
            raise bundle.unusable(
                "a user stands twice", "export it again: each sourcedId stands once", USERS, line
            )
        seen.add(user)
        is_student = row["role"].lower() == _STUDENT if by_role is None else user in by_role
        if is_student or user in enrolled.lines:
            yield line, row


def _written(
    bundle: Bundle,
    file: str,
    header: Sequence[str],
    own_columns: int,
    rows: Iterable[tuple[int, list[str]]],
    left_out: Mapping[LeftOut, int] | None = None,
) -> Table:
    """A plain copy of joined rows; the place of each is its row in `file`."""
    copy = bundle.workspace.new_file(".csv")
    with copy.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target, lineterminator="\n")
        writer.writerow(["row", *(f"c{column}" for column in range(1, len(header) + 1))])
        for line, cells in rows:
            writer.writerow([line, *cells])
    return Table(
        bundle.name,
        copy,
        TableFormat.CSV,
        tuple(header),
        sheet=f"{file}.csv",
        own_columns=own_columns,
        has_row_numbers=True,
        left_out=left_out or {},
    )
