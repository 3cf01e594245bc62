"""`funding schema`: the form of rulebooks, for editors."""

from __future__ import annotations

import json

import typer


def schema() -> None:
    """Print the JSON Schema of rulebooks, by which editors complete and check them.

    [bold]funding schema > rulebook.schema.json[/bold]
    """
    from formula_funding.rules.schema import rulebook_schema

    typer.echo(json.dumps(rulebook_schema(), ensure_ascii=False, indent=2))
