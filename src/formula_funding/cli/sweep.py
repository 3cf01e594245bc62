"""`funding sweep`: what every value of a figure costs, and who gains by it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Any

import typer

from formula_funding.cli.console import messages, results
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

if TYPE_CHECKING:
    from formula_funding.sweep import Swept

_MOST_ROWS = 41
"""So many points of a long sweep are shown in the table, at equal distances."""
_DECIMALS = 6
"""Decimals of a measure in the table; JSON and CSV have all."""


def sweep(
    rulebook: RulebookArgument,
    roster: RosterArgument = None,
    vary: Annotated[
        list[str] | None,
        typer.Option(
            "--vary",
            metavar="NAME=FROM..TO..STEP",
            help="norm[primary]=150_000..170_000..5_000, or norm=-10%..10%..1%; several make a "
            "grid.",
            show_default=False,
        ),
    ] = None,
    measure: Annotated[
        str, typer.Option("--measure", metavar="NAME", help="The equity figure told of each point.")
    ] = "federal_range_ratio",
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
    format_: Annotated[Format, typer.Option("--format", help="What is printed.")] = Format.TABLE,
) -> None:
    """Vary a figure over a range: total, gains and losses.

    Of each point an equity figure tells how evenly money is spread.

    Example: funding sweep rulebook.yaml roster.csv --vary norm=-10%..10%..1%
    """
    from formula_funding.audit.equity import DISPERSION
    from formula_funding.cli.show_accepted import show_accepted
    from formula_funding.cli.show_problems import show_problems
    from formula_funding.exact.number_text import NotANumberError
    from formula_funding.language.words import Words
    from formula_funding.pipeline import run
    from formula_funding.sweep import axis_from_text, swept

    if measure not in DISPERSION:
        raise typer.BadParameter(f"`{measure}` is no figure; these are: {', '.join(DISPERSION)}")
    if not vary:
        raise typer.BadParameter("say what to vary: --vary norm=-10%..10%..1%")
    try:
        axes = [axis_from_text(text) for text in vary]
    except NotANumberError as error:
        raise typer.BadParameter(f"a number can't be read: {error.hint}") from None
    except ValueError as error:
        raise typer.BadParameter(f"a range can't be read: {error}") from None
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
        found = swept(finished.allocation, finished.evaluation, axes, measure)
    if format_ is Format.JSON:
        typer.echo(json.dumps(_as_json(found), ensure_ascii=False, indent=2))
    elif format_ is Format.CSV:
        typer.echo(_as_csv(found), nl=False)
    else:
        _show(found, lang.value)
        show_accepted(found.base.ledger.accepted, Words(lang.value), results())
    show_problems(finished.warnings, messages())


def _show(found: Swept, language: str) -> None:
    from rich.table import Table
    from rich.text import Text

    from formula_funding.exact.number_text import units_text
    from formula_funding.language.audit_words import audit_word, formula_of
    from formula_funding.language.numbers import count_text, localised, written_text
    from formula_funding.language.search_words import search_words
    from formula_funding.language.words import Words

    words, console, places = Words(language), results(), found.base.places
    currency = found.base.plan.measure(language)

    def money(units: int) -> str:
        return localised(units_text(units, places), language)

    title = found.base.plan.title.in_language(language)
    console.print(title, style="bold", markup=False)
    now = search_words("base", language, total=money(found.base.total), currency=currency)
    console.print(now, markup=False)
    header = [axis.target for axis in found.axes] + [words("total"), words("change")]
    header += [search_words(key, language) for key in ("gain", "lose", "unchanged")]
    measure = audit_word(found.measure.name, language)
    header.append(measure)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in header:
        table.add_column(Text(name), justify="right", vertical="bottom")
    shown = _spread_evenly(len(found.points))
    for number in shown:
        point = found.points[number]
        cells = [written_text(text, language) for text in point.texts]
        cells += [money(point.total), money(point.change)]
        cells += [count_text(n, language) for n in (point.gain, point.lose, point.unchanged)]
        cells.append(_measure_text(point.measure, language))
        table.add_row(*(Text(cell) for cell in cells))
    console.print(table)
    if len(shown) < len(found.points):
        left_out = search_words(
            "points_left_out", language, shown=len(shown), all=len(found.points)
        )
        console.print(left_out, markup=False)
    if found.measure.value is None:
        console.print(search_words("too_few", language, name=measure), markup=False)
    else:
        formula = formula_of(found.measure.name, found.measure.formula, language)
        console.print(f"{measure}: {formula}", markup=False)
    if len(found.axes) == 1 and len(found.points) > 1:
        _show_chart(found, money, language)


def _show_chart(found: Swept, money: Callable[[int], str], language: str) -> None:
    """The total over the range of the only axis."""
    from formula_funding.cli.line_chart import line_chart
    from formula_funding.language.numbers import written_text

    totals = [point.total for point in found.points]
    first, last = (written_text(found.points[i].texts[0], language) for i in (0, -1))
    console = results()
    console.print()
    for line in line_chart(totals, (money(max(totals)), money(min(totals))), (first, last)):
        console.print(line, markup=False, soft_wrap=True)


def _spread_evenly(number: int) -> list[int]:
    """The numbers of the points to be shown: all, or some at equal distances with both ends."""
    if number <= _MOST_ROWS:
        return list(range(number))
    return [i * (number - 1) // (_MOST_ROWS - 1) for i in range(_MOST_ROWS)]


def _measure_text(value: Fraction | None, language: str) -> str:
    from formula_funding.exact.number_text import fixed_text
    from formula_funding.exact.rounding import Rounding, round_fraction
    from formula_funding.language.numbers import localised

    if value is None:
        return "—"
    rounded = round_fraction(value, Rounding(Fraction(1, 10**_DECIMALS)))
    return localised(fixed_text(rounded, _DECIMALS), language)


def _as_json(found: Swept) -> dict[str, Any]:
    """Everything as exact text; a measure that is a fraction stays one, as 7/41.

    `points` are those of the sweep; what amounts are in, if no currency, is `points_title`.
    """
    from formula_funding.diagnostics.acceptance import accepted_as_json
    from formula_funding.exact.number_text import number_to_text, units_text

    places, given = found.base.places, found.base.plan.paid_in.as_json()

    def measured(value: Fraction | None) -> str | None:
        return None if value is None else number_to_text(value)

    return {
        "rulebook": found.base.plan.rulebook,
        "currency": given["currency"],
        "points_title": given["points"],
        "accepted": accepted_as_json(found.base.ledger.accepted),
        "total": units_text(found.base.total, places),
        "measure": {
            "name": found.measure.name,
            "formula": found.measure.formula,
            "exact": found.measure.exact,
            "value": measured(found.measure.value),
        },
        "points": [
            {
                "set": dict(zip((axis.target for axis in found.axes), point.texts, strict=True)),
                "total": units_text(point.total, places),
                "change": units_text(point.change, places),
                "gain": point.gain,
                "lose": point.lose,
                "unchanged": point.unchanged,
                "measure": measured(point.measure),
            }
            for point in found.points
        ],
    }


def _as_csv(found: Swept) -> str:
    """One row per point."""
    from formula_funding.export.to_csv import accepted_column

    also = accepted_column(found.base.ledger.accepted)
    told = _as_json(found)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    fields = ["total", "change", "gain", "lose", "unchanged", "measure"]
    targets = [axis.target for axis in found.axes]
    writer.writerow([*targets, *fields[:-1], found.measure.name, *also[:1]])
    for point in told["points"]:
        row = [*point["set"].values(), *(point[field] for field in fields), *also[1:]]
        writer.writerow(row)
    return text.getvalue()
