"""The same from Python: `compute(...)` and `compare(...)` return results with DataFrames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from formula_funding.diagnostics.problem import Problem
from formula_funding.exact.number_text import ratio_from_text, units_text
from formula_funding.model.limits import Limits
from formula_funding.model.url import given_from_text
from formula_funding.rules.period import Period, period_from_text

if TYPE_CHECKING:
    import pandas as pd

    from formula_funding.explain.explanation_from_allocation import Explainer
    from formula_funding.model.inputs import Inputs
    from formula_funding.pipeline import Run
    from formula_funding.scenario.difference import Compared

Paths = str | Path | Sequence[str | Path]
AsOf = date | Period | str | None


@dataclass(frozen=True)
class Result:
    """What each school gets. Amounts are `Decimal`, in the rulebook's currency or points."""

    run: Run

    @cached_property
    def _explainer(self) -> Explainer:
        from formula_funding.explain.explanation_from_allocation import Explainer

        return Explainer(self.run.allocation, self.run.evaluation)

    @property
    def total(self) -> Decimal:
        """What all schools get together."""
        allocation = self.run.allocation
        return Decimal(units_text(allocation.total, allocation.places))

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What did not stop the run but should be known."""
        return self.run.warnings

    @cached_property
    def schools(self) -> pd.DataFrame:
        """One row per school: school_id, name, students, a column per line, total."""
        from formula_funding.export.frames import schools_frame

        return schools_frame(self.run.allocation)

    @cached_property
    def lines(self) -> pd.DataFrame:
        """One row per school and line: school_id, line, amount."""
        from formula_funding.export.frames import lines_frame

        return lines_frame(self.run.allocation)

    @cached_property
    def groups(self) -> pd.DataFrame:
        """One row per school, line and group of alike students: what was counted and paid.

        Columns: school_id, line, the attributes that the lines read, students, rate, amount.
        """
        from formula_funding.export.frames import groups_frame

        return groups_frame(self.run.allocation, self._explainer)

    @cached_property
    def document(self) -> dict[str, Any]:
        """The result with its whole explanation, as `funding compute --format json` prints it."""
        from formula_funding.explain.document import document

        return document(self.run.allocation, self._explainer)


@dataclass(frozen=True)
class Comparison:
    """What a scenario would change. Amounts are `Decimal`."""

    compared: Compared

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What did not stop the run but should be known."""
        return self.compared.warnings

    @cached_property
    def schools(self) -> pd.DataFrame:
        """One row per school: school_id, name, before, after, change, and each cause."""
        from formula_funding.export.frames import changes_frame

        return changes_frame(self.compared)

    @cached_property
    def lines(self) -> pd.DataFrame:
        """One row per school and line: school_id, line, before, after, change, and each cause."""
        from formula_funding.export.frames import changes_of_lines_frame

        return changes_of_lines_frame(self.compared)

    @cached_property
    def document(self) -> dict[str, Any]:
        """All of it, as `funding compare --format json` prints it."""
        from formula_funding.export.comparison_as_text import json_from_comparison

        return json_from_comparison(self.compared)


def compare(
    rulebook: str | Path,
    roster: Paths,
    scenario: str | Path,
    *,
    schools: str | Path | None = None,
    layout: str | Path | None = None,
    as_of: AsOf = None,
    engine: str = "auto",
    master: str | None = None,
    tables: Mapping[str, str | Path] | None = None,
    accept: Mapping[str, str] | None = None,
    limits: Mapping[str, int] | None = None,
    by: str | None = None,
) -> Comparison:
    """Hold a rulebook against a scenario: who gains, who loses, how much, and why.

    `by` names a column of the register by which schools are told apart; the other arguments are
    those of `compute`. Raises as `compute` does.
    """
    from formula_funding.whatif import compare as compared_with

    inputs = _inputs(
        *(rulebook, roster, schools, layout, as_of, engine, master, tables, accept, limits)
    )
    return Comparison(compared_with(inputs, Path(scenario), by))


def compute(
    rulebook: str | Path,
    roster: Paths,
    *,
    schools: str | Path | None = None,
    layout: str | Path | None = None,
    as_of: AsOf = None,
    engine: str = "auto",
    master: str | None = None,
    tables: Mapping[str, str | Path] | None = None,
    accept: Mapping[str, str] | None = None,
    previous: str | Path | None = None,
    threshold: str = "20%",
    limits: Mapping[str, int] | None = None,
) -> Result:
    """Compute what each school gets.

    `roster` is one file, folder, pattern or (for Spark) URL, or several; `schools` is the register
    of schools; `layout` defaults to `layout.yaml` beside the rulebook, if there is one; `as_of`, a
    date, "2025-01-31" or a period "2024-09..2025-08", defaults to the date of the rulebook's latest
    figures; `engine` is "auto", "duckdb", "plain" or "spark", and `master` is where Spark runs;
    `tables` are the files of what the rulebook counts beside students, by the name of the table;
    `accept` gives for codes of findings the reason why they are overruled. `previous` is the JSON
    result of an earlier run: schools that differ by more than `threshold` of their students stop
    the run. `limits` raises limits on input files: `{"cells": 500_000_000}`.

    Raises ProblemsFoundError with all problems that were found in the files, and ValueError where
    `as_of` or `threshold` is none.
    """
    from formula_funding.pipeline import run

    inputs = _inputs(
        *(rulebook, roster, schools, layout, as_of, engine, master, tables, accept, limits)
    )
    held = replace(inputs, previous=_path(previous), threshold=ratio_from_text(threshold))
    return Result(run(held))


def _inputs(
    rulebook: str | Path,
    roster: Paths,
    schools: str | Path | None,
    layout: str | Path | None,
    as_of: AsOf,
    engine: str,
    master: str | None,
    tables: Mapping[str, str | Path] | None,
    accept: Mapping[str, str] | None,
    limits: Mapping[str, int] | None,
) -> Inputs:
    """What `compute` and `compare` are given alike."""
    from formula_funding.model.inputs import Inputs

    several = [roster] if isinstance(roster, str | Path) else roster
    return Inputs(
        rulebook=Path(rulebook),
        rosters=tuple(map(given_from_text, several)),
        schools=_path(schools),
        layout=_path(layout),
        as_of=_day_or_period(as_of) if isinstance(as_of, str) else as_of,
        engine=engine,
        master=master,
        tables={name: given_from_text(path) for name, path in (tables or {}).items()},
        accept=dict(accept or {}),
        limits=Limits(**(limits or {})),
    )


def _path(given: str | Path | None) -> Path | None:
    return None if given is None else Path(given)


def _day_or_period(text: str) -> date | Period:
    """Raises ValueError for a text that is neither."""
    return period_from_text(text) or date.fromisoformat(text)
