"""`funding solve`: the rate by which the whole allocation meets a budget."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import Annotated

import typer

from formula_funding.cli.console import messages, results
from formula_funding.cli.options import (
    AsOfOption,
    LayoutOption,
    LimitOption,
    RosterArgument,
    RulebookArgument,
    SchoolsOption,
    TablesOption,
    raised_limits,
    table_files,
)
from formula_funding.cli.patience import patience


class Meeting(StrEnum):
    """On which side of the budget the total must stay."""

    AT_MOST = "at-most"
    AT_LEAST = "at-least"
    NEAREST = "nearest-to"


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
    meet: Annotated[
        Meeting, typer.Option("--meet", help="The total must be at most, at least or nearest to.")
    ] = Meeting.AT_MOST,
    between: Annotated[
        str | None,
        typer.Option("--between", metavar="LOW..HIGH", help="By default 0 to 10 × today's."),
    ] = None,
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="UNIT", help="By default the last decimal of the figures."),
    ] = None,
) -> None:
    """Find the rate by which the total meets a budget.

    A table is multiplied by one factor, which is found.

    [bold]funding solve rulebook.yaml roster.csv --parameter norm --budget 1_000_000_000[/bold]
    """
    from fractions import Fraction

    from formula_funding.cli.show_problems import show_problems
    from formula_funding.diagnostics.problem import Problems
    from formula_funding.exact.number_text import NotANumberError, number_from_text
    from formula_funding.exact.solving import Direction
    from formula_funding.language.numbers import number_text
    from formula_funding.pipeline import Inputs, check_data
    from formula_funding.rules.rulebook import span_from_text
    from formula_funding.solve import Wanted
    from formula_funding.solve import solve as find

    def amount(text: str) -> Fraction:
        try:
            return number_from_text(text)
        except NotANumberError as error:
            raise typer.BadParameter(f"`{text}` is no number; {error.hint}") from None

    low = high = None
    if between is not None:
        try:
            span = span_from_text(between)
        except NotANumberError:
            span = None
        if span is None:
            raise typer.BadParameter(f"`{between}` is no range; write 0..500_000")
        low, high = span.low, span.high
    direction = Direction(meet.value.replace("-", "_"))
    unit = amount(to) if to is not None else None
    wanted = Wanted(parameter, amount(budget), direction, low, high, unit)
    problems = Problems()
    inputs = Inputs(
        *(rulebook, tuple(roster or ()), schools, layout, as_of),
        tables=table_files(table),
        limits=raised_limits(limit),
    )
    with patience("counting and searching") as progress:
        data = check_data(replace(inputs, progress=progress), problems)
        plan, counts, register = data
        answer = find(plan, counts, register, wanted)
    show_problems(problems.warnings, messages())

    def shown(number: Fraction) -> str:
        return number_text(number, "en")

    found, console = answer.found, results()
    what = f"every value of {parameter} times" if answer.is_factor else f"{parameter} ="
    remainder = "is left" if found.remainder >= 0 else "is spent beyond it"
    lines = [
        f"{what} {shown(found.value)} (now {shown(answer.before)}), to {shown(answer.goal.unit)}",
        f"Total {shown(found.total)} {plan.currency} (now {shown(answer.total_before)}); "
        f"of the budget of {shown(found.target)}, {shown(abs(found.remainder))} {remainder}.",
    ]
    if found.beyond is not None and found.total_beyond is not None:
        lines.append(f"At {shown(found.beyond)} the total would be {shown(found.total_beyond)}.")
    for line in lines:
        console.print(line, markup=False, soft_wrap=True)
