"""What a run is given: files, a date, and who counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path


@dataclass(frozen=True)
class Inputs:
    """What a run is given."""

    rulebook: Path
    rosters: tuple[Path, ...]
    schools: Path | None = None
    layout: Path | None = None
    as_of: date | None = None
    engine: str = "duckdb"
