"""`funding replay`: every amount computed again from the explanation document alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from formula_funding.cli.console import results


def replay(
    document: Annotated[
        Path,
        typer.Argument(metavar="EXPLANATION.json", help="A document of `funding compute`."),
    ],
) -> None:
    """Compute every amount again from an explanation alone.

    Example: funding replay allocation.json
    """
    import json

    from formula_funding.diagnostics import codes
    from formula_funding.diagnostics.problem import Place, Problems, stop
    from formula_funding.diagnostics.wording import counted
    from formula_funding.explain.replay import replay as replay_document
    from formula_funding.language.numbers import localised
    from formula_funding.read.result_document import WAY_OUT, document_text

    file = document.as_posix()
    text = document_text(document)
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else 0
        place = Place(file, line)
        stop(codes.NOT_AN_EXPLANATION, "the file is no JSON document", place, WAY_OUT)
    problems = Problems()
    replayed = replay_document(content, file, problems)
    problems.stop_if_errors()
    assert replayed is not None
    results().print(
        f"{counted(replayed.schools, 'school')}, {counted(replayed.amounts, 'amount')} computed "
        f"again: all agree. Total {localised(replayed.total, 'en')} {replayed.measure}.",
        markup=False,
        soft_wrap=True,
    )
