"""`funding solve`: the rate by which the whole allocation meets a budget."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from formula_funding.cli.console import messages, results
from formula_funding.cli.inputs import inputs_from_options
from formula_funding.cli.options import (
    AcceptOption,
    AsOfOption,
    CountingEngineOption,
    EngineName,
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
    from formula_funding.model.measure import Measure
    from formula_funding.solve import Answer


class Meeting(StrEnum):
    """On which side of the budget the total must stay."""

    AT_MOST = "at-most"
    AT_LEAST = "at-least"
    NEAREST = "nearest-to"


class SolveFormat(StrEnum):
    """How the answer is printed."""

    TEXT = "text"
    JSON = "json"


def solve(
    rulebook: RulebookArgument,
    parameter: Annotated[
        str,
        typer.Option(
            "--parameter", metavar="NAME", help="A figure, a table, or one rate: norm[primary]."
        ),
    ],
    budget: Annotated[str, typer.Option("--budget", metavar="AMOUNT", help="1_000_000_000")],
    roster: RosterArgument = None,
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
    meet: Annotated[
        Meeting, typer.Option("--meet", help="The total must be at most, at least or nearest to.")
    ] = Meeting.AT_MOST,
    between: Annotated[
        str | None,
        typer.Option(
            "--between",
            metavar="LOW..HIGH",
            help="0..200 or 10%..30%; by default 0 to 10 × today's.",
        ),
    ] = None,
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="UNIT", help="0.01 or 0.1%; by default the last decimal."),
    ] = None,
    lang: LanguageOption = Language.EN,
    format_: Annotated[
        SolveFormat, typer.Option("--format", help="What to print.")
    ] = SolveFormat.TEXT,
) -> None:
    """Find the rate by which the total meets a budget.

    A table is multiplied by one factor, which is found.

    Example: funding solve rulebook.yaml roster.csv --parameter norm --budget 1_000_000_000
    """
    from fractions import Fraction

    from formula_funding.cli.show_accepted import show_accepted
    from formula_funding.cli.show_problems import show_problems
    from formula_funding.diagnostics.acceptance import accepted_as_json, warn_of_idle_acceptances
    from formula_funding.diagnostics.problem import Problems
    from formula_funding.exact.number_text import NotANumberError, number_from_text, ratio_from_text
    from formula_funding.exact.solving import Direction
    from formula_funding.language.search_text import answer_lines
    from formula_funding.language.words import Words
    from formula_funding.pipeline import check_data
    from formula_funding.solve import Wanted
    from formula_funding.solve import solve as find

    def number(text: str, read: Callable[[str], Fraction] = number_from_text) -> Fraction:
        try:
            return read(text)
        except NotANumberError as error:
            raise typer.BadParameter(f"`{text}` is no number; {error.hint}") from None

    def figure(text: str) -> Fraction | None:
        return number(text.strip(), ratio_from_text) if text.strip() else None

    low = high = None
    if between is not None:
        ends = between.split("..")
        if len(ends) != 2 or ends[1].startswith("<") or not any(ends):
            raise typer.BadParameter(f"`{between}` is no range; write 0..500_000 or 10%..30%")
        low, high = map(figure, ends)
    direction = Direction(meet.value.replace("-", "_"))
    unit = figure(to) if to is not None else None
    in_percent = "%" in f"{between}{to}"
    wanted = Wanted(parameter, number(budget), direction, low, high, unit, in_percent)
    inputs = inputs_from_options(
        *(rulebook, roster, schools, layout, table, as_of, limit),
        accept=accept,
        reason=reason,
        engine=engine,
        master=master,
        memory_limit=memory_limit,
        temp_dir=temp_dir,
    )
    problems = Problems(inputs.accept)
    with patience("counting and searching") as progress:
        plan, data = check_data(replace(inputs, progress=progress), problems)
        answer = find(plan, data.counts, data.register, wanted)
    warn_of_idle_acceptances(inputs.accept, problems)
    accepted = (*data.accepted, *problems.accepted)
    show_problems(problems.warnings, messages())

    if format_ is SolveFormat.JSON:
        told = _as_json(parameter, answer, plan.paid_in)
        told["accepted"] = accepted_as_json(accepted)
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    lines = answer_lines(
        parameter,
        answer.found,
        answer.goal.unit,
        answer.before,
        answer.total_before,
        plan.measure(lang.value),
        plan.places,
        lang.value,
        is_factor=answer.is_factor,
    )
    for line in lines:
        results().print(line, markup=False, soft_wrap=True)
    show_accepted(accepted, Words(lang.value), results())


def _as_json(parameter: str, answer: Answer, measure: Measure) -> dict[str, Any]:
    """The answer with exact decimal texts; `beyond` is the next figure and its total."""
    from formula_funding.exact.number_text import number_to_text

    found = answer.found
    numbers = {
        "value": found.value,
        "before": answer.before,
        "unit": answer.goal.unit,
        "total": found.total,
        "total_before": answer.total_before,
        "budget": found.target,
        "remainder": found.remainder,
        "beyond": found.beyond,
        "total_beyond": found.total_beyond,
    }
    told = {
        name: None if number is None else number_to_text(number) for name, number in numbers.items()
    }
    given = {"parameter": parameter, "is_factor": answer.is_factor}
    return {**given, "meet": answer.goal.direction.value, **measure.as_json(), **told}
