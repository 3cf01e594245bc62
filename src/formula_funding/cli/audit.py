"""`funding audit`: the proof of fairness."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from formula_funding.cli.console import messages, results
from formula_funding.cli.exit_codes import PROBLEMS
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
    ReasonOption,
    RosterArgument,
    RulebookArgument,
    SchoolsOption,
    TablesOption,
    TemporaryOption,
)
from formula_funding.cli.patience import patience


def audit(
    rulebook: RulebookArgument,
    roster: RosterArgument = None,
    schools: SchoolsOption = None,
    layout: LayoutOption = None,
    table: TablesOption = None,
    as_of: AsOfOption = None,
    limit: LimitOption = None,
    engine: EngineOption = EngineName.AUTO,
    master: MasterOption = None,
    memory_limit: MemoryOption = None,
    temp_dir: TemporaryOption = None,
    accept: AcceptOption = None,
    reason: ReasonOption = None,
    lang: LanguageOption = Language.EN,
    weight: Annotated[
        str | None,
        typer.Option("--weight", metavar="COLUMN", help="The register's need weight per student."),
    ] = None,
    wealth: Annotated[
        str | None,
        typer.Option("--wealth", metavar="COLUMN", help="The register's wealth per student."),
    ] = None,
    format_: Annotated[
        Format, typer.Option("--format", help="What to print: table (text) or json.")
    ] = Format.TABLE,
) -> None:
    """Prove that every status is paid alike; measure equity.

    Exceptions to neutrality are told with their sources, and cliffs with what they cost.
    Exit code 1 when the audit fails.

    Example: funding audit rulebook.yaml roster.csv --schools schools.csv
    """
    import json

    from formula_funding.audit.document import audit_document
    from formula_funding.cli.show_accepted import show_accepted
    from formula_funding.cli.show_problems import show_problems
    from formula_funding.language.audit_text import audit_lines
    from formula_funding.language.words import Words
    from formula_funding.pipeline import audited

    if format_ is Format.CSV:
        raise typer.BadParameter("an audit is printed as `table` or `json`")
    inputs = inputs_from_options(
        *(rulebook, roster, schools, layout, table, as_of, limit),
        accept=accept,
        reason=reason,
        engine=engine,
        master=master,
        memory_limit=memory_limit,
        temp_dir=temp_dir,
    )
    with patience("counting and pricing") as progress:
        finished, warnings = audited(replace(inputs, progress=progress), weight, wealth)
    if format_ is Format.JSON:
        typer.echo(json.dumps(audit_document(finished), ensure_ascii=False, indent=2))
    else:
        console = results()
        for line in audit_lines(finished, lang.value):
            console.print(line, markup=False, soft_wrap=True)
        show_accepted(finished.accepted, Words(lang.value), console)
    show_problems(warnings, messages())
    if not finished.is_passed:
        raise typer.Exit(PROBLEMS)
