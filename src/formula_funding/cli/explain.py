"""`funding explain`: how one school's allocation came about."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from formula_funding.cli.console import results
from formula_funding.cli.inputs import inputs_from_options
from formula_funding.cli.options import (
    AcceptOption,
    AsOfOption,
    EngineName,
    EngineOption,
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


def explain(
    rulebook: RulebookArgument,
    school: Annotated[str, typer.Option("--school", metavar="ID", help="The school.")],
    roster: RosterArgument = None,
    line: Annotated[
        str | None, typer.Option("--line", metavar="LINE", help="Only this line.")
    ] = None,
    schools: SchoolsOption = None,
    layout: LayoutOption = None,
    table: TablesOption = None,
    as_of: AsOfOption = None,
    limit: LimitOption = None,
    lang: LanguageOption = Language.EN,
    engine: EngineOption = EngineName.AUTO,
    master: MasterOption = None,
    memory_limit: MemoryOption = None,
    temp_dir: TemporaryOption = None,
    accept: AcceptOption = None,
    reason: ReasonOption = None,
) -> None:
    """Show how one school's allocation came about, line by line.

    Example: funding explain rulebook.yaml roster.csv --schools schools.csv --school 0131
    """
    from formula_funding.cli.asked_school import check_school
    from formula_funding.cli.show_accepted import show_accepted
    from formula_funding.cli.statement import show_statement
    from formula_funding.diagnostics import codes
    from formula_funding.diagnostics.problem import stop
    from formula_funding.diagnostics.wording import did_you_mean
    from formula_funding.explain.explanation_from_allocation import Explainer
    from formula_funding.language.words import Words
    from formula_funding.pipeline import run

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
        finished = run(replace(inputs, progress=progress))
    register = finished.allocation.register
    check_school(school, dict(zip(register.ids, register.names, strict=True)))
    if line is not None and line not in finished.allocation.lines:
        stop(
            codes.UNKNOWN_SCHOOL_ASKED,
            f"the rulebook has no line `{line}`",
            hint=did_you_mean(line, finished.allocation.lines),
        )
    explainer = Explainer(finished.allocation, finished.evaluation)
    explained = explainer.school(register.ids.index(school))
    show_statement(explained, finished.allocation.plan, lang.value, results(), line)
    show_accepted(finished.allocation.ledger.accepted, Words(lang.value), results())
