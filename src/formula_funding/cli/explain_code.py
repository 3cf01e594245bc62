"""`funding explain-code`: what a code of a problem means, offline."""

from __future__ import annotations

from typing import Annotated

import typer

from formula_funding.cli.console import messages, results
from formula_funding.cli.exit_codes import USAGE


def explain_code(
    code: Annotated[str, typer.Argument(metavar="CODE", help="A code such as F002, or `all`.")],
) -> None:
    """Tell what the code of a problem means and what to do.

    Example: funding explain-code F002
    """
    from formula_funding.diagnostics.codes import CODES
    from formula_funding.diagnostics.wording import did_you_mean

    wanted = list(CODES) if code == "all" else [code.upper()]
    for name in wanted:
        found = CODES.get(name)
        if found is None:
            hint = did_you_mean(name, CODES) or "`funding explain-code all` lists them"
            messages().print(f"there is no code {code}: {hint}", markup=False)
            raise typer.Exit(USAGE)
        results().print(
            f"{found.id} ({found.severity.value}): {found.title}\n{found.explanation}\n"
            + (f"With --accept {found.id}: {found.accepting}\n" if found.accepting else ""),
            markup=False,
            soft_wrap=True,
        )
