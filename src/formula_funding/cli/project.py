"""`funding project`: the years to come, with cohorts carried forward and figures as they change."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

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
    from formula_funding.project import Projected, Year

_MOST_YEARS = 50


def project(
    rulebook: RulebookArgument,
    cohorts: Annotated[
        Path,
        typer.Option(
            "--cohorts", metavar="FILE", help="Ladder, retention, intake, indexation (YAML)."
        ),
    ],
    years: Annotated[
        int, typer.Option("--years", metavar="N", min=1, max=_MOST_YEARS, help="How many years.")
    ],
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
    lang: LanguageOption = Language.EN,
    format_: Annotated[Format, typer.Option("--format", help="What is printed.")] = Format.TABLE,
) -> None:
    """Carry the students forward and fund the years to come.

    Each year is funded by its own figures.

    Example: funding project rulebook.yaml roster.csv --cohorts cohorts.yaml --years 5
    """
    from formula_funding.cli.show_accepted import show_accepted
    from formula_funding.cli.show_problems import show_problems
    from formula_funding.language.words import Words
    from formula_funding.project import project as projected

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
        found = projected(replace(inputs, progress=progress), cohorts, years)
    if format_ is Format.JSON:
        typer.echo(json.dumps(_as_json(found), ensure_ascii=False, indent=2))
    elif format_ is Format.CSV:
        typer.echo(_as_csv(found), nl=False)
    else:
        _show(found, lang.value)
        show_accepted(found.accepted, Words(lang.value), results())
    show_problems(found.warnings, messages())


def _show(found: Projected, language: str) -> None:
    """A row for each year: students, lines, total and the change on the year before."""
    from rich.table import Table
    from rich.text import Text

    from formula_funding.exact.number_text import units_text
    from formula_funding.language.numbers import localised
    from formula_funding.language.search_words import search_words
    from formula_funding.language.words import Words

    words, console = Words(language), results()
    base = found.years[0].allocation
    title = found.projection.projection.title.in_language(language)
    rulebook = base.plan.title.in_language(language)
    heading = f"{title}. {rulebook}, {base.plan.measure(language)}"
    console.print(heading, style="bold", markup=False)
    header = [search_words("year", language), words("students")]
    header += [line.title.in_language(language) for line in base.plan.lines]
    header += [words("total"), words("change"), "%"]
    table = Table(box=None, pad_edge=False, header_style="bold")
    for number, name in enumerate(header):
        table.add_column(Text(name), justify="right" if number else "left", vertical="bottom")
    before: int | None = None
    for year in found.years:
        allocation = year.allocation

        def money(units: int, places: int = allocation.places) -> str:
            return localised(units_text(units, places), language)

        total = allocation.total
        cells = [_told(year, language), localised(str(allocation.ledger.students_read), language)]
        cells += [money(amount) for amount in allocation.line_totals.values()]
        cells.append(money(total))
        cells.append("" if before is None else money(total - before))
        cells.append("" if not before else localised(_percent(total - before, before), language))
        table.add_row(*(Text(cell) for cell in cells))
        before = total
    console.print(table)


def _told(year: Year, language: str) -> str:
    """The day or months of a year; its number where no date is known."""
    from formula_funding.language.numbers import day_or_period_text
    from formula_funding.language.search_words import search_words

    if year.day is not None:
        return day_or_period_text(year.day, language)
    key = "year_number" if year.number else "first_year"
    return search_words(key, language, n=year.number)


def _percent(change: int, before: int) -> str:
    from fractions import Fraction

    from formula_funding.exact.number_text import fixed_text
    from formula_funding.exact.rounding import Rounding, round_fraction

    share = round_fraction(Fraction(100 * change, abs(before)), Rounding(Fraction(1, 100)))
    return fixed_text(share, 2)


def _as_json(found: Projected) -> dict[str, Any]:
    """Each year with its lines, its students by the ladder, and its schools."""
    from formula_funding.diagnostics.acceptance import accepted_as_json
    from formula_funding.exact.number_text import units_text
    from formula_funding.tally.kept_roster import text_kept

    given = found.projection.projection
    base = found.years[0].allocation
    return {
        "projection": given.projection,
        "rulebook": base.plan.rulebook,
        **base.plan.paid_in.as_json(),
        "accepted": accepted_as_json(found.accepted),
        "ladder": given.ladder,
        "method": "of each value: students times retention, rounded half up for all schools "
        "together, shared to schools and kinds of students by largest remainder",
        "years": [
            {
                "year": year.label,
                "students": allocation.ledger.students_read,
                "by_value": {text_kept(value): n for value, n in year.by_value.items()},
                "total": units_text(allocation.total, allocation.places),
                "lines": [
                    {"id": line, "amount": units_text(amount, allocation.places)}
                    for line, amount in allocation.line_totals.items()
                ],
                "schools": [
                    {
                        "id": school,
                        "students": students,
                        "lines": [
                            {"id": line, "amount": units_text(amounts[i], allocation.places)}
                            for line, amounts in allocation.lines.items()
                        ],
                        "total": units_text(allocation.school_totals[i], allocation.places),
                    }
                    for i, (school, students) in enumerate(
                        zip(allocation.register.ids, allocation.ledger.students, strict=True)
                    )
                ],
            }
            for year in found.years
            for allocation in [year.allocation]
        ],
    }


def _as_csv(found: Projected) -> str:
    """One row per year, school and line."""
    from formula_funding.export.to_csv import accepted_column

    also = accepted_column(found.accepted)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["year", "school_id", "students", "line", "amount", *also[:1]])
    for year in _as_json(found)["years"]:
        for school in year["schools"]:
            for line in school["lines"]:
                row = [year["year"], school["id"], school["students"], line["id"], line["amount"]]
                writer.writerow([*row, *also[1:]])
    return text.getvalue()
