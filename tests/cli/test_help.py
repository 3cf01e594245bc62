"""The help of commands, options and codes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import formula_funding
from formula_funding.cli.commands import SUMMARIES, command
from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Code
from tests.conftest import Funding

COMMANDS = {name: command(name) for name in SUMMARIES}
ROSTER = COMMANDS["roster"].commands
SOURCE = Path(formula_funding.__file__).parent
NAMES = {name: code for name, code in vars(codes).items() if isinstance(code, Code)}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example(name: str, funding: Funding) -> None:
    """A command's help tells what it does and shows one command line that does it."""
    finished = funding(name, "--help")
    assert finished.exit_code == 0
    assert f"funding {name} " in finished.stdout.replace("\n", " ")


@pytest.mark.parametrize("words", [*([n] for n in COMMANDS), *(["roster", n] for n in ROSTER)])
def test_examples_in_help_can_be_copied_whole(
    words: list[str], funding: Funding, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A narrow terminal folds no example in mid command."""
    known = ROSTER[words[1]] if words[1:] else COMMANDS[words[0]]
    monkeypatch.setenv("COLUMNS", "40")
    shown = [line.strip() for line in funding(*words, "--help").stdout.splitlines()]
    told = [line for line in known.help.splitlines() if line.startswith("Example:")]
    assert all(line in shown for line in told)
    assert told or words == ["roster"]


@pytest.mark.parametrize(
    ("command", "word"),
    [(name, word.name) for name, known in COMMANDS.items() for word in known.params],
)
def test_every_option_and_argument_has_help(command: str, word: str) -> None:
    """Whatever can be given to a command is told in its help."""
    told = {parameter.name: parameter.help for parameter in COMMANDS[command].params}
    assert len(told[word]) > len("A file.")


def test_the_list_of_commands_says_what_each_says_of_itself(funding: Funding) -> None:
    """Commands are listed without being imported; each is told whole, on one line of 80 columns."""
    shown = funding("--help").stdout.splitlines()
    for name, known in COMMANDS.items():
        assert known.help.splitlines()[0] == SUMMARIES[name]
        assert f"  {name:12}  {SUMMARIES[name]}" in shown


def test_no_command_at_all_shows_the_help(funding: Funding) -> None:
    """Who types `funding` alone sees the commands."""
    finished = funding()
    shown = finished.stdout + finished.stderr
    assert all(name in shown for name in COMMANDS)


def test_version_is_told(funding: Funding) -> None:
    """`--version` tells the version of the package."""
    assert funding("--version").stdout == f"funding {formula_funding.__version__}\n"


@pytest.mark.parametrize("name", NAMES)
def test_every_code_is_explained_and_used(name: str) -> None:
    """A code has at least a sentence of explanation, and the program raises it somewhere."""
    assert re.search(r"\w+ \w+.*\.$", NAMES[name].explanation)
    raised = [
        file
        for file in SOURCE.rglob("*.py")
        if file.name != "codes.py" and re.search(rf"\bcodes\.{name}\b", file.read_text("utf-8"))
    ]
    assert raised


def test_codes_are_listed_once_each() -> None:
    """No two kinds of problem share a code, and none is left out of the list."""
    assert sorted(codes.CODES) == sorted(code.id for code in NAMES.values())


def test_explain_code_all_lists_every_code(funding: Funding) -> None:
    """`funding explain-code all` shows every code with its explanation."""
    shown = funding("explain-code", "all").stdout
    for code in codes.CODES.values():
        assert f"{code.id} ({code.severity.value}): {code.title}\n{code.explanation}\n" in shown


def test_a_code_may_be_given_in_small_letters(funding: Funding) -> None:
    """`f002` is F002."""
    assert funding("explain-code", "f002").stdout == funding("explain-code", "F002").stdout
