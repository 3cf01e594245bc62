"""Which attributes are counted by their bands alone, and counts and values told by bands.

Where every formula reads an attribute only through bands, such as a distance of which only
`far` and `near` matter, its numbers need not be told apart: one number stands for all that lie
in the same bands. The plan alone says which, so that every engine counts alike.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from formula_funding.exact.pieces import Edge, Pieces, pieces_between
from formula_funding.formula.kinds import Level
from formula_funding.formula.tree import names
from formula_funding.model.counts import Counts, CountTable, Cut
from formula_funding.model.plan import (
    STUDENTS,
    Attribute,
    Banding,
    Line,
    Plan,
    Value,
    trees_of,
)
from formula_funding.read.roster import Roster
from formula_funding.read.text_in_bands import text_in_bands
from formula_funding.tally.counts_from_tally import RowKey, rows_read, table_of

FEW = 30
"""So many whole numbers, such as ages or grades, are counted as fast as their bands are found."""


def pieces_counted(plan: Plan, units: str = STUDENTS) -> dict[str, Pieces]:
    """The numeric attributes of students, or of a table's units, that are counted in bands.

    Between two edges all numbers lie in the same bands and all are accepted, or none is.
    """
    bandings: dict[str, list[Banding]] = {}
    read_otherwise = set(plan.counting.attributes if units == STUDENTS else _best_of(plan, units))
    for item in plan.items:
        if isinstance(item, Banding):
            bandings.setdefault(item.source, []).append(item)
        elif not isinstance(item, Line) or item.in_force(plan.as_of):
            read_otherwise.update(name for tree in trees_of(item) for name in names(tree))
    return {
        name: pieces_between(
            [*_limits(attribute), *(edge for found in bandings[name] for edge in _edges(found))],
            whole=attribute.whole,
        )
        for name, attribute in plan.attributes.items()
        if name in bandings
        and name not in read_otherwise
        and attribute.units == units
        and attribute.level is Level.STUDENT
        and attribute.kind.is_numeric
        and not _has_few_values(attribute)
    }


def _best_of(plan: Plan, units: str) -> tuple[str, ...]:
    best = plan.tables[units].best
    return best.names if best is not None else ()


def _has_few_values(attribute: Attribute) -> bool:
    low, high = attribute.low, attribute.high
    return attribute.whole and low is not None and high is not None and high - low <= FEW


def _limits(attribute: Attribute) -> Iterator[Edge]:
    """Where the numbers begin and end that the rulebook accepts."""
    if attribute.low is not None:
        yield Edge(attribute.low, begins=True)
    if attribute.high is not None:
        yield Edge(attribute.high, begins=False)


def _edges(banding: Banding) -> Iterator[Edge]:
    for band in banding.bands:
        if band.low is not None:
            yield Edge(band.low, begins=True)
        if band.high is not None:
            yield Edge(band.high, begins=band.without_high)


def roster_in_bands(roster: Roster, pieces: Mapping[str, Pieces]) -> Roster:
    """The roster with the texts by which engines count some attributes."""
    found = {
        name: text_in_bands(reader, pieces[name])
        for name, reader in roster.readers.items()
        if name in pieces
    }
    return replace(roster, bands={name: bands for name, bands in found.items() if bands})


def counts_in_bands(counts: Counts, pieces: Mapping[str, Pieces], ledger: Cut = ()) -> Counts:
    """The counts with one number in place of all that lie in the same bands.

    `ledger` is the cut of the rows read. Whatever form the texts had, and whichever of them an
    engine replaced, the counts become the same.
    """

    def alike(cut: Cut, values: tuple[Value, ...]) -> tuple[Value, ...]:
        return tuple(
            pieces[name].alike(value) if name in pieces and isinstance(value, Fraction) else value
            for name, value in zip(cut, values, strict=False)
        )

    def told(table: CountTable) -> CountTable:
        values = [alike(table.cut, known) for known in table.combinations]
        if values == list(table.combinations):
            return table
        students: Counter[tuple[int, int]] = Counter()
        for school, kind, number in zip(
            table.schools, table.combination, table.students, strict=True
        ):
            students[school, kind] += number
        return table_of(table.cut, students, values.__getitem__)

    files = list(dict.fromkeys(entry.file for entry in counts.read))
    number_of = {file: number for number, file in enumerate(files)}
    rows: Counter[RowKey] = Counter()
    counted: Counter[RowKey] = Counter()
    for entry in counts.read:
        key = number_of[entry.file], entry.school, alike(ledger, entry.values), entry.left_out
        rows[key] += entry.rows
        counted[key] += entry.students
    tables = {cut: told(table) for cut, table in counts.tables.items()}
    return replace(counts, tables=tables, read=rows_read(files, rows, counted))


def bandings_told(plan: Plan, read: Collection[str]) -> dict[str, list[Banding]]:
    """The bands, of those that are `read`, by which students are told apart in an attribute.

    Only attributes that are counted in bands are among them.
    """
    found: dict[str, list[Banding]] = {name: [] for name in pieces_counted(plan)}
    for item in plan.items:
        if isinstance(item, Banding) and item.source in found and item.name in read:
            found[item.source].append(item)
    return found


def told_in_bands(
    values: Mapping[str, Value], bandings: Mapping[str, Sequence[Banding]]
) -> dict[str, Value]:
    """Values of students as a reader is told them: a band in place of the number in it."""
    found: dict[str, Value] = {}
    for name, value in values.items():
        if name in bandings and isinstance(value, Fraction):
            found |= {item.name: item.band_of(value) or "" for item in bandings[name]}
        else:
            found[name] = value
    return found
