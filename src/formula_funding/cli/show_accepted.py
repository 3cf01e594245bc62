"""The findings that an officer overruled, below whatever is shown of an allocation."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from formula_funding.language.words import Words
from formula_funding.model.ledger import Ledger


def show_accepted(ledger: Ledger, words: Words, console: Console) -> None:
    """Print each accepted finding with its reason; nothing where none was."""
    for accepted in ledger.accepted:
        found = accepted.problem
        console.print(
            Text(f"{words('accepted')} {found.code.id}: ", style="bold red")
            + Text(f"{found.message}. ", style="red")
            + Text(f"{words('reason')}: {accepted.reason}"),
            soft_wrap=True,
        )
