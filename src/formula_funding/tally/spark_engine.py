"""Counting by Spark, for rosters that lie on a cluster. It counts texts and nothing else.

What travels to the driver are the groups of each cut and of the ledger: as many rows as there are
schools times distinct combinations of attributes, never a student.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import reduce

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as sf

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Problems
from formula_funding.model.counts import Cut, LeftOut
from formula_funding.model.resources import Resources
from formula_funding.read.cell_reader import MAX_COUNT_DIGITS, SPACES
from formula_funding.read.joined_ids import PartsMet, school_of_parts
from formula_funding.read.roster import Roster, RosterFile, RowGroup
from formula_funding.sources.row_filter import reasons
from formula_funding.sources.unreadable import MARK
from formula_funding.tally.bands_in_spark import column_in_bands
from formula_funding.tally.spark_session import quietly, spark_session, told_by_spark
from formula_funding.tally.spark_text import FLAWED, HEADER, KIND, TextRows, cell_name, text_rows
from formula_funding.tally.tally import LedgerRow, Tally, tally_table

_SPACES = "".join(chr(code) for code in range(0x3001) if chr(code).isspace())
"""What Python's `strip` takes away."""
_HEADER = -1
"""The `reason` of lines up to the header, which are counted only to see that all are there."""
_TOTALS = ("students", "file_rows", "bad")
_CutRow = tuple[str, tuple[str, ...], int]
"""School, texts, students."""
_Group = tuple[int, int, LedgerRow]
"""Reason, number of flawed rows, and what the ledger needs of a group of alike rows."""


class SparkEngine:
    """One joint count over all attributes, then added up for each cut on the executors."""

    def __init__(self, master: str | None = None, resources: Resources | None = None) -> None:
        self.master = master
        self.folder = resources.folder if resources else None

    def tally(self, roster: Roster, cuts: Sequence[Cut], ledger: Cut = ()) -> Tally:
        """See `Engine.tally`. Raises ProblemsFoundError too where Spark can't do its work."""
        with quietly(), told_by_spark(codes.SPARK_FAILED, "count the roster"):
            self._check_copies_are_seen(roster)
            return _tally(spark_session(self.master, self.folder), roster, cuts, ledger)

    def _check_copies_are_seen(self, roster: Roster) -> None:
        """Raises ProblemsFoundError for files whose copy lies where a cluster does not see it.

        Whoever named a folder for temporary files is taken to know where it lies.
        """
        copied = [file.table for file in roster.files if file.table.is_copy]
        if not copied or self.folder is not None:
            return
        master = self.master or spark_session(None).sparkContext.master
        if master.startswith("local"):
            return
        problems = Problems()
        for table in copied:
            problems.add(
                codes.COPY_NOT_SEEN,
                f"the file must be copied as plain text first, and the machines of {master} would "
                "not see the copy, which lies in a folder of this one",
                table.place(),
                "unpack it, or save it as CSV in UTF-8 or as Parquet; or name a folder that all "
                "machines see with --temp-dir",
            )
        problems.stop_if_errors()


def _tally(session: SparkSession, roster: Roster, cuts: Sequence[Cut], ledger: Cut) -> Tally:
    files = [text_rows(session, file.table, file.columns_read) for file in roster.files]
    of_cuts, groups = _groups(_joint(files, roster), cuts, ledger, roster.attributes)
    return Tally(
        {cut: tally_table(rows) for cut, rows in zip(cuts, of_cuts, strict=True)},
        [row for reason, _, row in groups if reason == 0],
        _enrolments(files, roster),
        _is_table_doubtful(groups, files)
        or _is_student_doubtful(files, roster)
        or _are_joined_alike(files, roster),
        _left_out(groups, roster),
    )


def _joint(files: Sequence[TextRows], roster: Roster) -> DataFrame:
    """(file, reason, school, attributes…, students, file_rows, bad) of all files."""
    parts = [
        part
        for number, file in enumerate(roster.files)
        for part in _counted_rows(number, file, files[number].rows, roster)
    ]
    attributes = [_attribute(i) for i in range(len(roster.attributes))]
    schools = [f"school_{i}" for i in range(len(roster.files[0].school_id))]
    totals = [sf.sum(name).alias(name) for name in _TOTALS]
    # Texts are counted as they stand, which is quick; only the distinct ones are trimmed.
    raw = reduce(DataFrame.unionByName, parts)
    raw = raw.groupBy("file", "reason", *schools, *attributes).agg(*totals)
    return raw.select(
        "file",
        "reason",
        _school([_trimmed(sf.col(name)) for name in schools]).alias("school"),
        *(_trimmed(sf.col(name)).alias(name) for name in attributes),
        *_TOTALS,
    )


