"""The options that several commands share."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Language(StrEnum):
    """The language of what a person reads."""

    EN = "en"
    RU = "ru"


class EngineName(StrEnum):
    """What counts the students."""

    DUCKDB = "duckdb"
    PLAIN = "plain"


class Format(StrEnum):
    """What is printed."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


def parse_date(text: str | date) -> date:
    """A date for the command line; wrong usage (exit code 2) if it is none."""
    if isinstance(text, date):
        return text
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise typer.BadParameter(f"`{text}` is no date; write 2025-01-31") from None


RulebookArgument = Annotated[
    Path, typer.Argument(metavar="RULEBOOK", help="The rulebook, a YAML file.")
]
RosterArgument = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="ROSTER...",
        help="Who studies where: one or several .csv or .parquet files.",
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
AsOfOption = Annotated[
    date | None,
    typer.Option(
        "--as-of",
        metavar="DATE",
        parser=parse_date,
        help="The date of the figures, 2025-01-01; by default the rulebook's latest.",
    ),
]
LanguageOption = Annotated[
    Language, typer.Option("--lang", envvar="FUNDING_LANG", help="English or Russian.")
]
EngineOption = Annotated[
    EngineName,
    typer.Option(
        "--engine",
        help="duckdb counts fast; plain also prices student by student and compares.",
    ),
]
