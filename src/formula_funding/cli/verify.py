"""`funding verify`: which cells of an allocation workbook were changed by hand."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from formula_funding.cli.console import results
from formula_funding.cli.exit_codes import PROBLEMS
from formula_funding.cli.inputs import inputs_from_options, raised_limits
from formula_funding.cli.options import (
    AsOfOption,
    EngineName,
    EngineOption,
    LayoutOption,
    LimitOption,
    MasterOption,
    MemoryOption,
    RosterArgument,
    SchoolsOption,
    TablesOption,
    TemporaryOption,
)
from formula_funding.cli.patience import patience

if TYPE_CHECKING:
    from formula_funding.verify.verify import Verified


class VerifyFormat(StrEnum):
    """How the findings are printed."""

    TEXT = "text"
    JSON = "json"


def verify(
    workbook: Annotated[
        Path,
        typer.Argument(metavar="WORKBOOK", help="A workbook of `funding compute -o FILE.xlsx`."),
    ],
    rulebook: Annotated[
        Path | None,
        typer.Argument(metavar="RULEBOOK", help="Compare with what the engine computes now."),
    ] = None,
    roster: RosterArgument = None,
    schools: SchoolsOption = None,
    layout: LayoutOption = None,
    table: TablesOption = None,
    as_of: AsOfOption = None,
    engine: EngineOption = EngineName.AUTO,
    master: MasterOption = None,
    memory_limit: MemoryOption = None,
    temp_dir: TemporaryOption = None,
    format_: Annotated[
        VerifyFormat, typer.Option("--format", help="text, or json for programs.")
    ] = VerifyFormat.TEXT,
    limit: LimitOption = None,
) -> None:
    """Say which cells of a workbook were changed by hand.

    Without further files the workbook is held against the record that it keeps of itself; where
    figures or counts were changed, its formulas are computed again from them. With the rulebook
    and the roster of the run it is held against what the engine computes now. Exit code 1 if
    anything differs.

    The record guards against slips of the hand. It is no proof against forgery: who can write a
    workbook can write its record too. For that, give the files of the run.

    Example: funding verify allocation.xlsx
    """
    import json

    from formula_funding.verify.verify import verify as verify_workbook

    limits = raised_limits(limit)
    inputs = None
    if rulebook is not None:
        inputs = inputs_from_options(
            *(rulebook, roster, schools, layout, table, as_of, limit),
            engine=engine,
            master=master,
            memory_limit=memory_limit,
            temp_dir=temp_dir,
        )
    elif schools or layout or table or as_of:
        raise typer.BadParameter("give the rulebook and the roster of the run too")
    with patience(f"comparing {workbook.name}"):
        verified = verify_workbook(workbook, limits, inputs)
    if format_ is VerifyFormat.JSON:
        typer.echo(json.dumps(verified.as_json(), ensure_ascii=False, indent=2))
        raise typer.Exit(PROBLEMS if verified.findings else 0)
    results().print(_told(verified, inputs is not None), markup=False, soft_wrap=True)
    verified.problems().stop_if_errors()


def _told(verified: Verified, is_engine: bool) -> str:
    """The verdict in one sentence."""
    from formula_funding.diagnostics.wording import counted
    from formula_funding.verify.verify import Verdict

    name, number = verified.workbook, len(verified.findings)
    inputs = sum(finding.is_input for finding in verified.findings)
    if verified.verdict is Verdict.AS_WRITTEN:
        as_ = "as the engine computes them now" if is_engine else "as the program wrote them"
        cells = f"{verified.cells:,} cells, {verified.formulas:,} of them formulas"
        return f"{name}: {cells}: all {as_}."
    if verified.verdict is Verdict.CONSISTENT:
        changed = f"{counted(number, 'input')} changed; every formula gives what follows from them"
        return f"{name}: consistent, but not the engine's figures: {changed}."
    if verified.verdict is Verdict.STALE:
        stale = (
            f"{counted(number - inputs, 'formula')} shown otherwise than the cells they read give"
        )
        return f"{name}: not calculated anew: {counted(inputs, 'input')} changed; {stale}."
    return f"{name}: changed by hand: {counted(number, 'finding')}."
