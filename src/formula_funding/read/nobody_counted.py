"""A roster of which no row counts: why that is so, told of each of its files."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Place, Problem
from formula_funding.model.counts import LeftOut
from formula_funding.sources.table import Table, parts_of


def why_nobody_counts(
    tables: Sequence[Table],
    left_out: Mapping[str, Collection[LeftOut]],
    of_unknown_schools: Collection[str] = (),
) -> list[Problem]:
    """Why the rows of files count nobody, if none of them does.

    `left_out` says by the name of a file why its layout leaves rows out; `of_unknown_schools` are
    the files of which rows remain, but of schools that it was accepted to pay nothing.
    """
    if of_unknown_schools:
        tables = [table for table in tables if table.name in of_unknown_schools]
        return [_of_unknown_schools(table.place()) for table in tables]
    return [
        _left_out(table.place())
        if {*left_out.get(table.name, ()), *table.left_out} - {LeftOut.BLANK}
        else _without_rows(table.place())
        for table in tables
    ]


def without_rows(tables: Sequence[Table], rows: Mapping[str, int]) -> list[Problem]:
    """What is told of each file without a row beside files that have some.

    `rows` are those read, by the name of a file or, of what a URL names, of its parts.
    """

    def is_empty(table: Table) -> bool:
        return not table.left_out and not any(rows.get(part.name) for part in parts_of(table))

    return [_without_rows(table.place()) for table in tables if is_empty(table)]


def _without_rows(place: Place) -> Problem:
    message = "the file has a header but no row"
    return Problem(codes.EMPTY_FILE, message, place, "export it again, or leave it out")


def _left_out(place: Place) -> Problem:
    return Problem(
        codes.NO_ROW_LEFT,
        "the layout leaves out every row of the file",
        place,
        "look at its `only`, `skip`, `hidden_rows` and `count_dates`: do they hold the words and "
        "days of this file?",
    )


def _of_unknown_schools(place: Place) -> Problem:
    return Problem(
        codes.NO_SCHOOL_KNOWN,
        "no row of the file counts: all of its schools are unknown to the register, and their "
        f"rows are left out as {codes.UNKNOWN_SCHOOL.id} is accepted",
        place,
        "look at the column of school ids; if the codes are right, give the register that has "
        "these schools",
    )