def _counted_rows(
    number: int, file: RosterFile, rows: DataFrame, roster: Roster
) -> list[DataFrame]:
    """(file, reason, school…, attributes…, students, file_rows, bad) of the rows of one file.

    A wide table gives one part for each of its columns of counts. `reason` is 0, or the number of
    the reason why the row is left out.
    """
    reason = sf.when(sf.col(KIND) == HEADER, _HEADER).otherwise(_reason(file))
    unreadable = [sf.startswith(_raw(file, f.column), sf.lit(MARK)) for f in file.filters]
    # Of a line that is no record it is not known which cell is which, so no filter leaves it out.
    is_flawed = sf.col(KIND) == FLAWED
    is_unsure = reduce(Column.__or__, unreadable, sf.lit(False))

    def part(group: RowGroup, is_row: int) -> DataFrame:
        texts = [_raw(file, name).alias(f"school_{i}") for i, name in enumerate(file.school_id)]
        texts += [
            (
                sf.lit(group.given[name])
                if name in group.given
                else column_in_bands(_raw(file, file.attributes[name]), roster.bands.get(name))
            ).alias(_attribute(position))
            for position, name in enumerate(roster.attributes)
        ]
        students, is_bad = sf.lit(1), is_unsure
        if group.column is not None:
            is_count, digits = _count(_cell(file, group.column), file.thousands)
            students = sf.when(is_count, digits.try_cast("bigint")).otherwise(0)
            is_bad = is_unsure | ~is_count
        return rows.select(
            sf.lit(number).alias("file"),
            reason.alias("reason"),
            *texts,
            students.cast("bigint").alias("students"),
            sf.lit(is_row).alias("file_rows"),
            sf.when(is_flawed | ((reason == 0) & is_bad), 1).otherwise(0).alias("bad"),
        )

    return [part(group, int(position == 0)) for position, group in enumerate(file.groups)]


def _count(cell: Column, thousands: str) -> tuple[Column, Column]:
    """Whether a cell is a count of students, and its digits alone."""
    plain = cell.rlike(f"\\A[0-9]{{1,{MAX_COUNT_DIGITS}}}\\z")
    if not thousands:
        return plain, cell
    signs = SPACES if thousands == " " else thousands
    group = "[" + "".join(f"\\x{{{ord(sign):x}}}" for sign in signs) + "]"
    grouped = cell.rlike(f"\\A[0-9]{{1,3}}({group}[0-9]{{3}}){{1,3}}\\z")
    return plain | grouped, sf.regexp_replace(cell, group, "")


def _reason(file: RosterFile) -> Column:
    """0, or the number of the reason why a row is left out (`reasons`); see `why_left_out`."""
    reason = sf.lit(0)
    for number, row_filter in reversed(list(enumerate(file.filters, start=1))):
        found = _cell(file, row_filter.column).isin(sorted(row_filter.texts))
        is_out = found if row_filter.reason is LeftOut.SKIPPED else ~found
        reason = sf.when(is_out, number).otherwise(reason)
    if not file.filters:
        return reason
    texts = (sf.col(cell_name(number)) for number in range(len(file.table.header)))
    is_blank = _trimmed(sf.concat(*texts)) == ""
    return sf.when(is_blank, len(file.filters) + 1).otherwise(reason)


def _groups(
    joint: DataFrame, cuts: Sequence[Cut], ledger: Cut, attributes: Cut
) -> tuple[list[list[_CutRow]], list[_Group]]:
    """The rows of each cut, and the groups of the ledger, which travel to the driver."""
    of_cuts: list[list[_CutRow]] = [[] for _ in cuts]
    groups: list[_Group] = []
    schools: dict[str, str] = {}
    combinations: dict[tuple[str, ...], tuple[str, ...]] = {}  # few of many groups, each held once
    found = _added_up(joint, [ledger, *cuts], attributes)
    for number, reason, file, school, texts, students, lines, bad in found.toLocalIterator():
        key = (
            schools.setdefault(school, school),
            combinations.setdefault(tuple(texts), tuple(texts)),
        )
        if number == 0:
            groups.append((reason, bad, (file, *key, lines, students)))
        else:
            of_cuts[number - 1].append((*key, students))
    return of_cuts, groups


def _added_up(joint: DataFrame, cuts: Sequence[Cut], attributes: Cut) -> DataFrame:
    """(asked, reason, file, school, texts, students, file_rows, bad) for each of the cuts.

    The first is the ledger's, which alone tells the files apart and covers the rows left out. One
    query counts all: a cluster is slow to start a query, and quick to answer a large one.
    """
    asked = [
        sf.struct(
            sf.lit(number).alias("asked"),
            (sf.lit(0) if number else sf.col("file")).alias("file"),
            sf.array(*(sf.col(_attribute(attributes.index(name))) for name in cut))
            .cast("array<string>")
            .alias("texts"),
        )
        for number, cut in enumerate(cuts)
    ]
    of_row = sf.when(sf.col("reason") == 0, sf.array(*asked)).otherwise(sf.array(asked[0]))
    rows = joint.select("reason", "school", *_TOTALS, sf.inline(of_row))
    totals = [sf.sum(name).alias(name) for name in _TOTALS]
    return rows.groupBy("asked", "reason", "file", "school", "texts").agg(*totals)


