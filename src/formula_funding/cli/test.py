"""`funding test`: the worked examples that rulebooks carry."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from formula_funding.cli.console import results


def test(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help="Rulebooks, or folders of them.")
    ],
) -> None:
    """Run the worked examples of rulebooks and report every difference.

    [bold]funding test rules/[/bold]
    """
    from formula_funding.diagnostics.problem import Problems
    from formula_funding.diagnostics.wording import counted
    from formula_funding.examples import run_examples
    from formula_funding.pipeline import checked_rulebook

    problems = Problems()
    books = [
        book
        for path in paths
        for book in (sorted(path.rglob("rulebook.yaml")) if path.is_dir() else [path])
    ]
    console = results()
    for path in books:
        checked = checked_rulebook(path, problems)
        examples = counted(run_examples(checked, problems), "worked example")
        console.print(f"{path.as_posix()}: {examples}", markup=False)
    problems.stop_if_errors()
    console.print("All as stated.")
