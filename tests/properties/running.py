"""Runs a random world through the program, from files in a folder of its own."""

from __future__ import annotations

import csv
import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb
from hypothesis import reject

from formula_funding.compile.checked_rulebook import CheckedRulebook
from formula_funding.compile.plan_from_rulebook import plan_from_rulebook
from formula_funding.diagnostics.problem import Problems, ProblemsFoundError
from formula_funding.explain.document import document
from formula_funding.explain.explanation_from_allocation import Explainer
from formula_funding.explain.replay import replay
from formula_funding.judge.student_by_student import amounts_student_by_student
from formula_funding.model.counting import EACH_STUDENT_ONCE
from formula_funding.model.plan import STUDENTS, Plan
from formula_funding.pipeline import Inputs, Run, checked_rulebook, run
from formula_funding.read.register_from_table import register_from_table
from formula_funding.read.roster import open_roster
from formula_funding.read.roster_rows import RosterRow, rows_of_roster
from formula_funding.rules.layout import Layout, RosterLayout
from formula_funding.rules.period import Period
from formula_funding.sources.workspace import Workspace
from formula_funding.tally.tally import cuts_of
from tests.properties.worlds import World

Rows = Sequence[dict[str, str]]
NO_AMOUNT = {"D017", "D020"}
"""A division by zero, and a sum that can't be shared."""


@contextmanager
def files_of(world: World) -> Iterator[Files]:
    """The world's rulebook, register and roster in a folder that vanishes afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        files = Files(Path(folder), world.as_of, tuple(world.tables))
        files.rulebook.write_text(world.rulebook, encoding="utf-8")
        write_csv(files.schools, world.schools)
        write_csv(files.roster, world.students)
        for name, rows in world.tables.items():
            write_csv(files.table(name), rows)
        for name, text in world.files.items():
            (files.folder / name).write_text(text, encoding="utf-8")
        yield files


@dataclass(frozen=True)
class Files:
    """Where the files of a world lie."""

    folder: Path
    as_of: date | Period | None
    tables: tuple[str, ...] = ()

    @property
    def rulebook(self) -> Path:
        return self.folder / "rulebook.yaml"

    @property
    def schools(self) -> Path:
        return self.folder / "schools.csv"

    @property
    def roster(self) -> Path:
        return self.folder / "roster.csv"

    @property
    def layout(self) -> Path:
        return self.folder / "layout.yaml"

    def table(self, name: str) -> Path:
        return self.folder / f"{name}.csv"

    def inputs(self, *rosters: Path, engine: str = "auto") -> Inputs:
        return Inputs(
            self.rulebook,
            rosters or (self.roster,),
            schools=self.schools,
            as_of=self.as_of,
            engine=engine,
            tables={name: self.table(name) for name in self.tables},
        )

    def run(self, *rosters: Path, engine: str = "auto") -> Run:
        return run(self.inputs(*rosters, engine=engine))

    def run_if_money_exists(self) -> Run:
        """As `run`; a world in which some amount does not exist is passed over."""
        try:
            return self.run()
        except ProblemsFoundError as error:
            if {problem.code.id for problem in error.problems if problem.is_error} <= NO_AMOUNT:
                reject()
            raise

    def checked(self) -> CheckedRulebook:
        return checked_rulebook(self.rulebook, Problems())

    def plan(self) -> Plan:
        return plan_from_rulebook(self.checked(), self.as_of, Problems())

    def judged(self, plan: Plan) -> dict[str, tuple[Fraction, ...]]:
        """The amounts as the judge finds them, without any engine."""
        problems = Problems()
        with Workspace() as workspace:
            register = register_from_table(
                self.schools, Layout().schools, plan, problems, workspace
            )

            def rows(path: Path, units: str) -> Iterator[RosterRow]:
                table = plan.tables.get(units)
                read = {name for cut in cuts_of(plan, units) for name in cut}
                read |= set(table.best.names if table and table.best else ())
                read |= set(plan.counting.attributes if units == STUDENTS else ())
                attributes = [a for a in plan.attributes.values() if a.name in read]
                counting = plan.counting if units == STUDENTS else EACH_STUDENT_ONCE
                roster = open_roster(
                    [path],
                    RosterLayout(),
                    attributes,
                    problems,
                    workspace,
                    units,
                    counting=counting,
                )
                return rows_of_roster(roster, register, problems)

            units = {STUDENTS: rows(self.roster, STUDENTS)}
            units |= {name: rows(self.table(name), name) for name in self.tables}
            return amounts_student_by_student(plan, units, register)


def write_csv(path: Path, rows: Rows) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def write_parquet(path: Path, rows: Rows, types: dict[str, str]) -> None:
    """The rows with typed columns; what `types` does not name stays text."""
    source = path.with_suffix(".source.csv")
    write_csv(source, rows)
    columns = ", ".join(
        f"CAST({name} AS {types.get(name, 'VARCHAR')}) AS {name}" for name in rows[0]
    )
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT {columns} FROM read_csv('{source}', all_varchar = true)) "
            f"TO '{path}' (FORMAT parquet)"
        )


def document_of(finished: Run) -> dict[str, Any]:
    """The result document as a reader of the JSON file gets it."""
    explainer = Explainer(finished.allocation, finished.evaluation)
    found: dict[str, Any] = json.loads(json.dumps(document(finished.allocation, explainer)))
    return found


def told(finished: Run) -> dict[str, Any]:
    """The document without what differs by how the rows were counted and stored."""
    found = document_of(finished)
    ledger = found["ledger"]
    del found["fingerprint"], ledger["rows_read"], ledger["rows_counted"], ledger["files"]
    for school in ledger["schools"]:
        del school["rows"]
    return found


def replayed(found: dict[str, Any]) -> list[str]:
    """What the replayer objects to."""
    problems = Problems()
    replay(found, "explanation.json", problems)
    return [f"{problem.code.id}: {problem.message}" for problem in problems]


def codes_raised(action: Callable[[], object]) -> list[str]:
    """The codes of the errors with which an action ends; none if it succeeds."""
    try:
        action()
    except ProblemsFoundError as error:
        return sorted({problem.code.id for problem in error.problems if problem.is_error})
    return []
