"""A scenario's changes of schools and students: opened, merged, closed, moved, grown."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from math import lcm

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Place, Problem, Problems
from formula_funding.diagnostics.wording import counted, did_you_mean
from formula_funding.exact.number_text import NotANumberError, number_from_text
from formula_funding.formula.kinds import Level
from formula_funding.formula.tree import Tree
from formula_funding.model.plan import Plan, Value
from formula_funding.read.nodes_from_yaml import Places
from formula_funding.read.value_from_text import BadValueError, value_from_text
from formula_funding.rules.scenario import Closure, Growth, Merger, Move, Opening, Scenario
from formula_funding.scenario.enrolment import Enrolment
from formula_funding.scenario.merged_schools import (
    merged_counts,
    merged_register,
    successors,
    with_new_values,
)
from formula_funding.scenario.whole_students import Cell, moved, resized, whole

_SHARE = re.compile(r"([+-]?)([0-9][0-9_.]*) ?%")
_NUMBER = re.compile(r"([+-]?)([0-9][0-9_]*)")
MERGING = ("open", "merge")
ALL = ("open", "merge", "close", "move", "grow")
"""The sections of a scenario that change schools and students, in the order of their effect."""


@dataclass(frozen=True)
class RosterChanges:
    """What a scenario makes of schools and students, in the words of one rulebook.

    `where` are its conditions on students, checked.
    """

    plan: Plan
    scenario: Scenario
    places: Places
    where: Mapping[str, Tree]

    def applied(self, enrolment: Enrolment, sections: tuple[str, ...] = ALL) -> Enrolment:
        """The enrolment after the `sections`, which come in the order of ALL.

        Raises ProblemsFoundError with the problems of all changes that can't be.
        """
        steps: dict[str, Callable[..., Enrolment]] = {
            "open": self._opened,
            "merge": self._merged,
            "close": self._closed,
            "move": self._moved,
            "grow": self._grown,
        }
        everything = Problems()
        for section in sections:
            for number, change in enumerate(getattr(self.scenario, section)):
                problems = Problems()
                found = steps[section](enrolment, change, (section, number), problems)
                if not problems.has_errors:
                    enrolment = found
                for problem in problems:
                    if not self._follows(problem, everything):
                        everything.add_problem(problem)
        everything.stop_if_errors()
        return enrolment

    def _follows(self, problem: Problem, before: Problems) -> bool:
        """Whether a school is only unknown because it could not be opened."""
        opened = {f"there is no school `{opening.school}`" for opening in self.scenario.open}
        return before.has_errors and problem.message in opened

    # schools

    def _opened(
        self, enrolment: Enrolment, opening: Opening, path: tuple[str, int], problems: Problems
    ) -> Enrolment:
        register = enrolment.register
        if opening.school in register.ids:
            problems.add(
                codes.SCENARIO_SCHOOL_EXISTS,
                f"there is a school `{opening.school}` already",
                self.places.value((*path, "school")),
                "give the new school an id of its own",
            )
            return enrolment
        place = self.places.value(path)
        values = self._given(opening.with_, place, problems)
        for name in register.attributes:
            if name in values:
                continue
            try:
                values[name] = value_from_text("", self.plan.attributes[name])
            except BadValueError as error:
                problems.add(
                    codes.SCENARIO_VALUE,
                    f"the rules read `{name}` of a school, and the opening does not say it",
                    place,
                    f"add it: with: {{{name}: …}}; expected: {error.expected}",
                )
        if problems.has_errors:
            return enrolment
        return enrolment.with_school(opening.school, opening.name, values)

    def _merged(
        self, enrolment: Enrolment, merger: Merger, path: tuple[str, int], problems: Problems
    ) -> Enrolment:
        place = self.places.value(path)
        register, counts = enrolment.register, enrolment.counts
        ceasing = successors(merger.schools, merger.into, register.ids, place, problems)
        values = self._given(merger.with_, place, problems)
        register = with_new_values(values, merger.into, register, place, problems)
        if problems.has_errors:
            return enrolment
        before = {school: ceasing.get(into, into) for school, into in enrolment.goes_to.items()}
        return replace(
            enrolment,
            register=merged_register(register, ceasing),
            counts=merged_counts(counts, register, ceasing),
            goes_to=before | ceasing,
        )

    def _given(
        self, texts: Mapping[str, str], place: Place, problems: Problems
    ) -> dict[str, Value]:
        """The values that a scenario states of a school."""
        found: dict[str, Value] = {}
        for name, text in texts.items():
            attribute = self.plan.attributes.get(name)
            if attribute is None or attribute.level is not Level.SCHOOL:
                known = [a.name for a in self.plan.attributes.values() if a.level is Level.SCHOOL]
                message = f"the rulebook declares no `{name}` of schools"
                problems.add(codes.SCENARIO_NAME, message, place, did_you_mean(name, known))
                continue
            try:
                found[name] = value_from_text(text, attribute)
            except BadValueError as error:
                message = f"`{text}` is no value of `{name}`"
                problems.add(codes.SCENARIO_VALUE, message, place, f"expected: {error.expected}")
        return found

    def _closed(
        self, enrolment: Enrolment, closure: Closure, path: tuple[str, int], problems: Problems
    ) -> Enrolment:
        school = closure.school
        self._check_school(school, enrolment, (*path, "school"), problems)
        for target in closure.to:
            self._check_school(target, enrolment, (*path, "to"), problems)
        place = self.places.value((*path, "to"))
        if school in closure.to:
            problems.add(
                codes.SCENARIO_VALUE,
                f"the students of `{school}` can't go to the school that is closed",
                place,
                "name the schools that take them",
            )
        if closure.to and (sum(closure.to.values()) != 1 or min(closure.to.values()) <= 0):
            problems.add(
                codes.SCENARIO_DESTINATION,
                f"the shares of the students of `{school}` do not make 100 %",
                place,
                "the students go somewhere, all of them: to: {'01': 60%, '03': 40%}",
            )
        if problems.has_errors:
            return enrolment
        if len(closure.to) == 1:
            ceasing = dict.fromkeys([school], next(iter(closure.to)))
            return replace(
                enrolment,
                register=merged_register(enrolment.register, ceasing),
                counts=merged_counts(enrolment.counts, enrolment.register, ceasing),
            )
        if closure.to and not self._counts_students(enrolment, place, problems):
            return enrolment
        for target, number in self._divided(closure, enrolment).items():
            leaving = resized(_of_school(enrolment.students, school), number)
            enrolment = enrolment.with_students(moved(enrolment.students, leaving, target))
        if _has_units(enrolment, school):
            problems.add(
                codes.SCENARIO_DESTINATION,
                f"`{school}` is closed, and the scenario does not say where go its "
                + ("students" if not closure.to else "units of other tables"),
                place,
                "name the one school that takes them: to: '01'"
                + ("" if closure.to else ", or divide them: to: {'01': 60%, '03': 40%}"),
            )
            return enrolment
        return enrolment.without_school(school)

    def _divided(self, closure: Closure, enrolment: Enrolment) -> dict[str, int]:
        """How many students of a closed school each other school takes."""
        if not closure.to:
            return {}
        everyone = sum(_of_school(enrolment.students, closure.school).values())
        if not everyone:
            return {}
        shares: dict[Cell, int] = {
            (target, ()): share.numerator for target, share in _over_one(closure.to).items()
        }
        return {target: number for (target, _), number in resized(shares, everyone).items()}

    # students

    def _moved(
        self, enrolment: Enrolment, move: Move, path: tuple[str, int], problems: Problems
    ) -> Enrolment:
        self._check_school(move.from_, enrolment, (*path, "from"), problems)
        self._check_school(move.to, enrolment, (*path, "to"), problems)
        place = self.places.value((*path, "students"))
        if move.from_ == move.to:
            problems.add(
                codes.SCENARIO_VALUE,
                f"students are moved from `{move.from_}` to itself",
                self.places.value((*path, "to")),
                "name two schools",
            )
        if problems.has_errors or not self._counts_students(enrolment, place, problems):
            return enrolment
        meant = _of_school(self._meant(enrolment, move.where), move.from_)
        everyone = sum(meant.values())
        number = _number(move.students, everyone, signed=False)
        if number is None:
            problems.add(
                codes.SCENARIO_VALUE,
                f"a number of students is needed, not `{move.students}`",
                place,
                "write 30, or 25% of those who are meant",
            )
        elif not everyone:
            self._note_nobody(f"no student of `{move.from_}` is moved", path, problems)
        elif number > everyone:
            problems.add(
                codes.SCENARIO_TOO_MANY,
                f"`{move.from_}` has {counted(everyone, 'student')} who are meant; "
                f"{number} can't leave",
                place,
                f"at most {everyone}",
            )
        else:
            leaving = resized(meant, number)
            return enrolment.with_students(moved(enrolment.students, leaving, move.to))
        return enrolment

    def _grown(
        self, enrolment: Enrolment, growth: Growth, path: tuple[str, int], problems: Problems
    ) -> Enrolment:
        for number, school in enumerate(growth.schools or ()):
            self._check_school(school, enrolment, (*path, "schools", number), problems)
        place = self.places.value((*path, "by"))
        if problems.has_errors or not self._counts_students(enrolment, place, problems):
            return enrolment
        meant = self._meant(enrolment, growth.where)
        if growth.schools is not None:
            meant = {cell: n for cell, n in meant.items() if cell[0] in growth.schools}
        everyone = sum(meant.values())
        change = _number(growth.by, everyone, signed=True)
        if change is None:
            problems.add(
                codes.SCENARIO_VALUE,
                f"`{growth.by}` is no growth",
                place,
                "write +5%, -2.5%, or +14 for a number of students",
            )
        elif not everyone:
            self._note_nobody("nobody is there who could become more or fewer", path, problems)
        elif everyone + change < 0:
            problems.add(
                codes.SCENARIO_VALUE,
                f"`{growth.by}` would leave less than no student",
                place,
                f"at most -100%, which is -{everyone}",
            )
        else:
            students = enrolment.students | resized(meant, everyone + change)
            return enrolment.with_students({cell: n for cell, n in students.items() if n})
        return enrolment

    def _meant(self, enrolment: Enrolment, where: str | None) -> dict[Cell, int]:
        return enrolment.meant(self.plan, None if where is None else self.where[where])

    # what both need

    def _check_school(
        self, school: str, enrolment: Enrolment, path: tuple[str | int, ...], problems: Problems
    ) -> None:
        if school not in enrolment.register.ids:
            problems.add(
                codes.SCENARIO_NAME,
                f"there is no school `{school}`",
                self.places.value(path),
                did_you_mean(school, enrolment.register.ids),
            )

    @staticmethod
    def _counts_students(enrolment: Enrolment, place: Place, problems: Problems) -> bool:
        if enrolment.joint is None or not enrolment.counts.tables:
            problems.add(
                codes.SCENARIO_NOBODY,
                "the rulebook counts no students: it takes figures of each school",
                place,
                "change the register of schools instead",
            )
            return False
        return True

    def _note_nobody(self, message: str, path: tuple[str, int], problems: Problems) -> None:
        where = (*path, "where")
        has_condition = where in self.places.values
        problems.add(
            codes.SCENARIO_NOBODY,
            message,
            self.places.value(where if has_condition else path),
            "look at the condition" if has_condition else "look at the schools",
        )


def _number(text: str, everyone: int, *, signed: bool) -> int | None:
    """`30`, `+14`, `25%` or `-2.5%` of `everyone` as whole students; None for what is neither.

    A share is rounded half up, by its size: -2.5% of 20 is one student fewer.
    """
    share = _SHARE.fullmatch(text)
    match = share or _NUMBER.fullmatch(text)
    if match is None or bool(match[1]) != signed:
        return None
    try:
        number = number_from_text(match[2])
    except NotANumberError:
        return None
    size = whole(number * everyone / 100) if share else int(number)
    return -size if match[1] == "-" else size


def _over_one(shares: Mapping[str, Fraction]) -> dict[str, Fraction]:
    """The same proportions in whole numbers."""
    common = lcm(*(share.denominator for share in shares.values()))
    return {name: share * common for name, share in shares.items()}


def _of_school(students: Mapping[Cell, int], school: str) -> dict[Cell, int]:
    return {cell: n for cell, n in students.items() if cell[0] == school}


def _has_units(enrolment: Enrolment, school: str) -> bool:
    """Whether anybody, or any class or room, is still in a school."""
    at = enrolment.register.ids.index(school)
    counts = enrolment.counts
    tables = [*counts.tables.values()]
    tables += [table for units in counts.units.values() for table in units.tables.values()]
    return any(
        owner == at and n
        for table in tables
        for owner, n in zip(table.schools, table.students, strict=True)
    )
