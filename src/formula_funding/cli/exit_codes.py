"""With what code a command ends; 0 is done."""

from __future__ import annotations

from collections.abc import Iterable

from formula_funding.diagnostics.problem import Problem

PROBLEMS = 1
"""Something is wrong in the files."""
USAGE = 2
"""The words of the command line are wrong; typer ends with it too."""
UNREADABLE = 3
"""A file can't be read, or an output can't be written."""
INTERNAL = 4
"""The program contradicts itself."""


def code_of(problems: Iterable[Problem]) -> int:
    """The exit code of a command that found these problems, at least one of them an error."""
    return UNREADABLE if any(problem.code.unreadable for problem in problems) else PROBLEMS
