"""`funding tally`: a roster counted once, to be kept without any student."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from formula_funding.cli.console import messages, quoted
from formula_funding.cli.inputs import inputs_from_options
from formula_funding.cli.options import (
    AcceptOption,
    AsOfOption,
    CountingEngineOption,
    EngineName,
    LayoutOption,
    LimitOption,
    MasterOption,
    MemoryOption,
    ReasonOption,
    SchoolsOption,
    TemporaryOption,
)
from formula_funding.cli.patience import patience


def tally(
    roster: Annotated[
        list[str],
        typer.Argument(
            metavar="ROSTER...",
            help="The roster: one or several files, or URLs with --engine spark.",
        ),
    ],
    rulebook: Annotated[
        Path, typer.Option("--rulebook", metavar="FILE", help="Whose attributes are kept.")
    ],
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="FILE", help="city.tally.parquet")
    ],
    also: Annotated[
        list[str] | None,
        typer.Option(
            "--also",
            metavar="NAME",
            help="Keep an attribute that no rule reads yet; may be given several times.",
            show_default=False,
        ),
    ] = None,
    schools: SchoolsOption = None,
    layout: LayoutOption = None,
    as_of: AsOfOption = None,
    engine: CountingEngineOption = EngineName.AUTO,
    master: MasterOption = None,
    memory_limit: MemoryOption = None,
    temp_dir: TemporaryOption = None,
    limit: LimitOption = None,
    accept: AcceptOption = None,
    reason: ReasonOption = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the output file.")] = False,
) -> None:
    """Count a roster once and keep the counts, no student.

    The tally holds numbers of students by school and by what the rules read. Every command
    takes it in place of the roster.

    Example: funding tally roster.csv --rulebook rulebook.yaml -o city.tally.parquet
    """
    from formula_funding.cli.show_problems import show_problems
    from formula_funding.diagnostics.wording import counted
    from formula_funding.export.whole_file import (
        refuse_to_overwrite,
        refuse_to_replace_an_input,
        write_whole,
    )
    from formula_funding.pipeline import kept_tally
    from formula_funding.tally.kept_file import write_kept

    if output.suffix.lower() != ".parquet":
        raise typer.BadParameter("a tally is written to a file that ends in .parquet")
    refuse_to_overwrite(output, force=force)
    inputs = inputs_from_options(
        *(rulebook, roster, schools, layout, None, as_of, limit),
        accept=accept,
        reason=reason,
        engine=engine,
        master=master,
        memory_limit=memory_limit,
        temp_dir=temp_dir,
    )
    refuse_to_replace_an_input(output, inputs.files)
    with patience("counting") as progress:
        kept, warnings = kept_tally(replace(inputs, progress=progress), also or ())
        write_whole(output, lambda path: write_kept(kept, path, temp_dir), force=force)
    show_problems(warnings, messages())
    groups = counted(kept.counted, "group")
    console = messages()
    console.print(f"wrote {output.as_posix()}", style="bold", markup=False, soft_wrap=True)
    for line in (
        f"{counted(kept.rows, 'row')} read, {counted(kept.students, 'student')} of "
        f"{counted(len(kept.schools), 'school')} in {groups}, {kept.alone:,} of one student; "
        "no id is kept",
        f"by {', '.join(kept.cut) or 'school alone'}",
    ):
        console.print(line, markup=False, soft_wrap=True)
    given = f"{quoted(rulebook)} {quoted(output)}"
    register = f" --schools {quoted(schools)}" if schools else ""
    console.print(f"next: funding compute {given}{register}", markup=False, soft_wrap=True)
