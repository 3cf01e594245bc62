"""`funding check`: a rulebook without computing anything, and a roster with it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from formula_funding.cli.console import messages, results
from formula_funding.cli.inputs import inputs_from_options
from formula_funding.cli.options import (
    AsOfOption,
    CountingEngineOption,
    EngineName,
    LayoutOption,
    LimitOption,
    MasterOption,
    MemoryOption,
    RulebookArgument,
    SchoolsOption,
    TablesOption,
    TemporaryOption,
)
from formula_funding.cli.patience import patience

if TYPE_CHECKING:
    from rich.console import Console

    from formula_funding.compile.checked_rulebook import CheckedRulebook


def check(
    rulebook: RulebookArgument,
    roster: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ROSTER...]", help="A roster to check by it."),
    ] = None,
    schools: SchoolsOption = None,
    layout: LayoutOption = None,
    table: TablesOption = None,
    as_of: AsOfOption = None,
    limit: LimitOption = None,
    engine: CountingEngineOption = EngineName.AUTO,
    master: MasterOption = None,
    memory_limit: MemoryOption = None,
    temp_dir: TemporaryOption = None,
) -> None:
    """Check a rulebook, and a roster by it; show every problem.

    Example: funding check rulebook.yaml
    """
    from formula_funding.analysis.analysis import analyse
    from formula_funding.cli.show_analysis import show_analysis
    from formula_funding.cli.show_problems import show_problems
    from formula_funding.diagnostics.problem import Problems
    from formula_funding.diagnostics.wording import counted
    from formula_funding.examples import check_examples
    from formula_funding.pipeline import check_data, checked_rulebook

    problems = Problems()
    checked = checked_rulebook(rulebook, problems)
    check_examples(checked, problems)
    analysis = analyse(checked, as_of, problems)
    problems.stop_if_errors()
    if roster:
        problems = Problems()
        inputs = inputs_from_options(
            *(rulebook, roster, schools, layout, table, as_of, limit),
            engine=engine,
            master=master,
            memory_limit=memory_limit,
            temp_dir=temp_dir,
        )
        with patience("reading") as progress:
            _, data = check_data(replace(inputs, progress=progress), problems)
    show_problems([*problems.warnings, *analysis.warnings], messages())
    console = results()
    _tell_sound(checked, rulebook, console)
    show_analysis(analysis, console)
    if roster:
        files = ", ".join(file.as_posix() for file in inputs.rosters)
        console.print(
            f"{files}: {counted(data.counts.rows, 'row')} read, all as declared.", markup=False
        )


def _tell_sound(checked: CheckedRulebook, rulebook: Path, console: Console) -> None:
    """How much there is in a rulebook without problems, and whether it is neutral."""
    from formula_funding.diagnostics.wording import counted

    book = checked.rulebook
    console.print(
        f"{rulebook.as_posix()}: {counted(len(book.lines), 'line')}, "
        f"{counted(len(book.steps), 'step')}, {counted(len(book.define), 'definition')}, "
        f"{counted(len(book.parameters), 'parameter')}: all sound.",
        markup=False,
        soft_wrap=True,
    )
    if len(checked.files) > 1:
        bases = ", ".join(file.as_posix() for file in checked.files[1:])
        console.print(f"Based on {bases}.", markup=False, soft_wrap=True)
    protected = [name for name, attribute in checked.attributes.items() if attribute.protected]
    if book.legacy is not None:
        console.print("A legacy scheme, for comparison only.", style="red")
    elif protected:
        names = ", ".join(protected)
        console.print(
            f"Status-neutral: no rule reads {names}, directly or through another definition.",
            markup=False,
        )
