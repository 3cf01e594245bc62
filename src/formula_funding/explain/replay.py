"""Computes every amount again from an explanation document alone, student groups × rates.

It knows the document and nothing else: no rulebook, no roster, no column arithmetic.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Any

from pydantic import ValidationError

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Place, Problems
from formula_funding.diagnostics.wording import member_named
from formula_funding.exact.number_text import fixed_text, number_to_text
from formula_funding.exact.rounding import decimal_places
from formula_funding.exact.solving import Goal, is_proof
from formula_funding.explain.document import fingerprint
from formula_funding.explain.document_form import (
    DocumentForm,
    ExplainedLineForm,
    ListedSchoolForm,
    PaidForm,
    SolvedForm,
    StepForm,
)
from formula_funding.explain.replayed_ledger import check_ledger
from formula_funding.explain.replayed_units import (
    Method,
    NotCalculableError,
    ReplayedSchool,
    ReplayedSystem,
    Unit,
    solved_from_form,
)
from formula_funding.explain.values_as_json import text_of
from formula_funding.formula.tree import Name
from formula_funding.formula.weight import deep_recursion
from formula_funding.judge.aggregates import Member
from formula_funding.judge.evaluate import (
    NoSuchNumberError,
    OtherKindError,
    Value,
    number,
)


@dataclass(frozen=True)
class Replayed:
    """What was computed again and how much of it agreed."""

    schools: int
    amounts: int
    total: str
    measure: str
    """The currency, or what the points are called in English."""


def replay(document: Any, file: str, problems: Problems) -> Replayed | None:
    """Recompute a document of `funding compute`; every difference goes to `problems`.

    Returns None where the document has not the form of an explanation.
    """
    place = Place(file)
    try:
        form = DocumentForm.model_validate(document)
        _check_fingerprint(document, place, problems)
        with deep_recursion():
            return _Replay(form, place, problems).run()
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        reason = member_named(first["loc"])
    except (NotCalculableError, OtherKindError) as error:
        reason = str(error)
    except NoSuchNumberError:
        reason = "an amount is divided by zero"
    except RecursionError:
        reason = "it is nested too deeply"
    except UnicodeEncodeError:
        reason = "a text in it holds half a character"
    problems.add(
        codes.NOT_AN_EXPLANATION,
        "the document has not the form of an explanation" + (f": {reason}" if reason else ""),
        place,
        "write it anew with `funding compute … -o explanation.json`",
    )
    return None


def _check_fingerprint(document: Mapping[str, Any], place: Place, problems: Problems) -> None:
    content = {key: value for key, value in document.items() if key != "fingerprint"}
    if document.get("fingerprint") != fingerprint(content):
        problems.add(
            codes.FINGERPRINT_DIFFERS,
            "the document was changed after it was written",
            place,
            "write it anew with `funding compute`, or ask where it comes from",
        )


def _text_or_nothing(compute: Callable[[], Value]) -> Any:
    """A value as the document writes it; None for a number that does not exist."""
    try:
        return text_of(compute())
    except NoSuchNumberError:
        return None


class _Replay:
    def __init__(self, document: DocumentForm, place: Place, problems: Problems) -> None:
        self._document = document
        self._place = place
        self._problems = problems
        self._method = Method(document)
        self._amounts = 0
        self._system, self._schools = self._units(self._method)

    def _units(self, method: Method) -> tuple[ReplayedSystem, list[ReplayedSchool]]:
        """The system and its schools under a method."""
        system = ReplayedSystem(method, "system", {})
        schools = [
            ReplayedSchool(method, "school", method.values(given.facts), system, given=given)
            for given in self._document.explanation.schools
        ]
        system.aggregates.members.extend(Member(school.given.id, 1, school) for school in schools)
        return system, schools

    def run(self) -> Replayed:
        """Compute everything again. Raises where the parts of the document don't fit together."""
        document = self._document
        self._check_steps("the system", document.explanation.system, self._system)
        for parameter in document.explanation.method.parameters:
            if parameter.solved is not None:
                self._check_found(parameter.name, parameter.solved)
        listed = document.schools
        if [shown.id for shown in listed] != [school.given.id for school in self._schools]:
            raise NotCalculableError("the schools listed are not those explained")
        total = Fraction(0)
        for school, shown in zip(self._schools, listed, strict=True):
            total += self._check_school(school, shown)
        self._check_amount("the total", document.total, total)
        check_ledger(document, self._differs)
        measure = str(document.currency) if document.points is None else document.points.en
        return Replayed(len(listed), self._amounts, self._money(total), measure)

    def _check_found(self, name: str, given: SolvedForm) -> None:
        """The proof of a figure that was solved for: the sum at it, and one unit on."""
        goal, found = solved_from_form(given)
        at = self._sums(name, found.value, goal)
        beyond = None if found.beyond is None else self._sums(name, found.beyond, goal)
        for what, shown, computed in (
            ("value in force", found.value, self._method.rate(name, ())),
            ("sum", found.total, at[0]),
            ("sum to be met", found.target, at[1]),
            ("remainder", given.remainder, at[1] - at[0]),
            ("sum at the next figure", found.total_beyond, None if beyond is None else beyond[0]),
        ):
            if shown != computed:
                self._differs(f"{name}, {what}", text_of(shown), text_of(computed))
        if not is_proof(goal, found):
            self._differs(f"{name}, solved for", text_of(found.value), "no proof of it")

    def _sums(self, name: str, value: Fraction, goal: Goal) -> tuple[Fraction, Fraction]:
        """The sum and what it is to meet, were the figure `name` this value."""
        system, _ = self._units(self._method.with_rate(name, value))
        return number(Name(goal.total), system), number(Name(goal.target), system)

    def _check_school(self, school: ReplayedSchool, shown: ListedSchoolForm) -> Fraction:
        """Compare a school's part, and what the list shows of it; returns the school's total."""
        given, where = school.given, f"school {school.given.id}"
        self._check_steps(where, given.steps, school)
        for entry in given.aggregates:
            tree = entry.tree
            computed = _text_or_nothing(partial(school.aggregate, tree))
            if computed != entry.value:
                self._differs(f"{where}, {tree.function} of {tree.units}", entry.value, computed)
        total = Fraction(0)
        listed = {line.id: line.amount for line in shown.lines}
        for line in given.lines:
            amount = self._check_line(where, line, school)
            total += amount
            self._check_amount(f"{where}, line {line.id} in the list", listed.get(line.id), amount)
        if len(listed) != len(given.lines) or set(listed) != set(self._method.lines):
            self._differs(f"{where}, lines", "as explained", "other ones")
        self._check_amount(f"{where}, total", given.total, total)
        self._check_amount(f"{where}, total in the list", shown.total, total)
        self._check_instalments(where, given.instalments, total)
        return total

    def _check_line(self, where: str, given: ExplainedLineForm, school: ReplayedSchool) -> Fraction:
        what = f"{where}, line {given.id}"
        if given.groups is not None:
            for group, (rate, amount) in zip(given.groups, school.groups(given.id), strict=True):
                self._check_number(f"{what}, rate", group.rate, rate)
                self._check_number(f"{what}, students × rate", group.amount, amount)
        self._check_number(f"{what} before rounding", given.unrounded, school.unrounded(given.id))
        amount = school.line(given.id)
        self._check_amount(what, given.amount, amount)
        return amount

    def _check_instalments(self, where: str, shown: Sequence[PaidForm], total: Fraction) -> None:
        """They are as declared; so they add up to the school's total."""
        paid = self._method.instalments(total)
        if [instalment.name for instalment in shown] != list(paid):
            self._differs(f"{where}, instalments", "as shown", "other ones")
            return
        for instalment in shown:
            name = instalment.name
            self._check_amount(f"{where}, instalment {name}", instalment.amount, paid[name])

    def _check_steps(self, where: str, steps: Sequence[StepForm], unit: Unit) -> None:
        for step in steps:
            computed = _text_or_nothing(partial(unit.name, step.name))
            if computed != step.value:
                self._differs(f"{where}, step {step.name}", step.value, computed)

    def _check_number(self, what: str, shown: str, computed: Fraction) -> None:
        if shown != number_to_text(computed):
            self._differs(what, shown, number_to_text(computed))

    def _check_amount(self, what: str, shown: str | None, computed: Fraction) -> None:
        self._amounts += 1
        if shown != self._money(computed):
            self._differs(what, shown, self._money(computed))

    def _money(self, amount: Fraction) -> str:
        """An amount with the decimals of the currency; with all of its own if it has more."""
        places = decimal_places(amount)
        if places is None or places > self._method.places:
            return number_to_text(amount)
        return fixed_text(amount, self._method.places)

    def _differs(self, what: str, shown: object, computed: object) -> None:
        self._problems.add(
            codes.REPLAY_DIFFERS,
            f"{what}: the document says {shown}, the calculation gives {computed}",
            self._place,
        )
