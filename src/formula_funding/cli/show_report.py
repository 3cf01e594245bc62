"""A roster's report on the terminal: every check, then what was found, the first places of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.console import Console
from rich.text import Text

from formula_funding.diagnostics.problem import SHOWN, Problem, Problems
from formula_funding.diagnostics.wording import counted
from formula_funding.report.checks import CheckResult, Outcome
from formula_funding.report.roster_report import RosterReport

_STYLES = {Outcome.PASS: "green", Outcome.FAIL: "bold red", Outcome.NOT_EVALUATED: "yellow"}
_NAME_WIDTH = 15
_LABEL_WIDTH = 9
_LISTED = 10
"""So many files are told one by one."""


def show_report(report: RosterReport, console: Console, *, show_values: bool) -> None:
    """Print the report; what was found in cells is shown only with `show_values`."""
    for text in _files(report):
        _line(console, Text(text))
    if report.register is not None:
        _line(console, Text(f"{report.register}: {counted(report.schools, 'school')}"))
    _line(console)
    for result in report.results:
        _line(console, _outcome(result))
    for result in report.results:
        for problem in _together(result.findings):
            _line(console)
            _line(console, _finding(problem, result, show_values))
    _line(console)
    _line(console, _sum(report))


def _files(report: RosterReport) -> Iterator[str]:
    """The files; of many, only those in which something was found, and the sum of the others."""
    places = {p for problem in report.problems for p in (problem.place, *problem.more_places) if p}
    found = {place.file for place in places}
    good = [file for file in report.files if file.is_whole and file.name not in found]
    summed = good if len(report.files) > _LISTED else []
    for file in report.files:
        if file not in summed:
            part = "" if file.is_whole else ", not to the end" if file.rows else ", not read"
            yield f"{file.name}: {counted(file.rows, 'row')}{part}"
    if summed:
        rows = counted(sum(file.rows for file in summed), "row")
        other = "other file" if len(summed) < len(report.files) else "file"
        yield f"{counted(len(summed), other)}: {rows}"


def _line(console: Console, text: Text | None = None) -> None:
    console.print(text or "", soft_wrap=True)


def _outcome(result: CheckResult) -> Text:
    text = Text(f"{result.outcome.value:13}  ", style=_STYLES[result.outcome])
    text.append(f"{result.check.name:{_NAME_WIDTH}} {result.check.claim}", style="not bold default")
    reasons = list(result.not_evaluated)
    if len(reasons) > SHOWN:
        reasons = [*reasons[: SHOWN - 1], f"and {len(reasons) - SHOWN + 1:,} more reasons"]
    for reason in reasons:
        text.append(f"\n{'':{13 + 2 + _NAME_WIDTH}} {reason}", style="not bold dim")
    return text


def _together(findings: Iterable[Problem]) -> list[Problem]:
    """The findings; alike ones of several files are one, unless texts of cells were counted."""
    found = Problems()
    for problem in findings:
        if problem.different:
            found.add_problem(problem)
        else:
            found.add_alike(problem)
    return list(found)


def _finding(problem: Problem, result: CheckResult, show_values: bool) -> Text:
    severity = problem.code.severity.value
    text = Text(f"{severity} {problem.code.id}", style="bold red" if problem.is_error else "yellow")
    times = f" ({problem.count:,} times)" if problem.count > 1 else ""
    text.append(f": {problem.message}{times}", style="bold default")
    for label, told in (
        ("check", result.check.name),
        ("where", _where(problem)),
        ("earlier", problem.earlier_places),
        ("expected", problem.expected),
        ("found", _found(problem, show_values)),
        ("help", problem.hint),
    ):
        if told:
            text.append(f"\n  {label:{_LABEL_WIDTH}}", style="not bold cyan")
            text.append(told, style="not bold default")
    return text


def _where(problem: Problem) -> str:
    return ", ".join(filter(None, [str(problem.place or ""), problem.further_places]))


def _found(problem: Problem, show_values: bool) -> str:
    if not problem.different:
        return ""
    if show_values:
        values = ", ".join(f"`{text}` ({times:,})" for text, times in problem.texts)
        return values + (", …" if problem.different > len(problem.texts) else "")
    return f"{counted(problem.different, 'different value')}; --show-values shows them"


def _sum(report: RosterReport) -> Text:
    failed, passed = report.having(Outcome.FAIL), report.having(Outcome.PASS)
    not_evaluated = report.having(Outcome.NOT_EVALUATED)
    text = Text(
        f"{counted(len(failed), 'check')} failed, {len(passed)} passed, "
        f"{len(not_evaluated)} not evaluated.",
        style="bold red" if failed else "bold",
    )
    if not_evaluated:
        text.append(" What was not evaluated has not passed.", style="not bold default")
    if failed:
        first = next(problem for result in failed for problem in result.findings)
        text.append(f" More: funding explain-code {first.code.id}", style="not bold dim")
    return text
