"""The register of schools: ids, names and the attributes that rules read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import compress, islice
from pathlib import Path

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import SHOWN, Problem, Problems, ProblemsFoundError, stop
from formula_funding.diagnostics.wording import did_you_mean, printable
from formula_funding.exact.number_text import plain_from_accounting
from formula_funding.formula.kinds import Level
from formula_funding.model.counts import LeftOut
from formula_funding.model.plan import Attribute, Plan, Value, trees_of
from formula_funding.model.register import Register
from formula_funding.read.cell_reader import cell_readers
from formula_funding.read.findings import Findings
from formula_funding.read.joined_ids import PartsMet, add_joined_alike, school_of_parts
from formula_funding.read.other_header import other_header
from formula_funding.read.plain_words import total_at, totals_among
from formula_funding.read.value_from_text import BadValueError
from formula_funding.rules.layout import SchoolsLayout, TableLayout
from formula_funding.sources.files_given import files_meant
from formula_funding.sources.open_table import open_table
from formula_funding.sources.other_table import INSTEAD, other_table
from formula_funding.sources.row_filter import left_out, row_filters
from formula_funding.sources.table import Table, rows_of
from formula_funding.sources.unreadable import unreadable, unreadable_among
from formula_funding.sources.workspace import Workspace


def school_attributes_read(plan: Plan) -> tuple[str, ...]:
    """The declared attributes of schools that some formula or band reads, in declared order."""
    read = set(plan.reads([tree for item in plan.items for tree in trees_of(item)]))
    return tuple(
        name
        for name, attribute in plan.attributes.items()
        if attribute.level is Level.SCHOOL and name in read
    )


def register_from_table(
    path: Path,
    layout: SchoolsLayout,
    plan: Plan,
    problems: Problems,
    workspace: Workspace,
    also: Sequence[Attribute] = (),
) -> Register:
    """Read the register, of one file or of all files in a folder.

    Attributes that no rule reads are left unread, but for those of `also`.

    Raises ProblemsFoundError with all problems of the file.
    """
    attributes = {name: plan.attributes[name] for name in school_attributes_read(plan)}
    attributes |= {attribute.name: attribute for attribute in also}
    of_schools = [c for name in attributes for c in layout.columns.get(name, (name,))]
    wanted = [*layout.columns.get("school_id", ("school_id",)), *of_schools]
    paths = files_meant([path], workspace.limits, problems)
    tables = _opened(paths, layout, wanted, problems, workspace)
    _refuse_other_tables(tables, of_schools, plan)
    _refuse_other_headers(paths, tables, wanted, layout, workspace)
    met = PartsMet()
    readers = [_TableReader(table, layout, attributes.values(), met, problems) for table in tables]
    problems.stop_if_errors()
    rows: dict[str, Row] = {}
    excluded: Counter[LeftOut] = Counter()
    for reader in readers:
        reader.read_into(rows, excluded, problems)
    if not rows and not problems.has_errors:
        problems.add(codes.EMPTY_FILE, "the file has a header but no row", tables[0].place())
    problems.stop_if_errors()
    ids = tuple(sorted(rows))
    found = [rows[school] for school in ids]
    return Register(
        ids,
        tuple(str(name) for name, *_ in found),
        {name: tuple(row[i] for row in found) for i, name in enumerate(attributes, start=1)},
        is_given=True,
        left_out=excluded,
    )


def _opened(
    paths: Sequence[Path],
    layout: SchoolsLayout,
    wanted: Sequence[str],
    problems: Problems,
    workspace: Workspace,
) -> list[Table]:
    """All files as tables. Raises ProblemsFoundError with what makes any of them unreadable."""
    tables: list[Table] = []
    found: list[Problem] = []
    for path in paths:
        try:
            tables.append(open_table(path, layout, wanted, "schools", workspace, problems))
        except ProblemsFoundError as error:
            found += error.problems
    if found:
        raise ProblemsFoundError(found)
    return tables


def _refuse_other_tables(tables: Sequence[Table], of_schools: Sequence[str], plan: Plan) -> None:
    """Stop at a roster or a result, which has no column that is read of schools."""
    of_students = {a.name for a in plan.attributes.values() if a.level is Level.STUDENT}
    for table in tables:
        is_roster = not {"student_id", *of_students}.isdisjoint(table.header)
        what = other_table(table.header, of_schools, "a roster" if is_roster else None)
        if what is not None:
            message = f"the file is {what}, not the register of schools"
            stop(codes.MISSING_COLUMN, message, table.header_place, INSTEAD)


def _refuse_other_headers(
    paths: Sequence[Path],
    tables: Sequence[Table],
    wanted: Sequence[str],
    layout: TableLayout,
    workspace: Workspace,
) -> None:
    """Stop at files that have none of the columns in their headers, and tell the way out."""
    found = [
        problem
        for path, table in zip(paths, tables, strict=True)
        if (problem := other_header(path, table, wanted, layout, "schools", workspace)) is not None
    ]
    if found:
        raise ProblemsFoundError(found)


Row = tuple[Value, ...]
"""The name of a school, then the values of its attributes."""
Columns = Mapping[int, Sequence[str]]
"""The trimmed cells of some rows by the position of their column."""
_READ_AT_ONCE = 10_000


class _TableReader:
    """Reads the rows of one table of schools."""

    def __init__(
        self,
        table: Table,
        layout: SchoolsLayout,
        attributes: Iterable[Attribute],
        met: PartsMet,
        problems: Problems,
    ) -> None:
        self._table = table
        self._parts_met = met
        self._layout = layout
        self._readers = cell_readers(layout, attributes)
        self._ids = column_positions("school_id", table, layout, problems)
        columns = {
            name: column_positions(name, table, layout, problems)
            for name in self._readers
            if name not in layout.given
        }
        self._positions = {name: found[0] for name, found in columns.items() if found}
        names = layout.columns.get("name", ("name",))
        if "name" in layout.columns:
            column_positions("name", table, layout, problems)
        self._names = [table.header.index(c) for c in names if c in table.header]
        self._filters = row_filters(table, layout, problems)
        self._findings = Findings(table)

    def read_into(
        self, rows: dict[str, Row], excluded: Counter[LeftOut], problems: Problems
    ) -> None:
        """Add the schools to `rows`, what is left out to `excluded`, the rest to `problems`."""
        excluded.update(self._table.left_out)
        ragged: list[Problem] = []
        records = rows_of(self._table, ragged)
        while some := list(islice(records, _READ_AT_ONCE)):
            self._read_some(some, rows, excluded)
        for problem in [*ragged, *_told_together(self._findings.problems(), len(rows))]:
            problems.add_problem(problem)

    def _read_some(
        self,
        records: Sequence[tuple[int, list[str]]],
        rows: dict[str, Row],
        excluded: Counter[LeftOut],
    ) -> None:
        """Read plain rows column by column, and one by one those in which anything is odd."""
        needed = {*self._ids, *self._names, *self._positions.values()}
        needed |= {row_filter.position for row_filter in self._filters}
        columns = {at: [cells[at] for _, cells in records] for at in needed}
        values_of = {
            name: self._values_of(name, set(columns[at])) for name, at in self._positions.items()
        }
        odd = self._odd_rows(columns, values_of, rows)
        if odd:
            plain = [number not in odd for number in range(len(records))]
            columns = {at: list(compress(texts, plain)) for at, texts in columns.items()}
        rows.update(self._plain_rows(columns, values_of))
        for number in sorted(odd):
            self._read_one(*records[number], rows, excluded)

    def _values_of(self, name: str, texts: Iterable[str]) -> dict[str, Value]:
        """The value of each text of an attribute that has one."""
        found: dict[str, Value] = {}
        for text in texts:
            with suppress(BadValueError):
                found[text] = self._value_of(name, text)
        return found

    def _odd_rows(
        self,
        columns: Columns,
        values_of: Mapping[str, Mapping[str, Value]],
        rows: Mapping[str, Row],
    ) -> set[int]:
        """The numbers of the rows that are not plainly a school of their own with its values."""
        odd_texts: list[tuple[int, set[str]]] = []
        for at in {*self._ids, *self._names}:
            odd_texts.append((at, totals_among(columns[at]) | unreadable_among(columns[at])))
        odd_texts += [(at, {"", self._table.header[at]}) for at in self._ids]
        for row_filter in self._filters:
            at = row_filter.position
            odd_texts.append((at, {t for t in set(columns[at]) if row_filter.leaves_out(t)}))
        for name, at in self._positions.items():
            odd_texts.append((at, set(columns[at]) - values_of[name].keys()))
        odd = {
            number
            for at, texts in odd_texts
            if not texts.isdisjoint(columns[at])
            for number, text in enumerate(columns[at])
            if text in texts
        }
        if len(self._ids) > 1:  # other parts may be joined alike
            odd |= {n for at in self._ids for n, text in enumerate(columns[at]) if "-" in text}
        ids = self._joined(self._ids, "-", columns)
        if len(set(ids)) < len(ids) or not rows.keys().isdisjoint(ids):
            times = Counter(ids)
            odd |= {n for n, school in enumerate(ids) if times[school] > 1 or school in rows}
        return odd

    def _plain_rows(
        self, columns: Columns, values_of: Mapping[str, Mapping[str, Value]]
    ) -> Iterator[tuple[str, Row]]:
        """The id and the row of each school."""
        ids = self._joined(self._ids, "-", columns)
        names = map(printable, self._joined(self._names, " ", columns))
        values: list[list[Value]] = [
            [values_of[name][text] for text in columns[self._positions[name]]]
            if name in self._positions
            else [self._constant(name)] * len(ids)
            for name in self._readers
        ]
        return zip(ids, zip(names, *values, strict=True), strict=True)

    def _joined(self, positions: Sequence[int], sign: str, columns: Columns) -> list[str]:
        """The texts of several columns, row by row in one; of no column, empty."""
        if not positions:
            return [""] * len(columns[self._ids[0]])
        return list(map(sign.join, zip(*(columns[at] for at in positions), strict=True)))

    def _read_one(
        self, line: int, cells: list[str], rows: dict[str, Row], excluded: Counter[LeftOut]
    ) -> None:
        reason = left_out(cells, self._filters)
        if reason is not None:
            excluded[reason] += 1
        elif tuple(cells) == self._table.header:
            self._findings.add_second_header(line, self._ids[0] + 1)
        elif (position := total_at(cells, self._ids, self._names)) is not None:
            self._findings.add_total(line, position + 1)
        else:
            self._read_row(line, cells, rows)

    def _read_row(self, line: int, cells: list[str], rows: dict[str, Row]) -> None:
        read = [
            self._value(name, cells, line) if name in self._positions else self._constant(name)
            for name in self._readers
        ]
        self._check_words(line, cells)
        row = (
            printable(" ".join(cells[i] for i in self._names)),
            *(value for value in read if value is not None),
        )
        parts, column = [cells[i] for i in self._ids], self._ids[0] + 1
        school = school_of_parts(parts)
        if not school:
            self._findings.add(
                codes.EMPTY_VALUE, "a row has no school id", line, column, "fill in the id"
            )
        elif self._parts_met.has_others(school, parts):
            add_joined_alike(self._findings, school, line, column)
        elif school in rows and not (self._layout.identical_rows == "once" and rows[school] == row):
            self._findings.add(
                codes.SCHOOL_TWICE,
                f"the school id `{school}` stands twice",
                line,
                column,
                "remove one of the rows, or make the id unique with more columns in a layout",
            )
        if None not in read:
            rows.setdefault(school, row)

    def _check_words(self, line: int, cells: list[str]) -> None:
        """Ids and names are taken at their word, if they can be."""
        for name, positions in (("school_id", self._ids), ("name", self._names)):
            for position in positions:
                why = unreadable(cells[position])
                if why is not None:
                    self._findings.add_unreadable(name, why, line, position + 1)

    def _value(self, name: str, cells: list[str], line: int) -> Value | None:
        position = self._positions[name]
        try:
            return self._value_of(name, cells[position])
        except BadValueError as error:
            text = self._plain(position, cells[position])
            self._findings.add_bad_value(name, error, line, position + 1, text)
            return None

    def _value_of(self, name: str, text: str) -> Value:
        return self._readers[name].value(self._plain(self._positions[name], text))

    def _plain(self, position: int, text: str) -> str:
        """A cell without what accountants add to a figure, where the layout says so."""
        printed = self._table.header[position] in self._layout.accounting
        return plain_from_accounting(text) if printed else text

    def _constant(self, name: str) -> Value:
        return self._readers[name].value(self._layout.constants[name])


def _told_together(found: Sequence[Problem], schools: int) -> list[Problem]:
    """The problems; if most schools stand in several rows, it is no register and told once."""
    twice = [problem for problem in found if problem.code is codes.SCHOOL_TWICE]
    repeated = sum(problem.count for problem in twice)
    if len(twice) <= SHOWN or repeated <= schools:
        return list(found)
    together = replace(
        twice[0],
        message="most schools stand in several rows",
        hint="is this the roster? the register has one row for each school; "
        "if the id has more columns, name them in a layout",
        count=repeated,
    )
    return [together, *(problem for problem in found if problem not in twice)]


def column_positions(name: str, table: Table, layout: TableLayout, problems: Problems) -> list[int]:
    """Where in the header the columns of `name` stand; a missing one is a problem."""
    positions: list[int] = []
    for column in layout.columns.get(name, (name,)):
        if column in table.header:
            positions.append(table.header.index(column))
            continue
        wanted = f"`{column}`" if column == name else f"`{column}` for `{name}`"
        problems.add(
            codes.MISSING_COLUMN,
            f"the file has no column {wanted}",
            table.header_place,
            did_you_mean(column, filter(None, table.header))
            or "rename a column, or name it in a layout",
        )
    return positions
