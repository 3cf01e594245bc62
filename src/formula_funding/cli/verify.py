"""`funding verify`: which cells of an allocation workbook were changed by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from formula_funding.cli.console import results
from formula_funding.cli.options import (
    AsOfOption,
    LayoutOption,
    LimitOption,
    RosterArgument,
    RulebookArgument,
    SchoolsOption,
    TablesOption,
    raised_limits,
    table_files,
)
from formula_funding.cli.patience import patience


def verify(
    workbook: Annotated[
        Path,
        typer.Argument(metavar="WORKBOOK", help="A workbook of `funding compute -o FILE.xlsx`."),
    ],
    rulebook: RulebookArgument,
    roster: RosterArgument = None,
    schools: SchoolsOption = None,
    layout: LayoutOption = None,
    table: TablesOption = None,
    as_of: AsOfOption = None,
    limit: LimitOption = None,
) -> None:
    """Say which cells of an allocation workbook were changed by hand.

    The engine computes again from the files of the run. Exit code 1 if anything was changed.

    [bold]funding verify allocation.xlsx rulebook.yaml roster.csv --schools schools.csv[/bold]
    """
    from formula_funding.diagnostics.problem import Problems
    from formula_funding.pipeline import Inputs
    from formula_funding.verify import verify as verify_workbook

    inputs = Inputs(
        *(rulebook, tuple(roster or ()), schools, layout, as_of),
        tables=table_files(table),
        limits=raised_limits(limit),
    )
    problems = Problems()
    with patience(f"computing again and comparing {workbook.name}"):
        verified = verify_workbook(workbook, inputs, problems)
    problems.stop_if_errors()
    results().print(
        f"{verified.schools:,} schools, {verified.cells:,} cells, {verified.formulas:,} of them "
        "formulas: all as the engine makes them.",
        markup=False,
        soft_wrap=True,
    )
