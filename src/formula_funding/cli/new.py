"""`funding new`: a commented rulebook to start from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from formula_funding.cli.console import messages, quoted


def new(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The rulebook to write.")],
) -> None:
    """Write a commented rulebook to start from.

    It has every section of a rulebook, with a comment on each.

    Example: funding new rulebook.yaml
    """
    from importlib.resources import files

    from formula_funding.diagnostics import codes
    from formula_funding.diagnostics.problem import Place, stop
    from formula_funding.export.whole_file import write_whole

    if file.is_file():
        place = Place(file.as_posix())
        stop(codes.FILE_EXISTS, "the file exists already", place, "choose another name")
    content = files("formula_funding.starter").joinpath("new.yaml").read_bytes()

    def write(temporary: Path) -> None:
        temporary.write_bytes(content)

    write_whole(file, write, force=False)
    console = messages()
    console.print(f"Wrote {file.as_posix()}. Next:", style="bold", markup=False)
    console.print(
        f"  funding check {quoted(file)}  # is the rulebook sound?", markup=False, soft_wrap=True
    )
