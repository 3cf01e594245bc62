"""What a run is given: files, a date, and who counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from formula_funding.model.limits import Limits
from formula_funding.model.progress import Progress, no_progress
from formula_funding.model.resources import Resources
from formula_funding.model.url import Given
from formula_funding.rules.period import Period

if TYPE_CHECKING:
    from formula_funding.rules.scenario import Crosswalk

DEFAULT_THRESHOLD = Fraction(1, 5)


@dataclass(frozen=True)
class Inputs:
    """What a run is given."""

    rulebook: Path
    rosters: tuple[Given, ...]
    schools: Path | None = None
    layout: Path | None = None
    as_of: date | Period | None = None
    engine: str = "auto"
    master: str | None = None
    """Where Spark runs, if it is the engine; None for what Spark's own settings say."""
    tables: Mapping[str, Given] = field(default_factory=dict)
    """The files of what the rulebook counts beside students, by the name of the table."""
    accept: Mapping[str, str] = field(default_factory=dict)
    """The codes of findings that an officer overrules, each with the reason."""
    previous: Path | None = None
    threshold: Fraction = DEFAULT_THRESHOLD
    """By which share a school's students may differ from those of the `previous` run."""
    crosswalk: Mapping[str, Crosswalk] = field(default_factory=dict)
    """How the rulebook's attributes come from those by which a tally was kept."""
    limits: Limits = field(default_factory=Limits)
    resources: Resources = field(default_factory=Resources)
    progress: Progress = no_progress

    @property
    def files(self) -> tuple[Given, ...]:
        """All that is read, but for a layout that is found beside the rulebook."""
        others = (self.schools, self.layout, self.previous)
        named = [path for path in others if path is not None]
        return (self.rulebook, *self.rosters, *named, *self.tables.values())
