"""What a run is given: files, a date, and who counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from formula_funding.rules.period import Period


@dataclass(frozen=True)
class Inputs:
    """What a run is given."""

    rulebook: Path
    rosters: tuple[Path, ...]
    schools: Path | None = None
    layout: Path | None = None
    as_of: date | Period | None = None
    engine: str = "duckdb"
    tables: Mapping[str, Path] = field(default_factory=dict)
    """The files of what the rulebook counts beside students, by the name of the table."""
