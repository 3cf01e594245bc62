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
    """Compute the worked examples of rulebooks and compare.

    Example: funding test rules/
    """
    from formula_funding.diagnostics import codes
    from formula_funding.diagnostics.problem import Place, Problems, ProblemsFoundError
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
    tested = 0
    for path in books:
        found = Problems()
        try:
            number = run_examples(checked_rulebook(path, found), found)
        except ProblemsFoundError as error:
            found.add_once(error.problems)
            number = 0
        for problem in found:
            problems.add_problem(problem)
        tested += number
        console.print(f"{path.as_posix()}: {counted(number, 'worked example')}", markup=False)
    if not tested and not problems.has_errors:
        problems.add(
            codes.NOTHING_TESTED,
            "no worked example was found: nothing was tested",
            Place(paths[0].as_posix()),
            "add `examples` to the rulebook; in a folder, rulebooks are called rulebook.yaml",
        )
    problems.stop_if_errors()
    console.print("All as stated.")
