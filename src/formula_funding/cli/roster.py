"""`funding roster`: the commands about rosters as they really come."""

from __future__ import annotations

import typer

from formula_funding.cli.roster_check import roster_check
from formula_funding.cli.roster_draft import roster_draft

roster = typer.Typer(
    help="Rosters as they really come: draft a layout, check them.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    epilog="Start with: funding roster check rulebook.yaml roster.csv --schools schools.csv",
)
roster.command("draft")(roster_draft)
roster.command("check")(roster_check)
