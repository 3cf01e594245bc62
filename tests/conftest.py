"""What all tests share: a budget for hypothesis, and the command line run in this process."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

from formula_funding.cli.app import main

PROJECT = Path(__file__).parents[1]
os.environ["PYTHONPATH"] = os.pathsep.join(
    filter(None, (str(PROJECT / "src"), str(PROJECT), os.environ.get("PYTHONPATH")))
)
"""Programs started by tests are those of this folder, whichever one is installed."""

settings.register_profile("default", max_examples=25, derandomize=True, deadline=None)
settings.register_profile("ci", max_examples=100, derandomize=True, deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "default")

_HEAD = re.compile(
    r"(?:(?P<file>.+?)(?::(?P<line>\d+))?(?::(?P<column>\d+))?: )?"
    r"(?P<severity>error|warning) (?P<code>[A-Z]\d{3}): (?P<says>.*)"
)


@dataclass(frozen=True)
class Shown:
    """One problem as the user sees it on the terminal."""

    code: str
    at: str
    """`file:line:column`, as far as the problem has them."""
    severity: str
    says: str
    hint: str


@dataclass(frozen=True)
class Finished:
    """A command that has ended."""

    exit_code: int
    stdout: str
    stderr: str

    @property
    def problems(self) -> list[Shown]:
        """The problems on standard error, in the order shown."""
        found: list[Shown] = []
        for text in self.stderr.splitlines():
            head = _HEAD.fullmatch(text)
            if head is not None:
                at = ":".join(part for part in head.group("file", "line", "column") if part)
                found.append(Shown(head["code"], at, head["severity"], head["says"], ""))
            elif found and text.startswith("    help: "):
                last = found.pop()
                hint = text.removeprefix("    help: ")
                found.append(Shown(last.code, last.at, last.severity, last.says, hint))
        return found

    @property
    def errors(self) -> list[Shown]:
        return [problem for problem in self.problems if problem.severity == "error"]

    @property
    def warnings(self) -> list[Shown]:
        return [problem for problem in self.problems if problem.severity == "warning"]


Funding = Callable[..., Finished]
"""`funding("compute", "rulebook.yaml", …)` runs the command in the test's own folder."""


@pytest.fixture
def funding(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Funding:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FUNDING_LANG", raising=False)

    def run(*words: object) -> Finished:
        monkeypatch.setattr("sys.argv", ["funding", *map(str, words)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        code = ended.value.code
        return Finished(code if isinstance(code, int) else 0, printed.out, printed.err)

    return run
