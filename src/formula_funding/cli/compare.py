"""`funding compare`: what a scenario would change, for whom, and why."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from formula_funding.cli.console import messages, results
from formula_funding.cli.options import (
    AsOfOption,
    Format,
    Language,
    LanguageOption,
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

if TYPE_CHECKING:
    from formula_funding.scenario.difference import Difference
    from formula_funding.whatif import Compared

_WIDEST = 30


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
    lang: LanguageOption = Language.EN,
    format_: Annotated[Format, typer.Option("--format", help="What is printed.")] = Format.TABLE,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write a .xlsx file.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the output file.")] = False,
    letter: Annotated[
        str | None, typer.Option("--letter", metavar="ID", help="Tell one school why, in words.")
    ] = None,
) -> None:
    """Compare a rulebook with scenarios: who gains, who loses, how much, and why.

    [bold]funding compare rulebook.yaml roster.csv --schools schools.csv --with more.yaml[/bold]
    """
    from formula_funding.cli.show_problems import show_problems
    from formula_funding.export.whole_file import (
        refuse_to_overwrite,
        refuse_to_replace_an_input,
        write_whole,
    )
    from formula_funding.model.inputs import Inputs
    from formula_funding.whatif import compare as compared_with

    if not scenarios:
        raise typer.BadParameter("name a scenario: --with scenario.yaml")
    if output is not None:
        if output.suffix.lower() != ".xlsx":
            raise typer.BadParameter("a comparison is written to a file that ends in .xlsx")
        refuse_to_overwrite(output, force=force)
        refuse_to_replace_an_input(output, [rulebook, *(roster or ()), schools, *scenarios])
    inputs = Inputs(
        *(rulebook, tuple(roster or ()), schools, layout, as_of),
        tables=table_files(table),
        limits=raised_limits(limit),
    )
    with patience("counting and pricing") as progress:
        inputs = replace(inputs, progress=progress)
        compared = [compared_with(inputs, file) for file in scenarios]
    if output is not None:
        from formula_funding.export.comparison_workbook import write_comparison

        write_whole(output, lambda path: write_comparison(compared, path, lang.value), force=force)
        messages().print(f"wrote {output.as_posix()}", markup=False, soft_wrap=True)
    if letter is not None:
        for one in compared:
            results().print(_letter(one, letter, lang.value), markup=False, soft_wrap=True)
    elif format_ is Format.JSON:
        told = [_as_json(one) for one in compared]
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
    elif format_ is Format.CSV:
        typer.echo(_as_csv(compared), nl=False)
    else:
        for one in compared:
            _show(one, lang.value)
    for one in compared:
        show_problems(one.warnings, messages())


def _letter(compared: Compared, school: str, language: str) -> str:
    """What one school is told: the change and its causes."""
    from formula_funding.diagnostics import codes
    from formula_funding.diagnostics.problem import stop
    from formula_funding.diagnostics.wording import did_you_mean
    from formula_funding.language.reasons import letter

    known = {difference.school: difference for difference in compared.differences}
    if school not in known:
        stop(codes.UNKNOWN_SCHOOL_ASKED, f"no school `{school}`", None, did_you_mean(school, known))
    return letter(known[school], compared.plans, compared.places, language)


def _show(compared: Compared, language: str) -> None:
    from rich.table import Table
    from rich.text import Text

    from formula_funding.exact.number_text import units_text
    from formula_funding.language.numbers import localised
    from formula_funding.language.reasons import cause_text
    from formula_funding.language.words import Words

    words = Words(language)

    def money(units: int) -> str:
        return localised(units_text(units, compared.places), language)

    console = results()
    title = compared.scenario.scenario.title.in_language(language)
    console.print(f"{title}, {compared.base.plan.currency}", style="bold", markup=False)
    causes = compared.causes
    header = [words("school_id"), words("name"), words("before"), words("after"), words("change")]
    header += ["%", *(cause_text(c, compared.plans, language) for c in causes)]
    shows_together = any(d.together for d in compared.differences)
    if shows_together:
        header.append(words("only_together"))
    table = Table(box=None, pad_edge=False, header_style="bold")
    for number, name in enumerate(header):
        table.add_column(Text(name), justify="left" if number < 2 else "right", vertical="bottom")
    for d in compared.differences:
        cells = [d.school, d.name, money(d.before), money(d.after), money(d.change), _percent(d)]
        cells += [money(d.causes[cause]) for cause in causes]
        if shows_together:
            cells.append(money(d.together))
        table.add_row(*(Text(cell) for cell in cells))
    console.print(table)
    total = [
        sum(d.before for d in compared.differences),
        sum(d.after for d in compared.differences),
    ]
    console.print(
        f"{words('total')}: {money(total[0])} → {money(total[1])} ({money(total[1] - total[0])})",
        markup=False,
    )
    gain = sum(d.change > 0 for d in compared.differences)
    lose = sum(d.change < 0 for d in compared.differences)
    rest = len(compared.differences) - gain - lose
    console.print(words("gain_lose").format(gain=gain, lose=lose, rest=rest), markup=False)
    _histogram(compared, words("schools_by_change"))


def _histogram(compared: Compared, title: str) -> None:
    """Schools by their change in per cent, a bar for each step."""
    shares = [d.share for d in compared.differences if d.share is not None]
    counts = [
        sum((low is None or low <= s) and (high is None or s < high) for s in shares)
        for _, low, high in _STEPS
    ]
    console = results()
    console.print(title, style="bold", markup=False)
    most = max(counts, default=0)
    for (label, _, _), count in zip(_STEPS, counts, strict=True):
        bar = "█" * (-(-count * _WIDEST // most) if most else 0)
        console.print(f"{label:>14} {bar} {count}", markup=False)


def _step(percent: int) -> Fraction:
    return Fraction(percent, 100)


_STEPS: tuple[tuple[str, Fraction | None, Fraction | None], ...] = (
    ("below -10 %", None, _step(-10)),
    ("-10 to -5 %", _step(-10), _step(-5)),
    ("-5 to 0 %", _step(-5), _step(0)),
    ("0 to 5 %", _step(0), _step(5)),
    ("5 to 10 %", _step(5), _step(10)),
    ("10 % and more", _step(10), None),
)


def _percent(difference: Difference) -> str:
    from formula_funding.exact.number_text import fixed_text
    from formula_funding.exact.rounding import Rounding, round_fraction

    if difference.share is None:
        return "—"
    return fixed_text(round_fraction(difference.share * 100, Rounding(Fraction(1, 100))), 2)


def _as_json(compared: Compared) -> dict[str, Any]:
    from formula_funding.exact.number_text import units_text

    def money(units: int) -> str:
        return units_text(units, compared.places)

    return {
        "scenario": compared.scenario.scenario.scenario,
        "currency": compared.base.plan.currency,
        "method": "each cause alone against the base; `together` is what they make only together",
        "schools": [
            {
                "id": d.school,
                "name": d.name,
                "before": money(d.before),
                "after": money(d.after),
                "change": money(d.change),
                "causes": {cause: money(amount) for cause, amount in d.causes.items()},
                "together": money(d.together),
                "lines": [
                    {
                        "id": line,
                        "before": money(d.base.get(line, 0)),
                        "after": money(d.scenario.get(line, 0)),
                        "change": money(d.scenario.get(line, 0) - d.base.get(line, 0)),
                    }
                    for line in dict.fromkeys([*d.base, *d.scenario])
                ],
            }
            for d in compared.differences
        ],
    }


def _as_csv(compared: list[Compared]) -> str:
    """One row per scenario, school and line."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["scenario", "school_id", "line", "before", "after", "change"])
    for one in compared:
        told = _as_json(one)
        for school in told["schools"]:
            for line in school["lines"]:
                figures = [line[field] for field in ("before", "after", "change")]
                writer.writerow([told["scenario"], school["id"], line["id"], *figures])
    return text.getvalue()
