"""The commands of `funding`: their names and what they do; each is imported when it is used."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

SUMMARIES = {
    "compute": "Compute what each school gets.",
    "compare": "Compare with scenarios: who gains, who loses, and why.",
    "explain": "Show how one school's allocation came about, line by line.",
    "check": "Check a rulebook, and a roster by it; show every problem.",
    "audit": "Prove that every status is paid alike; measure equity.",
    "roster": "Rosters as they really come: draft a layout, check them.",
    "test": "Compute the worked examples of rulebooks and compare.",
    "solve": "Find the rate by which the total meets a budget.",
    "sweep": "Vary a figure over a range: total, gains and losses.",
    "project": "Carry the students forward and fund the years to come.",
    "tally": "Count a roster once and keep the counts, no student.",
    "replay": "Compute every amount again from an explanation alone.",
    "verify": "Say which cells of a workbook were changed by hand.",
    "init": "Write a small example: rulebook, roster and schools.",
    "new": "Write a commented rulebook to start from.",
    "docs": "Print the method of a rulebook, like a regulation's annex.",
    "schema": "Print the JSON Schema for editors of rulebooks.",
    "explain-code": "Tell what the code of a problem means and what to do.",
}
"""What each command's own help begins with; a line of 80 columns holds it."""
NOT_FOLDED = "\b"
"""Begins a paragraph of help whose lines click leaves as they are."""


def command(name: str) -> Any:
    """The command of a name of SUMMARIES as typer runs it; or a group of commands."""
    word = name.replace("-", "_")
    found = getattr(import_module(f"formula_funding.cli.{word}"), word)
    if not isinstance(found, typer.Typer):
        alone = typer.Typer(add_completion=False, rich_markup_mode=None)
        alone.command(name)(found)
        found = alone
    return _told_plainly(get_command(found))


def _told_plainly(known: Any) -> Any:
    """The same command; its help folds no example, so that one can be copied and run, and what
    it tells of a wrong word has no words in it for programmers.
    """
    for inner in getattr(known, "commands", {}).values():
        _told_plainly(inner)
    if known.help:
        known.help = known.help.replace("\n\nExample:", f"\n\n{NOT_FOLDED}\nExample:")
    made = known.make_context

    def make_context(*given: Any, **also: Any) -> Any:
        try:
            return made(*given, **also)
        except typer.BadParameter as error:
            error.message = error.message.removeprefix("Value error, ")
            raise

    known.make_context = make_context
    return known


class NamedCommand(TyperCommand):
    """The name of a command and what it does; whoever uses it gets the command itself."""

    def make_context(self, *given: Any, **also: Any) -> Any:
        """What the command itself makes of its words, for running, help and completion."""
        assert self.name is not None
        return command(self.name).make_context(*given, **also)


class Commands(TyperGroup):
    """All commands, in the order of SUMMARIES, none imported."""

    def __init__(self, **given: Any) -> None:
        named = {name: NamedCommand(name, help=told) for name, told in SUMMARIES.items()}
        super().__init__(**{**given, "commands": named})
