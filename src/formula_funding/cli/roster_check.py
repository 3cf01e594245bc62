"""`funding roster check`: every problem of a roster in one report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from formula_funding.cli.console import messages, results
from formula_funding.cli.options import AsOfOption, LayoutOption, RulebookArgument, SchoolsOption
from formula_funding.cli.patience import patience


def roster_check(
    rulebook: RulebookArgument,
    roster: Annotated[
        list[Path], typer.Argument(metavar="ROSTER...", help="The roster: one or several files.")
    ],
    schools: SchoolsOption = None,
    layout: LayoutOption = None,
    as_of: AsOfOption = None,
) -> None:
    """Check a roster by a rulebook and show every problem in one report.

    [bold]funding roster check rulebook.yaml roster.csv --schools schools.csv[/bold]
    """
    from formula_funding.cli.show_problems import show_problems
    from formula_funding.diagnostics.problem import Problems
    from formula_funding.diagnostics.wording import counted
    from formula_funding.pipeline import Inputs, check_data

    problems = Problems()
    with patience("reading"):
        _, counts, _ = check_data(Inputs(rulebook, tuple(roster), schools, layout, as_of), problems)
    show_problems(problems.warnings, messages())
    results().print(f"{counted(counts.rows, 'row')} read, all as declared.", markup=False)
