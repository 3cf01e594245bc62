"""`funding schema`: the form of rulebooks and scenarios, for editors."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated

import typer


class Form(StrEnum):
    """What is described."""

    RULEBOOK = "rulebook"
    SCENARIO = "scenario"


def schema(
    form: Annotated[Form, typer.Argument(help="What the editor is to know.")] = Form.RULEBOOK,
) -> None:
    """Print the JSON Schema of rulebooks or scenarios, by which editors complete and check them.

    [bold]funding schema > rulebook.schema.json[/bold]

    [bold]funding schema scenario > scenario.schema.json[/bold]
    """
    from formula_funding.rules.schema import rulebook_schema, scenario_schema

    found = rulebook_schema() if form is Form.RULEBOOK else scenario_schema()
    typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
