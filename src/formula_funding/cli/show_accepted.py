"""The findings that an officer overruled, below whatever is shown of an allocation."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from formula_funding.diagnostics.problem import Accepted
from formula_funding.language.words import Words


def show_accepted(accepted: Iterable[Accepted], words: Words, console: Console) -> None:
    """Print each accepted finding with its reason; nothing where none was."""
    for one in accepted:
        found = one.problem
        console.print(
            Text(f"{words('accepted')} {found.code.id}: ", style="bold red")
            + Text(f"{found.message}. ", style="red")
            + Text(f"{words('reason')}: {one.reason}"),
            soft_wrap=True,
        )
