"""A roster and counts in which one number stands for all that lie in the same bands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from formula_funding.exact.pieces import Pieces
from formula_funding.model.counts import Counts, CountTable, Cut
from formula_funding.model.plan import Value
from formula_funding.read.roster import Roster
from formula_funding.read.text_in_bands import text_in_bands
from formula_funding.tally.counts_from_tally import RowKey, rows_read, table_of


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
    kinds: dict[tuple[Value, ...], int] = {}
    entries: list[tuple[RowKey, int, int]] = []
    for entry in counts.read:
        kind = kinds.setdefault(alike(ledger, entry.values), len(kinds))
        key = number_of[entry.file], entry.school, kind, entry.left_out
        entries.append((key, entry.rows, entry.students))
    tables = {cut: told(table) for cut, table in counts.tables.items()}
    return replace(counts, tables=tables, read=rows_read(files, list(kinds), entries))
