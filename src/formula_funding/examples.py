"""The worked examples of a rulebook: given these students and this school, exactly that."""

from __future__ import annotations

from formula_funding.allocate.evaluation import Evaluation
from formula_funding.compile.checked_rulebook import CheckedRulebook
from formula_funding.compile.plan_from_rulebook import plan_from_rulebook
from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Place, Problems, ProblemsFoundError
from formula_funding.diagnostics.wording import did_you_mean
from formula_funding.exact.column import Column
from formula_funding.exact.number_text import number_to_text
from formula_funding.formula.kinds import Level
from formula_funding.formula.weight import deep_recursion
from formula_funding.model.counts import Counts
from formula_funding.model.plan import Plan, Value
from formula_funding.model.register import Register
from formula_funding.read.register_from_table import school_attributes_read
from formula_funding.read.roster import is_count
from formula_funding.read.value_from_text import BadValueError, value_from_text
from formula_funding.rules.rulebook import Example
from formula_funding.tally.counts_from_tally import counts_from_tally
from formula_funding.tally.tally import Tally, TallyRow, cuts_of


def run_examples(checked: CheckedRulebook, problems: Problems) -> int:
    """Compute every worked example; differences go to `problems`. Returns how many there are."""
    for name, example in checked.rulebook.examples.items():
        place = checked.places.key(("examples", name))
        try:
            plan = plan_from_rulebook(checked, example.as_of, Problems())
        except ProblemsFoundError as error:
            for problem in error.problems:
                problems.add_problem(problem)
            continue
        with deep_recursion():
            _Example(name, example, plan, place, problems).run()
    return len(checked.rulebook.examples)


class _Example:
    def __init__(
        self, name: str, example: Example, plan: Plan, place: Place, problems: Problems
    ) -> None:
        self._name = name
        self._example = example
        self._plan = plan
        self._place = place
        self._problems = problems

    def run(self) -> None:
        if self._has_unknown_names():
            return
        register, counts = self._register(), self._counts()
        if register is None or counts is None:
            return
        evaluation = Evaluation(self._plan, counts, register, self._problems)
        for name, stated in self._example.gives.items():
            item = self._plan.item(name)
            if item is None or self._plan.level_of(name) is not Level.SCHOOL:
                known = [item.name for item in self._plan.items]
                self._bad(f"`gives` names `{name}`, no line or step", did_you_mean(name, known))
                continue
            values = evaluation.schools.read(name)
            computed = values.value(0) if isinstance(values, Column) else None
            if computed != stated:
                shown = "nothing" if computed is None else number_to_text(computed)
                self._problems.add(
                    codes.EXAMPLE_DIFFERS,
                    f"example `{self._name}`: `{name}` is stated as {number_to_text(stated)}, "
                    f"but comes out as {shown}",
                    self._place,
                )

    def _has_unknown_names(self) -> bool:
        """Whether the example names an attribute that the rulebook does not declare."""
        of_students = {name: None for group in self._example.students for name in group.given}
        found = False
        for level, names in (
            (Level.SCHOOL, self._example.school),
            (Level.STUDENT, of_students),
        ):
            declared = [a.name for a in self._plan.attributes.values() if a.level is level]
            for name in names:
                if name not in declared:
                    found = True
                    whom = f"{level.name.lower()}s"
                    self._bad(
                        f"the rulebook declares no `{name}` of {whom}", did_you_mean(name, declared)
                    )
        return found

    def _register(self) -> Register | None:
        attributes: dict[str, tuple[Value, ...]] = {}
        for name in school_attributes_read(self._plan):
            value = self._value(name, self._example.school.get(name, ""))
            if value is None:
                return None
            attributes[name] = (value,)
        return Register(("example",), ("",), attributes, is_given=True)

    def _counts(self) -> Counts | None:
        rows: list[tuple[dict[str, str], int]] = []
        for group in self._example.students:
            values = group.given
            if not is_count(group.students):
                self._bad(f"`{group.students}` is no number of students", None)
                return None
            rows.append((values, int(group.students)))
        cuts = cuts_of(self._plan)
        for cut in cuts:
            for name in cut:
                if any(self._value(name, values.get(name, "")) is None for values, _ in rows):
                    return None
        tally: dict[tuple[str, ...], list[TallyRow]] = {
            cut: [
                ("example", tuple(values.get(name, "") for name in cut), students)
                for values, students in rows
            ]
            for cut in cuts
        }
        return counts_from_tally(
            Tally(len(rows), tally),
            self._plan,
            Register(("example",), ("",), {}, is_given=True),
        )

    def _value(self, name: str, text: str) -> Value | None:
        try:
            return value_from_text(text, self._plan.attributes[name])
        except BadValueError as error:
            self._bad(
                f"`{name}` has no value" if error.empty else f"`{text}` is no value of `{name}`",
                f"expected: {error.expected}",
            )
            return None

    def _bad(self, message: str, hint: str | None) -> None:
        self._problems.add(
            codes.BAD_EXAMPLE, f"example `{self._name}`: {message}", self._place, hint
        )
