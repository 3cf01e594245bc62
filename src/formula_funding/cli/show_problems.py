"""Problems on the terminal: place, code, sentence, the guilty line under a caret, the way out."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from formula_funding.diagnostics.problem import Place, Problem, in_order
from formula_funding.diagnostics.wording import counted, printable


def show_problems(problems: Sequence[Problem], console: Console) -> None:
    """Print problems in the order of their places, and how many there are."""
    for problem in in_order(problems):
        console.print(_block(problem), soft_wrap=True)
    errors = sum(problem.is_error for problem in problems)
    warnings = len(problems) - errors
    if errors:
        code = next(problem.code.id for problem in in_order(problems) if problem.is_error)
        console.print(
            Text(f"{counted(errors, 'error')}, {counted(warnings, 'warning')}. ", style="bold")
            + Text(f"More about a code: funding explain-code {code}", style="dim"),
            soft_wrap=True,
        )


def _block(problem: Problem) -> Text:
    text = Text()
    if problem.place is not None:
        text.append(f"{problem.place}: ", style="bold")
    style = "bold red" if problem.is_error else "bold yellow"
    text.append(f"{problem.code.severity.value} {problem.code.id}: ", style=style)
    text.append(_harmless(problem.message))
    if problem.count > 1:
        further = problem.further_places
        also = f"; also in {further}" if further else ""
        text.append(f" ({problem.count:,} times{also})")
    if problem.place is not None and problem.place.excerpt is not None:
        text.append_text(_caret(problem.place, problem.place.excerpt, style))
    if problem.earlier_places:
        text.append("\n    earlier: ", style="bold cyan")
        text.append(problem.earlier_places)
    if problem.way_out:
        text.append("\n    help: ", style="bold cyan")
        text.append(_harmless(problem.way_out))
    return text


def _harmless(text: str) -> str:
    """Lines of a message, which may cite what a file holds."""
    return "\n".join(map(printable, text.split("\n")))


def _caret(place: Place, excerpt: str, style: str) -> Text:
    number = str(place.line)
    text = Text(f"\n    {number} | ", style="dim")
    text.append(printable(excerpt.replace("\t", " ")), style="not dim")
    text.append(f"\n    {' ' * len(number)} | ", style="dim")
    visible = max(min(place.length, len(excerpt) - place.column + 1), 1)
    text.append(" " * (place.column - 1) + "^" * visible, style=f"not dim {style}")
    return text
