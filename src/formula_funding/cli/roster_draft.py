"""`funding roster draft`: a first layout for files as they come."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from formula_funding.cli.console import messages, quoted
from formula_funding.cli.inputs import inputs_from_options
from formula_funding.cli.options import (
    AsOfOption,
    LimitOption,
    SchoolsOption,
    TablesOption,
    TemporaryOption,
)
from formula_funding.cli.patience import patience


def _encoding(text: str) -> str:
    """An encoding that a layout may name; wrong usage (exit code 2) if it is none."""
    from formula_funding.rules.layout import ENCODINGS

    if text.lower() not in ENCODINGS:
        raise typer.BadParameter(f"`{text}` is none that can be read: {', '.join(ENCODINGS)}")
    return text.lower()


def roster_draft(
    roster: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", help="The roster: one or several files, a folder, or -."),
    ],
    rulebook: Annotated[
        Path, typer.Option("--rulebook", metavar="RULEBOOK", help="The rulebook, a YAML file.")
    ],
    schools: SchoolsOption = None,
    table: TablesOption = None,
    encoding: Annotated[
        str | None,
        typer.Option(
            "--encoding",
            metavar="NAME",
            parser=_encoding,
            help="The encoding of text files that are not of Unicode, such as cp1250.",
            show_default=False,
        ),
    ] = None,
    as_of: AsOfOption = None,
    limit: LimitOption = None,
    temp_dir: TemporaryOption = None,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE.yaml", help="Write the layout to a file."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the output.")] = False,
) -> None:
    """Draft a layout: which column is what, and what words mean.

    Guesses are marked, and the layout is refused until a person has confirmed each of them. The
    words of columns that look like categories are written into it; ids and names are not.

    Example: funding roster draft export.csv --rulebook rulebook.yaml -o layout.yaml
    """
    from formula_funding.draft.draft import Sure
    from formula_funding.draft.draft_as_yaml import draft_as_yaml
    from formula_funding.draft.layout_draft import layout_draft
    from formula_funding.export.whole_file import (
        refuse_to_overwrite,
        refuse_to_replace_an_input,
        write_whole,
    )
    from formula_funding.sources.workspace import Workspace

    inputs = inputs_from_options(
        *(rulebook, roster, schools, None, table, as_of, limit), temp_dir=temp_dir
    )
    if output is not None:
        refuse_to_overwrite(output, force=force)
        refuse_to_replace_an_input(output, inputs.files)
    room = Workspace(inputs.limits, within=temp_dir)
    with room as workspace, patience("reading") as workspace.progress:
        draft = layout_draft(inputs, workspace, encoding)
    text = draft_as_yaml(draft)
    if output is None:
        typer.echo(text, nl=False)
        return

    def write(path: Path) -> None:
        path.write_text(text, encoding="utf-8", newline="\n")

    write_whole(output, write, force=force)
    guesses, choices = draft.number(Sure.GUESS), draft.number(Sure.CHOOSE)
    console = messages()
    console.print(
        f"Wrote {output.as_posix()}: {guesses} marked !guess, {choices} marked !choose.",
        style="bold",
        markup=False,
    )
    files = " ".join(quoted(path) for path in roster)
    register = f" --schools {quoted(schools)}" if schools else ""
    console.print(
        f"  funding roster check {quoted(rulebook)} {files}{register} --layout {quoted(output)}  "
        "# once none is left",
        markup=False,
        soft_wrap=True,
    )
