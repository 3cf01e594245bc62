"""`funding init`: a small runnable example."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from formula_funding.cli.console import messages, quoted

_FILES = ("rulebook.yaml", "roster.csv", "schools.csv")


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to make.")],
) -> None:
    """Write a small example: rulebook, roster and schools.

    Example: funding init my-city
    """
    from importlib.resources import files

    from formula_funding.diagnostics import codes
    from formula_funding.diagnostics.problem import Place, stop
    from formula_funding.diagnostics.wording import reason_of
    from formula_funding.export.whole_file import write_whole

    place = Place(folder.as_posix())
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        stop(codes.CANT_WRITE, f"the folder can't be made: {reason_of(error)}", place)
    for name in _FILES:
        if (folder / name).exists():
            existing = Place((folder / name).as_posix())
            stop(codes.FILE_EXISTS, "the file exists already", existing, "choose another folder")
    for name in _FILES:
        content = files("formula_funding.starter").joinpath(name).read_bytes()

        def write(temporary: Path, content: bytes = content) -> None:
            temporary.write_bytes(content)

        write_whole(folder / name, write, force=False)
    rulebook, roster, schools = (quoted(folder / name) for name in _FILES)
    data = f"{rulebook} {roster} --schools {schools}"
    console = messages()
    told = f"Wrote {', '.join(_FILES)} into {folder.as_posix()}. Next:"
    console.print(told, style="bold", markup=False)
    for command, purpose in (
        (f"funding check {rulebook}", "is the rulebook sound?"),
        (f"funding compute {data}", "what does each school get?"),
        (f"funding explain {data} --school 001", "and why?"),
    ):
        console.print(f"  {command}  # {purpose}", markup=False, soft_wrap=True)
