"""The worked examples of a rulebook: given these students and this school, exactly that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import NamedTuple, TypeAlias

from formula_funding.allocate.evaluation import Evaluation
from formula_funding.allocate.requirements import failure_of
from formula_funding.allocate.solved import plan_with_found_figures
from formula_funding.compile.checked_rulebook import CheckedRulebook
from formula_funding.compile.plan_from_rulebook import plan_from_rulebook
from formula_funding.compile.total import TOTAL, with_total_of
from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Place, Problems, ProblemsFoundError
from formula_funding.diagnostics.wording import did_you_mean
from formula_funding.exact.column import Column
from formula_funding.exact.number_text import number_to_text
from formula_funding.formula.kinds import Level
from formula_funding.formula.tree import SCHOOLS
from formula_funding.formula.weight import deep_recursion
from formula_funding.model.counts import Counts, Cut, RowsRead, declared
from formula_funding.model.plan import STUDENTS, Plan, Role, Value
from formula_funding.model.register import Register
from formula_funding.read.cell_reader import cell_readers, count_from_text
from formula_funding.read.nodes_from_yaml import Places
from formula_funding.read.register_from_table import school_attributes_read
from formula_funding.read.roster import Roster
from formula_funding.read.value_from_text import BadValueError, value_from_text
from formula_funding.rules.layout import TableLayout
from formula_funding.rules.period import Period
from formula_funding.rules.worked_examples import Example
from formula_funding.scenario.given_values import Given, plan_starting_from
from formula_funding.tally.best_of_rows import best_counts
from formula_funding.tally.counts_from_tally import counts_from_tally
from formula_funding.tally.tally import Tally, cuts_of, ledger_cut, tally_table


def run_examples(checked: CheckedRulebook, problems: Problems) -> int:
    """Compute every worked example; differences go to `problems`. Returns how many there are."""
    for _ in evaluated_examples(checked, problems):
        pass
    return len(checked.rulebook.examples)


def evaluated_examples(
    checked: CheckedRulebook, problems: Problems
) -> Iterator[tuple[str, Evaluation]]:
    """Each worked example that can be computed; what differs from it goes to `problems`."""
    for example in _examples(checked, problems):
        with deep_recursion():
            evaluation = example.run()
            if evaluation is not None:
                yield example.name, evaluation


def check_examples(checked: CheckedRulebook, problems: Problems) -> None:
    """Check the names, values and dates of every worked example, without computing any."""
    for example in _examples(checked, problems):
        example.check()


def _examples(checked: CheckedRulebook, problems: Problems) -> Iterator[_Example]:
    """Each worked example whose date has all figures; what a date lacks is told once."""
    plans: dict[date | Period | None, Plan | None] = {}
    for name, example in checked.rulebook.examples.items():
        if example.as_of not in plans:
            try:
                plans[example.as_of] = plan_from_rulebook(checked, example.as_of, Problems())
            except ProblemsFoundError as error:
                plans[example.as_of] = None
                problems.add_once(error.problems)
        plan = plans[example.as_of]
        if plan is not None:
            yield _Example(name, example, plan, checked.places, problems)


_Path: TypeAlias = tuple[str | int, ...]
"""Where something stands within an example."""


class _Row(NamedTuple):
    """A row of an example: where it stands, its school, its attributes and the number of units."""

    path: _Path
    school: str | None
    values: dict[str, str]
    number: str


_SCHOOL_OF_ROW = ("school", "school_id")
_IN_WHICH = "a row says by `in` in which school of the example it stands: {in: north, …}"


class _Example:
    def __init__(
        self, name: str, example: Example, plan: Plan, places: Places, problems: Problems
    ) -> None:
        self.name = name
        self._places = places
        self._example = example
        stated = {name for _, name, _ in self._results()}
        self._plan = with_total_of(plan) if TOTAL in stated else plan
        self._place = self._place_of()
        self._problems = problems
        self._schools = example.schools or {ONLY_SCHOOL: example.school}

    def check(self) -> tuple[Register, Counts] | None:
        """The data of the example; None where it names what the rulebook does not know."""
        knows_results = self._knows_results()
        if self._has_unknown_names() or not self._can_start():
            return None
        register, counts = self._register(), self._counts()
        if register is None or counts is None or not knows_results:
            return None
        return register, counts

    def run(self) -> Evaluation | None:
        """Compare everything that is stated; None where the example can't be computed."""
        data = self.check()
        if data is None:
            return None
        register, counts = data
        try:
            plan = plan_with_found_figures(self._plan, counts, register, self._problems)
        except ProblemsFoundError:
            return None
        evaluation = Evaluation(plan, counts, register, self._problems)
        self._check_requirements(evaluation)
        for school, name, stated in self._results():
            self._compare(name, stated, evaluation, register.ids.index(school) if school else 0)
        return evaluation

    def _results(self) -> Iterator[tuple[str, str, Fraction]]:
        """What `gives` states: the school, if it names one, the line or step, and the number."""
        for key, stated in self._example.gives.items():
            if isinstance(stated, dict):
                yield from ((key, name, amount) for name, amount in stated.items())
            else:
                yield "", key, stated

    def _knows_results(self) -> bool:
        """Whether `gives` names schools of the example, and lines and steps, only."""
        known = len(self._problems)
        for school in dict.fromkeys(school for school, _, _ in self._results()):
            if school and school not in self._schools:
                hint = did_you_mean(school, self._schools)
                self._bad(f"`gives` names the school `{school}`", hint, "gives", school)
        for name, school in {name: school for school, name, _ in [*self._results()][::-1]}.items():
            is_found = any(parameter.name == name for parameter in self._plan.solved)
            item = self._plan.item(name)
            if (item is None and not is_found) or self._plan.level_of(name) is Level.STUDENT:
                names = [item.name for item in self._plan.items]
                hint = did_you_mean(name, names)
                at = ("gives", *filter(None, [school]), name)
                self._bad(f"`gives` names `{name}`, no line or step", hint, *at)
        if self._example.schools:
            self._check_whose_results()
        return len(self._problems) == known

    def _check_whose_results(self) -> None:
        """Of several schools, a line or a step of a school is stated for one of them."""
        for school, name, _ in self._results():
            if not school and self._plan.level_of(name) is Level.SCHOOL:
                self._bad(
                    f"`gives` states `{name}`, but not of which school",
                    f"write gives: {{{next(iter(self._schools))}: {{{name}: …}}}}",
                    *("gives", name),
                )

    def _can_start(self) -> bool:
        """Start from the values that the example gives; False where that can't be done."""
        given = self._example.given
        if not given:
            return True
        known = len(self._problems)
        of_schools: dict[str, dict[str, str]] = {school: {} for school in self._schools}
        of_all: dict[str, str] = {}
        for name, value in given.items():
            if isinstance(value, str):
                own = not self._example.schools and self._is_of_schools(name)
                (of_schools[ONLY_SCHOOL] if own else of_all)[name] = value
            elif name in of_schools:
                of_schools[name] = value
            else:
                hint = did_you_mean(name, of_schools)
                self._bad(f"`given` names the school `{name}`", hint, "given", name)
        results = dict.fromkeys(name for _, name, _ in self._results())
        self._plan = plan_starting_from(
            self._plan,
            Given(of_schools, of_all),
            results,
            self._place_of("given"),
            lambda message, hint: self._bad(message, hint, "given"),
        )
        self._schools = {
            school: {**facts, **of_schools[school]} for school, facts in self._schools.items()
        }
        return len(self._problems) == known

    def _is_of_schools(self, name: str) -> bool:
        return self._plan.item(name) is not None and self._plan.level_of(name) is Level.SCHOOL

    def _check_requirements(self, evaluation: Evaluation) -> None:
        """Note where a run on the data of the example would stop."""
        for requirement in evaluation.plan.requirements:
            failure = failure_of(requirement, evaluation)
            if failure is not None and requirement.role is Role.REQUIRED:
                self._problems.add(
                    codes.EXAMPLE_NOT_AS_REQUIRED,
                    f"example `{self.name}`: {failure}",
                    self._place,
                    f"required is {requirement.text}",
                )

    def _compare(self, name: str, stated: Fraction, evaluation: Evaluation, index: int) -> None:
        """Compare a line or step of school number `index`, or a step of the system."""
        is_system = self._plan.level_of(name) is Level.SYSTEM
        values = (evaluation.system if is_system else evaluation.schools).read(name)
        number = 0 if is_system else index
        computed = values.value(number) if isinstance(values, Column) else None
        if computed != stated:
            shown = "nothing" if computed is None else number_to_text(computed)
            self._problems.add(
                codes.EXAMPLE_DIFFERS,
                f"example `{self.name}`: `{name}` is stated as {number_to_text(stated)}, "
                f"but comes out as {shown}",
                self._place,
            )

    def _has_unknown_names(self) -> bool:
        """Whether the example names an attribute that the rulebook does not declare."""
        given = {SCHOOLS: self._attributes_of_schools()}
        given[STUDENTS] = _first_rows("students", [row.given for row in self._example.students])
        found = False
        for table, rows in self._example.tables.items():
            if table not in self._plan.tables:
                found = True
                hint = did_you_mean(table, self._plan.tables)
                self._bad(f"the rulebook has no table `{table}`", hint, "tables", table)
            else:
                given[table] = _first_rows("tables", [row.given for row in rows], table)
        for units, names in given.items():
            declared = [a.name for a in self._plan.attributes.values() if a.units == units]
            for name, path in names.items():
                if name not in declared:
                    found = True
                    self._bad(
                        f"the rulebook declares no `{name}` of {units}",
                        _IN_WHICH if name in _SCHOOL_OF_ROW else did_you_mean(name, declared),
                        *path,
                    )
        return found

    def _attributes_of_schools(self) -> dict[str, _Path]:
        """Each attribute that the example gives of a school, with where it stands first."""
        found: dict[str, _Path] = {}
        for school, facts in self._schools.items():
            for name in facts:
                found.setdefault(name, self._path_of_fact(school, name))
        return found

    def _path_of_fact(self, school: str, name: str) -> _Path:
        """Where the example states a fact or a step of a school, or would."""
        of_school = ("schools", school) if self._example.schools else ("school",)
        given = self._example.given
        if name in self._example.school or name in self._example.schools.get(school, {}):
            return *of_school, name
        if given.get(name) is not None:
            return "given", name
        return ("given", school, name) if school in given else (*of_school, name)

    def _register(self) -> Register | None:
        names = school_attributes_read(self._plan)
        schools = self._schools
        columns: dict[str, list[Value]] = {name: [] for name in names}
        for school, facts in schools.items():
            for name in names:
                path = self._path_of_fact(school, name)
                value = self._value(name, facts.get(name, ""), path)
                if value is not None:
                    columns[name].append(value)
        if any(len(column) < len(schools) for column in columns.values()):
            return None
        ids = sorted(schools)
        order = [list(schools).index(school) for school in ids]
        attributes = {name: tuple(column[i] for i in order) for name, column in columns.items()}
        return Register(tuple(ids), ("",) * len(ids), attributes, is_given=True)

    def _counts(self) -> Counts | None:
        students = [
            _Row(("students", i), group.in_, group.given, group.students)
            for i, group in enumerate(self._example.students)
        ]
        counts = self._counted(STUDENTS, students, cuts_of(self._plan))
        if counts is not None:
            counts = replace(counts, read=self._rows_read(counts))
        units: dict[str, Counts] = {}
        for name, table in self._plan.tables.items():
            rows = [
                _Row(("tables", name, i), row.in_, row.given, row.number)
                for i, row in enumerate(self._example.tables.get(name, ()))
            ]
            wanted, best = cuts_of(self._plan, name), table.best
            read = wanted if best is None else (declared(self._plan, best.names),)
            found = self._counted(name, rows, read)
            if found is None:
                return None
            units[name] = found if best is None else best_counts(found, best, wanted)
        return None if counts is None else replace(counts, units=units)

    def _rows_read(self, counts: Counts) -> tuple[RowsRead, ...]:
        """The students of an example as rows of the ledger, without a file."""
        table = counts.table(STUDENTS, ledger_cut(self._plan))
        ids = sorted(self._schools)
        return tuple(
            RowsRead("", ids[school], table.combinations[combination], number, number)
            for school, combination, number in zip(
                table.schools, table.combination, table.students, strict=True
            )
        )

    def _counted(self, units: str, given: list[_Row], cuts: Sequence[Cut]) -> Counts | None:
        known = len(self._problems)
        rows: list[tuple[str, dict[str, str], int]] = []
        for school, row in {row.school: row for row in reversed(given)}.items():
            self._check_school(units, school, row.path)
        for row in given:
            count = count_from_text(row.number)
            if count is None:
                own = "students" if units == STUDENTS else "number"
                hint = f"give a whole number of {units}"
                self._bad(f"`{row.number}` is no number of {units}", hint, *row.path, own)
            else:
                rows.append((row.school or ONLY_SCHOOL, row.values, count))
        if len(self._problems) > known:
            return None
        for name in {name for cut in cuts for name in cut}:
            for row in given:
                if self._value(name, row.values.get(name, ""), (*row.path, name)) is None:
                    return None
        tally = {
            cut: tally_table(
                (school, tuple(values.get(name, "") for name in cut), students)
                for school, values, students in rows
            )
            for cut in cuts
        }
        ids = tuple(sorted(self._schools))
        register = Register(ids, ("",) * len(ids), {}, is_given=True)
        # Every student of an example counts: there are no rows of one student to choose from.
        roster = Roster((), cell_readers(TableLayout(), self._plan.attributes.values()))
        return counts_from_tally(Tally(tally), register, roster, tuple(tally), ())

    def _check_school(self, units: str, named: str | None, path: _Path) -> None:
        """Rows of one school name none, rows of several schools name theirs."""
        several = self._example.schools
        if not several:
            if named is not None:
                self._bad(
                    f"a row of {units} stands in the school `{named}`, but the example has one "
                    "school, without an id",
                    f"leave out `in`, or describe it under schools: {{{named}: …}}",
                    *(*path, "in"),
                )
        elif named is None:
            self._bad(
                f"a row of {units} does not say in which school it stands",
                f"write in: {next(iter(several))} beside its attributes, or another school of the "
                "example",
                *path,
            )
        elif named not in several:
            hint = did_you_mean(named, several)
            self._bad(f"a row of {units} stands in the school `{named}`", hint, *path, "in")

    def _value(self, name: str, text: str, path: _Path) -> Value | None:
        try:
            return value_from_text(text, self._plan.attributes[name])
        except BadValueError as error:
            self._bad(
                f"`{name}` has no value" if error.empty else f"`{text}` is no value of `{name}`",
                f"expected: {error.expected}",
                *path,
            )
            return None

    def _bad(self, message: str, hint: str | None, *path: str | int) -> None:
        """Note what is wrong at a path within the example."""
        self._problems.add(
            codes.BAD_EXAMPLE, f"example `{self.name}`: {message}", self._place_of(*path), hint
        )

    def _place_of(self, *path: str | int) -> Place:
        return self._places.key(("examples", self.name, *path))


def _first_rows(key: str, rows: Sequence[dict[str, str]], *table: str) -> dict[str, _Path]:
    """Each name of some rows, with where it stands first."""
    found: dict[str, _Path] = {}
    for i, row in enumerate(rows):
        for name in row:
            found.setdefault(name, (key, *table, i, name))
    return found


ONLY_SCHOOL = "example"
"""The id of the school of an example with a single one."""
