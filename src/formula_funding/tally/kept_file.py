"""A kept tally as a Parquet file: the groups as rows, all else as JSON in the file's metadata.

Columns: file (name), school_id, left_out (reason, or empty), rows, students, and for each
attribute `attribute.NAME` with its values as rulebooks write them.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import (
    Accepted,
    Place,
    Problem,
    ProblemsFoundError,
)
from formula_funding.model.counting import Counting, SameStudent
from formula_funding.model.kept import REASONS, Kept, Source
from formula_funding.sources.parquet import silent_duckdb
from formula_funding.sources.sql import sql_file, sql_name, sql_text
from formula_funding.sources.temporary import TemporaryFolder
from formula_funding.tally.kept_groups import read_groups
from formula_funding.tally.kept_key import KEY

if TYPE_CHECKING:
    import duckdb

FORMAT = 1
_OWN = {
    "file": "VARCHAR",
    "school_id": "VARCHAR",
    "left_out": "VARCHAR",
    "rows": "BIGINT",
    "students": "BIGINT",
}
_ATTRIBUTE = "attribute."


def write_kept(kept: Kept, path: Path, within: Path | None = None) -> None:
    """Write a tally; equal tallies give equal bytes. Raises OSError.

    Its groups are listed in a temporary folder in `within`.
    """
    import duckdb

    names = [*_OWN, *(_ATTRIBUTE + name for name in kept.cut)]
    with TemporaryFolder(within) as folder:
        source = folder / "groups.csv"
        with source.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, quoting=csv.QUOTE_ALL)
            writer.writerows(_rows(kept))
        columns = ", ".join(f"c{i}: '{_OWN.get(name, 'VARCHAR')}'" for i, name in enumerate(names))
        selected = ", ".join(f"c{i} AS {sql_name(name)}" for i, name in enumerate(names))
        about = json.dumps(_about(kept), ensure_ascii=False, sort_keys=True)
        with silent_duckdb() as connection:
            try:
                connection.execute("SET preserve_insertion_order = true")
                connection.execute("SET threads = 1")  # several divide the rows by chance
                connection.execute(
                    f"COPY (SELECT {selected} FROM read_csv({sql_text(sql_file(source))}, "
                    f"columns = {{{columns}}}, header = false, auto_detect = false, delim = ',', "
                    "quote = '\"', escape = '\"', nullstr = '\\0', hive_partitioning = false)) "
                    f"TO {sql_text(str(path.absolute()))} "
                    f"(FORMAT parquet, KV_METADATA {{{sql_text(KEY)}: {sql_text(about)}}})"
                )
            except duckdb.OperationalError as error:
                raise OSError(error.args[0]) from error


def _rows(kept: Kept) -> Iterator[tuple[str | int, ...]]:
    """The groups as the rows of the file."""
    groups = kept.groups
    why = [reason.value if reason else "" for reason in REASONS]
    texts = [
        [known[number] if known else "" for number in numbers]
        for known, numbers in zip(groups.texts, groups.values, strict=True)
    ]
    nothing = ("",) * len(kept.cut)
    for i, reason in enumerate(groups.left_out):
        told = nothing if reason else tuple([of_attribute[i] for of_attribute in texts])
        school = groups.schools[groups.school[i]]
        counted = groups.rows[i], groups.students[i]
        yield kept.files[groups.file[i]], school, why[reason], *counted, *told


def read_kept(path: Path) -> Kept:
    """Read a tally. Raises ProblemsFoundError where it is not as `write_kept` wrote it."""
    import duckdb

    place = Place(path.as_posix())
    try:
        with silent_duckdb() as connection:
            found = connection.execute(
                "SELECT value FROM parquet_kv_metadata(?) WHERE key = ?",
                [sql_file(path), KEY.encode()],
            ).fetchall()
            about = json.loads(bytes(found[0][0]).decode())
            kept = _kept(about, path, connection)
        rows, students = about["rows"], about["students"]
    except (duckdb.Error, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise _damaged(place, "the tally is damaged, or of another version") from None
    if (kept.rows, kept.students) != (rows, students):
        raise _damaged(place, "the groups of the tally do not add up to what it says of them")
    return kept


def _damaged(place: Place, message: str) -> ProblemsFoundError:
    hint = "make it again from the roster with `funding tally`"
    return ProblemsFoundError([Problem(codes.TALLY_DAMAGED, message, place, hint)])


def _about(kept: Kept) -> dict[str, Any]:
    """What the metadata say of a tally."""
    counting = kept.counting
    return {
        "format": FORMAT,
        "rulebook": kept.rulebook,
        "version": kept.version,
        "as_of": kept.as_of,
        "codes_of": kept.codes_of,
        "attributes": {name: kept.if_empty[name] for name in kept.cut},
        "counting": {
            "same_student": counting.same_student.value,
            "main": counting.main,
            "fte": counting.fte,
            "count_date": counting.count_date,
        },
        "count_dates": list(kept.count_dates),
        "files": list(kept.files),
        "sources": [
            {"part": source.part, "file": source.file, "sha256": source.sha256}
            for source in kept.sources
        ],
        "rows": kept.rows,
        "students": kept.students,
        "accepted": [_accepted_as_json(accepted) for accepted in kept.accepted],
    }


def _accepted_as_json(accepted: Accepted) -> dict[str, Any]:
    problem, place = accepted.problem, accepted.problem.place
    return {
        "code": problem.code.id,
        "message": problem.message,
        "times": problem.count,
        "place": None if place is None else [place.file, place.line, place.column, place.sheet],
        "reason": accepted.reason,
    }


def _kept(about: dict[str, Any], path: Path, connection: duckdb.DuckDBPyConnection) -> Kept:
    """Raises ValueError, LookupError or TypeError where something is not as it should be."""
    if about["format"] != FORMAT:
        raise ValueError("another format")
    files = tuple(_text(file) for file in about["files"])
    cut = tuple(_text(name) for name in about["attributes"])
    counting = about["counting"]
    main, fte, count_date = (_name(counting[field]) for field in ("main", "fte", "count_date"))
    return Kept(
        _text(about["rulebook"]),
        _text(about["version"]),
        _text(about["as_of"]),
        _name(about["codes_of"]),
        cut,
        {_text(name): _name(text) for name, text in about["attributes"].items()},
        Counting(SameStudent(counting["same_student"]), main, fte, count_date),
        tuple(_text(day) for day in about["count_dates"]),
        files,
        tuple(
            Source(_text(source["part"]), _text(source["file"]), _text(source["sha256"]))
            for source in about["sources"]
        ),
        read_groups(connection, path, files, [_ATTRIBUTE + name for name in cut]),
        tuple(_accepted(entry) for entry in about["accepted"]),
    )


def _accepted(entry: dict[str, Any]) -> Accepted:
    place = None if entry["place"] is None else entry["place"]
    at = None if place is None else Place(place[0], place[1], place[2], sheet=place[3])
    problem = Problem(codes.CODES[entry["code"]], _text(entry["message"]), at, count=entry["times"])
    return Accepted(problem, _text(entry["reason"]))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value


def _name(value: object) -> str | None:
    return None if value is None else _text(value)
