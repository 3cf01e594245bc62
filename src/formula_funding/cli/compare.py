"""`funding compare`: what a scenario would change, for whom, and why."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from formula_funding.cli.console import messages, results
from formula_funding.cli.inputs import inputs_from_options
from formula_funding.cli.options import (
    AcceptOption,
    AsOfOption,
    CountingEngineOption,
    EngineName,
    Format,
    Language,
    LanguageOption,
    LayoutOption,
    LimitOption,
    MasterOption,
    MemoryOption,
    ReasonOption,
    RosterArgument,
    RulebookArgument,
    SchoolsOption,
    TablesOption,
    TemporaryOption,
)
from formula_funding.cli.patience import patience

if TYPE_CHECKING:
    from formula_funding.model.url import Given
    from formula_funding.scenario.difference import Compared, Difference


def compare(
    rulebook: RulebookArgument,
    roster: RosterArgument = None,
    scenarios: Annotated[
        list[Path] | None,
        typer.Option("--with", metavar="FILE", help="A scenario; may be given several times."),
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
    accept: AcceptOption = None,
    reason: ReasonOption = None,
    lang: LanguageOption = Language.EN,
    format_: Annotated[Format, typer.Option("--format", help="What is printed.")] = Format.TABLE,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write a .xlsx file.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the output file.")] = False,
    by: Annotated[
        str | None,
        typer.Option("--by", metavar="COLUMN", help="Who gains, by a column of the register."),
    ] = None,
    school: Annotated[
        str | None, typer.Option("--school", metavar="ID", help="One school, line by line.")
    ] = None,
    letter: Annotated[
        str | None, typer.Option("--letter", metavar="ID", help="Tell one school why, in words.")
    ] = None,
) -> None:
    """Compare with scenarios: who gains, who loses, and why.

    Example: funding compare rulebook.yaml roster.csv --schools schools.csv --with more.yaml

    Two earlier results can be compared too: funding compare before.json after.json
    """
    from formula_funding.cli.show_problems import show_problems
    from formula_funding.export.comparison_as_text import (
        csv_from_comparisons,
        json_from_comparison,
    )
    from formula_funding.export.whole_file import (
        refuse_to_overwrite,
        refuse_to_replace_an_input,
        write_whole,
    )
    from formula_funding.whatif import compare_each, compare_results

    inputs = inputs_from_options(
        *(rulebook, roster, schools, layout, table, as_of, limit),
        accept=accept,
        reason=reason,
        engine=engine,
        master=master,
        memory_limit=memory_limit,
        temp_dir=temp_dir,
    )
    documents = _documents(rulebook, inputs.rosters, scenarios)
    if output is not None:
        if output.suffix.lower() != ".xlsx":
            raise typer.BadParameter("a comparison is written to a file that ends in .xlsx")
        refuse_to_overwrite(output, force=force)
        refuse_to_replace_an_input(output, [*inputs.files, *(scenarios or ())])
    compared: Sequence[Compared]
    if documents is not None:
        compared = [compare_results(*documents)]
    else:
        with patience("counting and pricing") as progress:
            inputs = replace(inputs, progress=progress)
            compared = compare_each(inputs, scenarios or (), by)
    if output is not None:
        from formula_funding.export.comparison_workbook import write_comparison

        def write(path: Path) -> None:
            write_comparison(compared, path, lang.value, temp_dir)

        write_whole(output, write, force=force)
        messages().print(f"wrote {output.as_posix()}", markup=False, soft_wrap=True)
    if letter is not None:
        _show_letters(compared, letter, lang.value)
    elif format_ is Format.JSON:
        whole = [json_from_comparison(one) for one in compared]
        typer.echo(json.dumps(whole, ensure_ascii=False, indent=2))
    elif format_ is Format.CSV:
        typer.echo(csv_from_comparisons(compared), nl=False)
    else:
        _show(compared, school, lang.value, output)
    for one in compared:
        show_problems(one.warnings, messages())


def _documents(
    first: Path, others: Sequence[Given], scenarios: list[Path] | None
) -> tuple[Path, Path] | None:
    """Two earlier results, if that is what is compared; wrong usage (exit code 2) if neither."""
    if first.suffix.lower() != ".json":
        if not scenarios:
            raise typer.BadParameter("name a scenario: --with scenario.yaml")
        return None
    from formula_funding.sources.remote import on_this_machine

    second = on_this_machine(others[0]) if len(others) == 1 else None
    if scenarios or second is None or second.suffix.lower() != ".json":
        raise typer.BadParameter("name two results: funding compare before.json after.json")
    return first, second


def _show_letters(compared: Sequence[Compared], school: str, language: str) -> None:
    """For each comparison a letter that tells the school why."""
    from formula_funding.cli.show_accepted import show_accepted
    from formula_funding.language.reasons import letter
    from formula_funding.language.words import Words

    for one in compared:
        text = letter(_school(one, school), one, language)
        results().print(text, markup=False, soft_wrap=True)
        show_accepted(one.accepted, Words(language), results())


def _show(
    compared: Sequence[Compared], school: str | None, language: str, written: Path | None
) -> None:
    from formula_funding.cli.show_accepted import show_accepted
    from formula_funding.cli.show_comparison import ComparisonShown
    from formula_funding.language.words import Words

    for one in compared:
        shown = ComparisonShown(one, language)
        if school is None:
            shown.show(written)
        else:
            shown.show_school(_school(one, school))
        show_accepted(one.accepted, Words(language), results())


def _school(compared: Compared, school: str) -> Difference:
    """One school of a comparison. Raises ProblemsFoundError for an unknown one."""
    from formula_funding.cli.asked_school import check_school

    known = {difference.school: difference for difference in compared.differences}
    check_school(school, {one.school: one.name for one in compared.differences})
    return known[school]
