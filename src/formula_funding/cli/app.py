"""The command `funding`: its commands and what becomes of problems."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from formula_funding.cli.commands import Commands
from formula_funding.cli.console import messages, messages_at_will, speak_utf8, watched_output
from formula_funding.cli.exit_codes import INTERNAL, code_of
from formula_funding.cli.garbage import search_rarely
from formula_funding.cli.interrupts import INTERRUPTED, STOPPED
from formula_funding.diagnostics.problem import InvariantBrokenError, ProblemsFoundError

app = typer.Typer(
    name="funding",
    cls=Commands,
    help="What each school gets by a funding formula: exact to the last coin, and explained.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    pretty_exceptions_show_locals=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Start with: funding init my-city",
)


def _version(wanted: bool) -> None:
    if wanted:
        from formula_funding import __version__

        typer.echo(f"funding {__version__}")
        raise typer.Exit


@app.callback()
def funding(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """What each school gets by a funding formula: exact to the last coin, and explained."""


def main() -> None:
    """Run the command line; problems become messages and exit codes."""
    os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"  # none is looked for: files mean what we say
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy counts here, and would start others
    search_rarely()
    speak_utf8()
    with messages_at_will():
        _run()


def _run() -> None:
    try:
        with watched_output():
            app()
    except ProblemsFoundError as error:
        from formula_funding.cli.show_problems import show_problems

        show_problems(error.problems, messages())
        sys.exit(code_of(error.problems))
    except InvariantBrokenError as error:
        messages().print(
            f"internal error: {error}\nThis is a fault of the program, not of your files. "
            "No file is half written; please report it.",
            markup=False,
        )
        sys.exit(INTERNAL)
    except SystemExit as ended:
        if ended.code == INTERRUPTED:  # so typer ends a command on Ctrl-C
            messages().print(STOPPED)
        raise
