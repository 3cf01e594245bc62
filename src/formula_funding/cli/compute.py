"""`funding compute`: rosters and a rulebook in, every school's allocation out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from formula_funding.cli.console import messages, quoted, results
from formula_funding.cli.garbage import spare_what_is_imported
from formula_funding.cli.inputs import inputs_from_options
from formula_funding.cli.options import (
    AcceptOption,
    AsOfOption,
    EngineName,
    EngineOption,
    Format,
    Language,
    LanguageOption,
    LayoutOption,
    LimitOption,
    MasterOption,
    MemoryOption,
    PreviousOption,
    ReasonOption,
    RosterArgument,
    RulebookArgument,
    SchoolsOption,
    TablesOption,
    TemporaryOption,
    ThresholdOption,
)
from formula_funding.cli.patience import patience

if TYPE_CHECKING:
    from formula_funding.model.inputs import Inputs
    from formula_funding.model.url import Given
    from formula_funding.pipeline import Run


def compute(
    rulebook: RulebookArgument,
    roster: RosterArgument = None,
    schools: SchoolsOption = None,
    layout: LayoutOption = None,
    table: TablesOption = None,
    as_of: AsOfOption = None,
    limit: LimitOption = None,
    memory_limit: MemoryOption = None,
    temp_dir: TemporaryOption = None,
    lang: LanguageOption = Language.EN,
    engine: EngineOption = EngineName.AUTO,
    master: MasterOption = None,
    previous: PreviousOption = None,
    threshold: ThresholdOption = "20%",
    accept: AcceptOption = None,
    reason: ReasonOption = None,
    format_: Annotated[Format, typer.Option("--format", help="What to print.")] = Format.TABLE,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            help="Write .csv, .parquet, .xlsx, .json; .lines.csv: a row per line.",
        ),
    ] = None,
    per_school: Annotated[
        Path | None,
        typer.Option("--per-school", metavar="DIR", help="Write one workbook per school."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the output file.")] = False,
) -> None:
    """Compute what each school gets.

    Example: funding compute rulebook.yaml roster.csv --schools schools.csv -o allocation.xlsx
    """
    from formula_funding.cli.show_problems import show_problems
    from formula_funding.export.formats import check_ending, write_output
    from formula_funding.export.whole_file import (
        refuse_to_fill,
        refuse_to_overwrite,
        refuse_to_replace_an_input,
    )
    from formula_funding.pipeline import run

    spare_what_is_imported()
    inputs = inputs_from_options(
        *(rulebook, roster, schools, layout, table, as_of, limit),
        accept=accept,
        reason=reason,
        previous=previous,
        threshold=threshold,
        engine=engine,
        master=master,
        memory_limit=memory_limit,
        temp_dir=temp_dir,
    )
    if output is not None:
        check_ending(output)
        refuse_to_overwrite(output, force=force)
        refuse_to_replace_an_input(output, inputs.files)
    if per_school is not None:
        refuse_to_fill(per_school, force=force)
    with patience("counting and pricing") as progress:
        finished = run(replace(inputs, progress=progress))
    if output is not None:
        with patience(f"writing {output.name}") as progress:
            write_output(finished.telling(progress), output, lang.value, force=force)
    if per_school is not None:
        _write_schools(finished, per_school, lang.value, force=force)
    _print(finished, format_, lang.value, output)
    show_problems(finished.warnings, messages())
    if output is not None:
        _tell(finished, output, lang.value)


def _write_schools(finished: Run, folder: Path, language: str, *, force: bool) -> None:
    from formula_funding.export.per_school import write_schools
    from formula_funding.export.whole_file import fill_whole

    with patience(f"writing a workbook for each school to {folder.name}") as progress:
        told = finished.telling(progress)
        fill_whole(folder, lambda path: write_schools(told, path, language), force=force)


def _print(finished: Run, format_: Format, language: str, written: Path | None) -> None:
    if format_ is Format.JSON:
        from formula_funding.export.to_json import json_parts

        for part in json_parts(finished):
            typer.echo(part, nl=False)
    elif format_ is Format.CSV:
        from formula_funding.export.tables import by_school
        from formula_funding.export.to_csv import csv_parts

        for part in csv_parts(by_school(finished.allocation)):
            typer.echo(part, nl=False)
    else:
        from formula_funding.cli.allocation_table import show_allocation

        show_allocation(finished.allocation, language, results(), written)


def _accepting(inputs: Inputs) -> Iterator[tuple[str, str]]:
    for code, reason in inputs.accept.items():
        yield "--accept", code
        yield "--reason", reason


def _tell(finished: Run, output: Path, language: str) -> None:
    """What was written and what to type next."""
    from formula_funding.language.words import Words
    from formula_funding.model.url import Url

    words = Words(language)
    inputs = finished.inputs
    given: list[str | Given] = [inputs.rulebook, *inputs.rosters]
    is_remote = any(isinstance(file, Url) for file in (*inputs.rosters, *inputs.tables.values()))
    for option, value in (
        ("--schools", inputs.schools),
        ("--layout", inputs.layout),
        ("--as-of", str(inputs.as_of) if inputs.as_of else None),
        *(("--table", f"{name}={file}") for name, file in inputs.tables.items()),
        *_accepting(inputs),
        *(("--limit", limit) for limit in inputs.limits.raised),
        ("--engine", inputs.engine if is_remote else None),
        ("--master", inputs.master if is_remote else None),
        ("--lang", language if language != Language.EN.value else None),
    ):
        given += [option, value] if value is not None else []
    files = " ".join(quoted(part) for part in given)
    school = next(filter(str.isprintable, finished.allocation.register.ids), "")
    document = quoted(output.with_suffix(".json"))
    console = messages()
    console.print(f"{words('wrote')} {output.as_posix()}", style="bold", markup=False)
    console.print(words("next"))
    commands = [(f"funding explain {files} --school {quoted(school)}", words("next_explain"))]
    if output.suffix.lower() != ".json":
        commands.append((f"funding compute {files} -o {document}", words("next_json")))
    commands.append((f"funding replay {document}", words("next_replay")))
    for command, purpose in commands:
        console.print(f"  {command}  # {purpose}", markup=False, soft_wrap=True)
