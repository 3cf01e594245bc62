"""The engine that counts if none is named: Python what is small, DuckDB all else."""

from __future__ import annotations

from collections.abc import Sequence

from formula_funding.model.counts import Cut
from formula_funding.model.resources import Resources
from formula_funding.read.roster import Roster
from formula_funding.sources.table import TableFormat
from formula_funding.tally.csv_count import tally_of_csv
from formula_funding.tally.tally import Tally

_SMALL = 3 * 2**20
"""Up to so many bytes, CSV files are counted before DuckDB is loaded and has counted them."""


class AutomaticEngine:
    """DuckDB is not even loaded for CSV files that are small.

    Where memory is limited, DuckDB counts all, for it keeps to a limit.
    """

    def __init__(self, resources: Resources | None = None) -> None:
        self._resources = resources or Resources()

    def tally(self, roster: Roster, cuts: Sequence[Cut], ledger: Cut = ()) -> Tally:
        """See `Engine.tally`."""
        if self._resources.memory is None and _is_small(roster):
            tally = tally_of_csv(roster, cuts, ledger)
            if tally is not None:
                return tally
        from formula_funding.tally.duckdb_engine import DuckdbEngine

        return DuckdbEngine(self._resources).tally(roster, cuts, ledger)


def _is_small(roster: Roster) -> bool:
    tables = [file.table for file in roster.files]
    is_csv = all(table.format is TableFormat.CSV for table in tables)
    return is_csv and sum(table.path.stat().st_size for table in tables) <= _SMALL
