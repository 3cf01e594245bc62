"""`funding roster check`: every problem of a roster in one report."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from formula_funding.cli.console import messages, results
from formula_funding.cli.exit_codes import code_of
from formula_funding.cli.inputs import inputs_from_options
from formula_funding.cli.options import (
    AsOfOption,
    LayoutOption,
    LimitOption,
    PreviousOption,
    RulebookArgument,
    SchoolsOption,
    TablesOption,
    TemporaryOption,
    ThresholdOption,
)
from formula_funding.cli.patience import patience

if TYPE_CHECKING:
    from formula_funding.report.roster_report import RosterReport


class ReportFormat(StrEnum):
    """How the report is printed."""

    TEXT = "text"
    JSON = "json"


def roster_check(
    rulebook: RulebookArgument,
    roster: Annotated[
        list[Path], typer.Argument(metavar="ROSTER...", help="The roster: one or several files.")
    ],
    schools: SchoolsOption = None,
    layout: LayoutOption = None,
    table: TablesOption = None,
    as_of: AsOfOption = None,
    limit: LimitOption = None,
    temp_dir: TemporaryOption = None,
    previous: PreviousOption = None,
    threshold: ThresholdOption = "20%",
    show_values: Annotated[
        bool, typer.Option("--show-values", help="Show what stands in wrong cells, but no ids.")
    ] = False,
    format_: Annotated[
        ReportFormat, typer.Option("--format", help="What to print.")
    ] = ReportFormat.TEXT,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE.xlsx",
            help="Write a copy of the roster with the wrong cells marked; of several files, a "
            "folder of copies.",
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the output.")] = False,
) -> None:
    """Check a roster by a rulebook: every problem in one report.

    Example: funding roster check rulebook.yaml roster.csv --schools schools.csv -o marked.xlsx
    """
    from formula_funding.diagnostics import codes
    from formula_funding.diagnostics.problem import Problems, stop
    from formula_funding.export.annotated_copies import copies_to_write, write_copies
    from formula_funding.read.findings import Detail
    from formula_funding.report.roster_report import roster_report
    from formula_funding.sources.files_given import files_meant
    from formula_funding.sources.remote import on_this_machine
    from formula_funding.sources.workspace import Workspace
    from formula_funding.tally.kept_key import is_kept_tally

    inputs = inputs_from_options(
        *(rulebook, roster, schools, layout, table, as_of, limit),
        previous=previous,
        threshold=threshold,
        temp_dir=temp_dir,
    )
    given = [on_this_machine(file) for file in (*inputs.rosters, *inputs.tables.values())]
    meant = files_meant(given, inputs.limits, Problems())
    if any(is_kept_tally(path) for path in meant):
        stop(
            codes.TALLY_IN_THE_WRONG_PLACE,
            "a kept tally has no rows to check",
            hint="give the roster that was tallied",
        )
    copies = copies_to_write(inputs, meant, output, force=force) if output is not None else {}
    with Workspace(inputs.limits, within=temp_dir) as workspace:
        with patience("reading") as workspace.progress:
            detail = Detail(places=MARKED if copies else SHOWN, texts=True)
            report = roster_report(inputs, detail, workspace)
        _print(report, format_, show_values)
        with patience("writing") as progress:
            written = write_copies(report, copies, force=force, within=temp_dir, progress=progress)
    for path in written:
        messages().print(f"Wrote {path.as_posix()}", style="bold", markup=False, soft_wrap=True)
    errors = [problem for problem in report.problems if problem.is_error]
    if errors:
        raise typer.Exit(code_of(errors))


SHOWN, MARKED = 5, 100_000
"""So many places of each problem are kept to be shown, or to be marked in a copy."""


def _print(report: RosterReport, format_: ReportFormat, show_values: bool) -> None:
    if format_ is ReportFormat.JSON:
        from formula_funding.report.report_as_json import report_as_json

        typer.echo(report_as_json(report, show_values=show_values), nl=False)
    else:
        from formula_funding.cli.show_report import show_report

        show_report(report, results(), show_values=show_values)
