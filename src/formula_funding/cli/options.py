"""The options that several commands share."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any

import typer

from formula_funding.exact.number_text import NotANumberError, ratio_from_text
from formula_funding.model.resources import size_from_text
from formula_funding.rules.period import Period, period_from_text


class Language(StrEnum):
    """The language of what a person reads."""

    EN = "en"
    RU = "ru"


class EngineName(StrEnum):
    """What counts the students."""

    AUTO = "auto"
    DUCKDB = "duckdb"
    PLAIN = "plain"
    SPARK = "spark"


class Format(StrEnum):
    """What is printed."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


def parse_date(text: str | date | Period) -> date | Period:
    """A date or period for the command line; wrong usage (exit code 2) if it is none."""
    if not isinstance(text, str):
        return text
    period = period_from_text(text)
    if period is not None:
        return period
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise typer.BadParameter(
            f"`{text}` is no date; write 2025-01-31, or a period of months: 2025-01..2025-12"
        ) from None


def parse_size(text: str) -> str:
    """A size of memory; wrong usage (exit code 2) if it is none."""
    try:
        return size_from_text(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def parse_share(text: str | Fraction) -> Fraction:
    """A share such as 20% or 0.2; wrong usage (exit code 2) if it is none."""
    if isinstance(text, Fraction):
        return text
    try:
        share = ratio_from_text(text)
    except NotANumberError:
        share = Fraction(-1)
    if share < 0:
        raise typer.BadParameter(f"`{text}` is no share; write 20% or 0.2")
    return share


RulebookArgument = Annotated[
    Path, typer.Argument(metavar="RULEBOOK", help="The rulebook, a YAML file.")
]
RosterArgument = Annotated[
    list[str] | None,  # paths, and URLs, of which paths would lose a slash
    typer.Argument(
        metavar="ROSTER...",
        help="Who studies where: .csv, .tsv, .xlsx, .parquet, .gz files, a folder, a pattern such "
        "as 'rosters/*.xlsx', a OneRoster bundle, - for standard input, or with --engine spark a "
        "URL of CSV or Parquet files.",
        show_default=False,
    ),
]
SchoolsOption = Annotated[
    Path | None, typer.Option("--schools", metavar="FILE", help="The register of schools.")
]
LayoutOption = Annotated[
    Path | None,
    typer.Option(
        "--layout",
        metavar="FILE",
        help="What the columns mean; layout.yaml beside the rulebook is used by default.",
    ),
]
TablesOption = Annotated[
    list[str] | None,
    typer.Option(
        "--table",
        metavar="NAME=FILE",
        help="The file of a table of the rulebook, such as classes=classes.csv.",
        show_default=False,
    ),
]
AsOfOption = Annotated[
    Any,  # date | Period | None, of which typer can't make an option
    typer.Option(
        "--as-of",
        metavar="DATE",
        parser=parse_date,
        help="The date of the figures, 2025-01-01, or a period that is priced by months, "
        "2025-01..2025-12; by default the rulebook's latest date.",
    ),
]
AcceptOption = Annotated[
    list[str] | None,
    typer.Option(
        "--accept",
        metavar="CODE",
        help="Go on in spite of a finding, such as D009; every output says so.",
        show_default=False,
    ),
]
ReasonOption = Annotated[
    list[str] | None,
    typer.Option(
        "--reason", metavar="TEXT", help="Why the finding is accepted.", show_default=False
    ),
]
PreviousOption = Annotated[
    Path | None,
    typer.Option(
        "--previous",
        metavar="FILE.json",
        help="The result of the previous run: schools with far more or fewer students stop the "
        "run.",
    ),
]
ThresholdOption = Annotated[
    Any,  # Fraction, of which typer can't make an option
    typer.Option(
        "--threshold",
        metavar="SHARE",
        parser=parse_share,
        help="By how much a school may differ from the previous run.",
    ),
]
LimitOption = Annotated[
    list[str] | None,
    typer.Option(
        "--limit",
        metavar="NAME=NUMBER",
        help="Raise a limit on input files, such as cells=500_000_000.",
        show_default=False,
    ),
]
MemoryOption = Annotated[
    Any,  # str, checked by its parser
    typer.Option(
        "--memory-limit",
        metavar="SIZE",
        parser=parse_size,
        help="What counting may take of the memory, such as 800MB; what is more goes to disk.",
        show_default=False,
    ),
]
TemporaryOption = Annotated[
    Path | None,
    typer.Option(
        "--temp-dir",
        metavar="FOLDER",
        help="Where temporary files go.",
        exists=True,
        file_okay=False,
        writable=True,
        show_default=False,
    ),
]
LanguageOption = Annotated[
    Language, typer.Option("--lang", envvar="FUNDING_LANG", help="English or Russian.")
]
EngineOption = Annotated[
    EngineName,
    typer.Option(
        "--engine",
        help="auto counts small CSV files at once and all else with duckdb; plain also prices "
        "student by student and compares; spark counts on a cluster.",
    ),
]
CountingEngineOption = Annotated[
    EngineName,
    typer.Option(
        "--engine",
        help="auto counts small CSV files at once and all else with duckdb; plain counts row by "
        "row; spark counts on a cluster.",
    ),
]
MasterOption = Annotated[
    str | None,
    typer.Option(
        "--master",
        metavar="URL",
        help="Where Spark runs, such as local[4] or spark://host:7077.",
        show_default=False,
    ),
]