def _is_table_doubtful(groups: Sequence[_Group], files: Sequence[TextRows]) -> bool:
    """Whether a line is no row of its table, a count no number, or a file without any row."""
    header, rows = Counter[int](), Counter[int]()
    for reason, bad, (file, _, _, lines, _) in groups:
        (header if reason == _HEADER else rows)[file] += lines
        if bad:
            return True
    return any(
        header[number] != file.header_lines or rows[number] == 0 or not file.is_sure
        for number, file in enumerate(files)
    )


def _students(files: Sequence[TextRows], roster: Roster) -> DataFrame | None:
    """The id, the count date and the judged attribute of each row with a student."""
    counting = roster.counting

    def text(file: RosterFile, name: str | None) -> Column:
        column = file.attributes.get(name) if name else None
        return _cell(file, column) if column else sf.lit(file.given.get(name or "", ""))

    parts = [
        read.rows.where((sf.col(KIND) == 0) & (_reason(file) == 0)).select(
            _student([_cell(file, column) for column in file.student_id]).alias("id"),
            text(file, counting.count_date).alias("day"),
            text(file, counting.attribute).alias("judged"),
        )
        for file, read in zip(roster.files, files, strict=True)
        if file.student_id
    ]
    return reduce(DataFrame.unionByName, parts) if parts else None


def _is_student_doubtful(files: Sequence[TextRows], roster: Roster) -> bool:
    """Whether a student id is empty, or stands twice on a count date where that is an error."""
    students = _students(files, roster)
    if students is None:
        return False
    is_wrong = sf.col("id") == ""
    if roster.counting.attribute is None:
        is_wrong = is_wrong | (sf.col("count") > 1)
        students = students.groupBy("id", "day").count()
    return bool(students.where(is_wrong).limit(1).collect())


def _are_joined_alike(files: Sequence[TextRows], roster: Roster) -> bool:
    """Whether different parts of an id give one school."""
    met = PartsMet()
    if len(roster.files[0].school_id) == 1:
        return False
    parts = [
        read.rows.where((sf.col(KIND) == 0) & (_reason(file) == 0)).select(
            sf.array(*(_cell(file, column) for column in file.school_id)).alias("parts")
        )
        for file, read in zip(roster.files, files, strict=True)
    ]
    found = reduce(DataFrame.unionByName, parts)
    found = found.where(sf.exists("parts", lambda text: sf.contains(text, sf.lit("-")))).distinct()
    return any(
        met.has_others(school_of_parts(row["parts"]), row["parts"]) for row in found.collect()
    )


def _enrolments(files: Sequence[TextRows], roster: Roster) -> dict[tuple[str, ...], int]:
    """See `Tally.enrolments`."""
    students = _students(files, roster)
    if students is None or roster.counting.attribute is None:
        return {}
    texts = sf.sort_array(sf.collect_list("judged")).alias("texts")
    found = students.groupBy("id", "day").agg(texts).groupBy("texts").count().collect()
    return {tuple(row["texts"]): int(row["count"]) for row in found}


def _left_out(groups: Sequence[_Group], roster: Roster) -> dict[tuple[int, LeftOut], int]:
    """See `Tally.left_out`."""
    found: Counter[tuple[int, LeftOut]] = Counter()
    for reason, _, (file, _, _, rows, _) in groups:
        if reason > 0:
            found[file, reasons(roster.files[file].filters)[reason - 1]] += rows
    return found


def _attribute(number: int) -> str:
    return f"attribute_{number}"


def _raw(file: RosterFile, column: str) -> Column:
    """A cell as it stands."""
    return sf.col(cell_name(file.table.header.index(column)))


def _cell(file: RosterFile, column: str) -> Column:
    """A cell without white space around it."""
    return _trimmed(_raw(file, column))


def _trimmed(text: Column) -> Column:
    return sf.btrim(text, sf.lit(_SPACES))


def _school(cells: Sequence[Column]) -> Column:
    """See `joined_ids.school_of_parts`."""
    return cells[0] if len(cells) == 1 else _joined(cells, cells)


def _student(cells: Sequence[Column]) -> Column:
    """See `joined_ids.student_of_parts`."""
    lengths = [sf.length(cell).cast("string") for cell in cells[:-1]]
    return cells[0] if len(cells) == 1 else _joined([*lengths, *cells], cells)


def _joined(parts: Sequence[Column], cells: Sequence[Column]) -> Column:
    """Some parts joined by hyphens; empty if any of the cells is."""
    is_empty = reduce(Column.__or__, [cell == "" for cell in cells])
    return sf.when(is_empty, "").otherwise(sf.concat_ws("-", *parts))
