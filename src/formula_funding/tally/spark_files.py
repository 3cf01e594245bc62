"""Files named by URLs, opened by Spark: only what heads them travels, unless a row is wrong."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TypeVar

from pyspark.errors import AnalysisException
from pyspark.sql import Column, DataFrameReader, SparkSession
from pyspark.sql import functions as sf
from pyspark.sql.types import DoubleType

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Place, Problems, ProblemsFoundError, stop, stopped
from formula_funding.model.resources import Resources
from formula_funding.model.url import Url
from formula_funding.sources.unreadable import Trouble, marked
from formula_funding.tally.spark_session import (
    quietly,
    reader,
    same_names_told,
    spark_session,
    told_by_spark,
)
from formula_funding.tally.spark_text import ALIKE, column, literal_path

_OF_A_LISTING = {"path", "modificationTime", "length", "content"}
_AT_ONCE = 8
"""So many files are looked into at the same time: each is a small task, and far away."""
_Found = TypeVar("_Found")


class SparkFiles:
    """See `RemoteFiles`. Spark is started when the first URL is opened."""

    def __init__(self, master: str | None = None, resources: Resources | None = None) -> None:
        self.master = master
        self.folder = resources.folder if resources else None

    @property
    def _read(self) -> DataFrameReader:
        return reader(self._session)

    @cached_property
    def _session(self) -> SparkSession:
        return spark_session(self.master, self.folder)

    def parts(self, url: Url) -> Sequence[str]:
        """See `RemoteFiles.parts`. Files that begin with `_` or `.` are none, as Spark has it."""
        place = Place(url.text)
        with quietly(), told_by_spark(codes.URL_UNREADABLE, "open the URL", place):
            try:
                listing = self._read.format("binaryFile").load(url.text)
            except AnalysisException as error:
                if error.getCondition() != "PATH_NOT_FOUND":
                    raise
                message, hint = "there is no such file", "check the spelling of the URL"
                raise stopped(codes.FILE_NOT_FOUND, message, place, hint) from None
            by = [name for name in listing.columns if name not in _OF_A_LISTING]
            if by:
                stop(
                    codes.PARTS_DIFFER,
                    f"the folder is divided by `{by[0]}`: the names of its folders say what no "
                    "column of its files does",
                    place,
                    "name one of its folders; or all of its files by a pattern, …/*/*.parquet, "
                    "if no rule reads what the folders are called",
                )
            return sorted(
                row["path"] for row in listing.where("length > 0").select("path").collect()
            )

    def beginnings(self, parts: Sequence[str], lines: int) -> Sequence[Sequence[str]]:
        """See `RemoteFiles.beginnings`."""

        def first_lines(part: str) -> list[str]:
            rows = self._read.text(literal_path(part))
            found = rows.select("value", sf.is_valid_utf8("value").alias("is_text")).head(lines)
            for number, row in enumerate(found, start=1):
                if not row["is_text"]:
                    raise _not_utf8(part, number)
            return [row["value"] for row in found]

        return self._of_each(parts, first_lines)

    def columns(self, parts: Sequence[str]) -> Sequence[Mapping[str, str]]:
        """See `RemoteFiles.columns`."""

        def types(part: str) -> dict[str, str]:
            with same_names_told(Place(part)):
                schema = self._read.parquet(literal_path(part)).schema
            return {field.name: field.dataType.simpleString() for field in schema.fields}

        return self._of_each(parts, types)

    def lines(self, part: str) -> Iterator[str]:
        """See `RemoteFiles.lines`."""
        with told_by_spark(codes.URL_UNREADABLE, "read the file", Place(part)):
            # Parted at one sign alone, so that the ends of lines stay as they are.
            rows = self._read.text(literal_path(part), lineSep="\n")
            number = 0
            for text, is_text in rows.select("value", sf.is_valid_utf8("value")).toLocalIterator():
                for line in io.StringIO(text + "\n", newline=""):
                    number += 1
                    if not is_text:
                        raise _not_utf8(part, number)
                    yield line.removeprefix("\ufeff") if number == 1 else line

    def records(self, part: str, columns: Sequence[str]) -> Iterator[list[str]]:
        """See `RemoteFiles.records`."""
        with told_by_spark(codes.URL_UNREADABLE, "read the file", Place(part)):
            rows = self._read.parquet(literal_path(part))
            kinds = {field.name: field.dataType for field in rows.schema.fields}
            cells = [_cell(name, kinds[name]) for name in columns]
            for row in rows.select(*cells).toLocalIterator():
                # A double is written with the fewest digits that tell it, as DuckDB does.
                yield ["" if cell is None else str(cell) for cell in row]

    def _of_each(self, parts: Sequence[str], look: Callable[[str], _Found]) -> list[_Found]:
        """What is found in each file; every file that can't be read is told."""

        def found_in(part: str) -> _Found | ProblemsFoundError:
            try:
                with told_by_spark(codes.URL_UNREADABLE, "read the file", Place(part)):
                    return look(part)
            except ProblemsFoundError as error:
                return error

        with quietly(), ThreadPoolExecutor(_AT_ONCE) as threads:
            results = list(threads.map(found_in, parts))
        problems, found = Problems(), list[_Found]()
        for result in results:
            if isinstance(result, ProblemsFoundError):
                for problem in result.problems:
                    problems.add_alike(problem)
            else:
                found.append(result)
        problems.stop_if_errors()
        return found


def _cell(name: str, kind: object) -> Column:
    """A column as texts, or as doubles, of which Python makes the texts."""
    if isinstance(kind, DoubleType):
        return column(name)
    if isinstance(kind, ALIKE):
        return column(name).cast("string")
    return sf.when(column(name).isNotNull(), sf.lit(marked(Trouble.WRITTEN_DIFFERENTLY)))


def _not_utf8(part: str, line: int) -> ProblemsFoundError:
    return stopped(
        codes.NOT_TEXT,
        "the file is not UTF-8 text",
        Place(part, line),
        "save it as UTF-8, or copy it to this machine and give its path",
    )
