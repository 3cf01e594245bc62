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
    from formula_funding.sources.opening import not_opened

    file = document.as_posix()
    try:
        text = document.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise not_opened(document, error) from None
    except UnicodeDecodeError:
        stop(codes.NOT_TEXT, "the file is not UTF-8 text", Place(file))
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else 0
        stop(codes.NOT_AN_EXPLANATION, "the file is no JSON document", Place(file, line))
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
