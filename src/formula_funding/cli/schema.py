"""`funding schema`: the form of rulebooks, scenarios and projections, for editors."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated

import typer


class Form(StrEnum):
    """What is described."""

    RULEBOOK = "rulebook"
    SCENARIO = "scenario"
    PROJECTION = "projection"


def schema(
    form: Annotated[Form, typer.Argument(help="What the editor is to know.")] = Form.RULEBOOK,
) -> None:
    """Print the JSON Schema for editors of rulebooks.

    By it they complete and check rulebooks, scenarios and projections.

    Example: funding schema > rulebook.schema.json

    Example: funding schema scenario > scenario.schema.json
    """
    from formula_funding.rules.schema import projection_schema, rulebook_schema, scenario_schema

    made = {
        Form.RULEBOOK: rulebook_schema,
        Form.SCENARIO: scenario_schema,
        Form.PROJECTION: projection_schema,
    }
    typer.echo(json.dumps(made[form](), ensure_ascii=False, indent=2))
