"""Holds rulebooks against published official tables: matched / compared, column by column.

Each `published.yaml` beside a rulebook says how. The tables are not part of the project; they are
looked for in the folder given, by default ../shared/cases.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from formula_funding.diagnostics.problem import Problems, ProblemsFoundError
from formula_funding.exact.column import Column
from formula_funding.exact.number_text import number_to_text, scientific_from_text
from formula_funding.exact.rounding import Rounding, round_fraction
from formula_funding.formula.kinds import Level
from formula_funding.pipeline import Inputs, Run, run
from formula_funding.read.nodes_from_yaml import nodes_from_yaml

PROJECT = Path(__file__).parents[1]
TABLES = PROJECT.parent / "shared" / "cases"


@dataclass(frozen=True)
class Compared:
    """One published column beside what the rulebook gives for it."""

    rulebook: str
    column: str
    matched: int
    compared: int
    first_difference: str | None
    expected: int
    """How many must match: all, or the number that published.yaml states with its reason."""


def compare_all(tables: Path, engine: str = "auto") -> Iterator[Compared]:
    """Compare every rulebook that has a published.yaml."""
    for description in sorted((PROJECT / "rules").rglob("published.yaml")):
        data, _ = nodes_from_yaml(description, Problems())
        assert isinstance(data, dict)
        runs: Any = data["runs"]
        for given in runs:
            try:
                yield from _compare(description.parent, given, tables, engine)
            except ProblemsFoundError as error:
                name = description.parent.relative_to(PROJECT / "rules").as_posix()
                yield Compared(name, "(does not run)", 0, 1, str(error), 1)


def _compare(folder: Path, given: Any, tables: Path, engine: str) -> Iterator[Compared]:
    table = tables / given["table"]
    layout = folder / given["layout"] if "layout" in given else None
    as_of = date.fromisoformat(given["as_of"]) if "as_of" in given else None
    finished = run(Inputs(folder / "rulebook.yaml", (table,), None, layout, as_of, engine))
    published = _published_rows(table, given)
    name = folder.relative_to(PROJECT / "rules").as_posix()
    label = f"{name} {given.get('name', '')}".strip()
    for column, how in given["compare"].items():
        yield _compare_column(label, column, how, finished, published)


def _published_rows(table: Path, given: Any) -> dict[str, dict[str, str]]:
    """The rows of the table by school id, as the layout makes it."""
    with table.open(encoding="utf-8-sig", newline="") as file:
        return {
            "-".join(row[column].strip() for column in given["id"]): row
            for row in csv.DictReader(file)
            if all(row[column].strip() == value for column, value in given.get("only", {}).items())
        }


def _compare_column(
    label: str, column: str, how: Any, finished: Run, published: dict[str, dict[str, str]]
) -> Compared:
    """Compare what `how` says: the name of a line or step, or settings.

    `of` is the line or step; `column` the column, if it is not the comparison's name; `digits`,
    `within`, `when_empty`, `after` and `only_where` how its cells are read and which count;
    `at_least` how many must match where a known shortfall is told in the README.
    """
    settings: dict[str, str] = {"of": how} if isinstance(how, str) else how
    values = _values(finished, settings["of"])
    within = Fraction(settings.get("within", "0"))
    matched = compared = 0
    first: str | None = None
    for school, exact in values:
        text = _figure(published[school][settings.get("column", column)], settings)
        if text is None or _left_out(published[school], settings):
            continue
        stated = scientific_from_text(text)
        computed = exact
        digits = int(settings["digits"]) if "digits" in settings else None
        if digits is not None:
            unit = Rounding(Fraction(1, 10) ** digits)
            stated, computed = round_fraction(stated, unit), round_fraction(computed, unit)
        compared += 1
        if abs(stated - computed) <= within:
            matched += 1
        elif first is None:
            first = f"{school}: published {text}, computed {number_to_text(computed)}"
    expected = int(settings.get("at_least", compared))
    return Compared(label, column, matched, compared, first, expected)


def _values(finished: Run, name: str) -> Sequence[tuple[str, Fraction]]:
    evaluation = finished.evaluation
    plan = finished.allocation.plan
    is_system = plan.level_of(name) is Level.SYSTEM
    numbers = (evaluation.system if is_system else evaluation.schools).read(name)
    assert isinstance(numbers, Column)
    return [
        (school, numbers.value(0 if is_system else i) or Fraction(0))
        for i, school in enumerate(finished.allocation.register.ids)
    ]


def _figure(text: str, settings: dict[str, str]) -> str | None:
    """The figure in a cell: `($1,013)` is -1013; an empty one is as `when_empty` says, or none."""
    text = text.strip()
    if "after" in settings:
        text = text.partition(settings["after"])[2].split(" ")[0]
    for sign in "$ ,":
        text = text.replace(sign, "")
    if text.startswith("("):
        text = "-" + text.strip("()")
    return text or settings.get("when_empty")


def _left_out(row: dict[str, str], settings: Any) -> bool:
    return any(
        row[column].strip() not in values
        for column, values in settings.get("only_where", {}).items()
    )


def main() -> int:
    """Print every column; exit code 1 if one differs, 3 if the tables are not there."""
    tables = Path(sys.argv[1]) if len(sys.argv) > 1 else TABLES
    if not tables.is_dir():
        sys.stderr.write(f"no published tables in {tables}: nothing was compared\n")
        return 3
    differing = 0
    for found in compare_all(tables):
        differing += found.matched < found.expected
        sys.stdout.write(
            f"{found.rulebook:45} {found.column:28} {found.matched:>6,} / {found.compared:,}"
            + (f"   {found.first_difference}" if found.first_difference else "")
            + "\n"
        )
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
