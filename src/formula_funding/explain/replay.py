"""Computes every amount again from an explanation document alone, student groups × rates.

It knows the document and nothing else: no rulebook, no roster, no column arithmetic.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Any

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Place, Problems
from formula_funding.exact.number_text import fixed_text, number_to_text
from formula_funding.exact.solving import Goal, is_proof
from formula_funding.explain.document import FORMAT, fingerprint
from formula_funding.explain.ledger_as_json import check_ledger
from formula_funding.explain.replayed_units import (
    Method,
    ReplayedSchool,
    ReplayedSystem,
    Unit,
    number_of,
    solved_from_json,
)
from formula_funding.explain.values_as_json import text_of
from formula_funding.formula.tree import Aggregate, Name
from formula_funding.formula.tree_as_json import tree_from_json
from formula_funding.formula.weight import deep_recursion
from formula_funding.judge.aggregates import Member
from formula_funding.judge.evaluate import (
    NoSuchNumberError,
    Value,
    number,
)

Json = dict[str, Any]


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
    try:
        return _Replay(document, file, problems).run()
    except _MALFORMED:
        problems.add(
            codes.NOT_AN_EXPLANATION,
            "the document has not the form of an explanation, or parts of it are missing",
            Place(file),
            "write it anew with `funding compute … -o explanation.json`",
        )
        return None


_MALFORMED = (
    *(LookupError, TypeError, ValueError, AttributeError, ArithmeticError),
    *(AssertionError, StopIteration, RuntimeError),
)
"""What comes of reading a document of any other form, however deeply it is nested."""


def _text_or_nothing(compute: Callable[[], Value]) -> Any:
    """A value as the document writes it; None for a number that does not exist."""
    try:
        return text_of(compute())
    except NoSuchNumberError:
        return None


class _Replay:
    def __init__(self, document: Json, file: str, problems: Problems) -> None:
        if document["explanation"]["format"] != FORMAT:
            raise ValueError("another format")
        self._document = document
        self._place = Place(file)
        self._problems = problems
        self._method = Method(document)
        self._amounts = 0
        self._system, self._schools = self._units(self._method)

    def _units(self, method: Method) -> tuple[ReplayedSystem, list[ReplayedSchool]]:
        """The system and its schools under a method."""
        system = ReplayedSystem(method, "system", {})
        schools = [
            ReplayedSchool(method, "school", method.values(given["facts"]), system, given=given)
            for given in self._document["explanation"]["schools"]
        ]
        system.aggregates.members.extend(
            Member(school.given["id"], 1, school) for school in schools
        )
        return system, schools

    def run(self) -> Replayed:
        document = self._document
        content = {key: value for key, value in document.items() if key != "fingerprint"}
        if document.get("fingerprint") != fingerprint(content):
            self._problems.add(
                codes.FINGERPRINT_DIFFERS,
                "the document was changed after it was written",
                self._place,
                "write it anew with `funding compute`, or ask where it comes from",
            )
        with deep_recursion():
            return self._compute_again()

    def _compute_again(self) -> Replayed:
        document = self._document
        self._check_steps("the system", document["explanation"]["system"], self._system)
        for parameter in document["explanation"]["method"]["parameters"]:
            if "solved" in parameter:
                self._check_found(parameter["name"], parameter["solved"])
        listed = document["schools"]
        if [s["id"] for s in listed] != [s.given["id"] for s in self._schools]:
            self._differs("the list of schools", "as explained", "another one")
        total = Fraction(0)
        for school, shown in zip(self._schools, listed, strict=True):
            total += self._check_school(school, shown)
        self._check_amount("the total", document["total"], total)
        check_ledger(document, self._differs)
        points = document["points"]
        measure = str(document["currency"] if points is None else points["en"])
        return Replayed(len(listed), self._amounts, self._money(total), measure)

    def _check_found(self, name: str, given: Json) -> None:
        """The proof of a figure that was solved for: the sum at it, and one unit on."""
        goal, found = solved_from_json(given)
        at = self._sums(name, found.value, goal)
        beyond = None if found.beyond is None else self._sums(name, found.beyond, goal)
        for what, shown, computed in (
            ("value in force", found.value, self._method.rates[name][()]),
            ("sum", found.total, at[0]),
            ("sum to be met", found.target, at[1]),
            ("remainder", number_of(given["remainder"]), at[1] - at[0]),
            ("sum at the next figure", found.total_beyond, None if beyond is None else beyond[0]),
        ):
            if shown != computed:
                self._differs(f"{name}, {what}", text_of(shown), text_of(computed))
        if not is_proof(goal, found):
            self._differs(f"{name}, solved for", text_of(found.value), "no proof of it")

    def _sums(self, name: str, value: Fraction, goal: Goal) -> tuple[Fraction, Fraction]:
        system, _ = self._units(self._method.with_rate(name, value))
        return number(Name(goal.total), system), number(Name(goal.target), system)

    def _check_school(self, school: ReplayedSchool, shown: Json) -> Fraction:
        where = f"school {school.given['id']}"
        self._check_steps(where, school.given["steps"], school)
        for entry in school.given["aggregates"]:
            tree = tree_from_json(entry["tree"])
            assert isinstance(tree, Aggregate)
            computed = _text_or_nothing(partial(school.aggregate, tree))
            if computed != entry["value"]:
                self._differs(f"{where}, {tree.function} of {tree.units}", entry["value"], computed)
        total = Fraction(0)
        top = {line["id"]: line["amount"] for line in shown["lines"]}
        for line in school.given["lines"]:
            amount = self._check_line(where, line, school)
            total += amount
            self._check_amount(f"{where}, line {line['id']} in the list", top[line["id"]], amount)
        if len(top) != len(school.given["lines"]) or set(top) != set(self._method.lines):
            self._differs(f"{where}, lines", "as explained", "other ones")
        self._check_amount(f"{where}, total", school.given["total"], total)
        self._check_amount(f"{where}, total in the list", shown["total"], total)
        self._check_instalments(where, school.given["instalments"], total)
        return total

    def _check_line(self, where: str, given: Json, school: ReplayedSchool) -> Fraction:
        name = given["id"]
        what = f"{where}, line {name}"
        if "groups" in given:
            for group, (rate, amount) in zip(given["groups"], school.groups(name), strict=True):
                if group["rate"] != number_to_text(rate):
                    self._differs(f"{what}, rate", group["rate"], number_to_text(rate))
                if group["amount"] != number_to_text(amount):
                    self._differs(
                        f"{what}, students × rate", group["amount"], number_to_text(amount)
                    )
        unrounded = school.unrounded(name)
        if given["unrounded"] != number_to_text(unrounded):
            self._differs(f"{what} before rounding", given["unrounded"], number_to_text(unrounded))
        amount = school.line(name)
        self._check_amount(what, given["amount"], amount)
        return amount

    def _check_instalments(self, where: str, shown: list[Json], total: Fraction) -> None:
        """They are as declared; so they add up to the school's total."""
        paid = self._method.instalments(total)
        if [instalment["name"] for instalment in shown] != list(paid):
            self._differs(f"{where}, instalments", "as shown", "other ones")
            return
        for instalment in shown:
            name = instalment["name"]
            self._check_amount(f"{where}, instalment {name}", instalment["amount"], paid[name])

    def _check_steps(self, where: str, steps: list[Json], unit: Unit) -> None:
        for step in steps:
            computed = _text_or_nothing(partial(unit.name, step["name"]))
            if computed != step["value"]:
                self._differs(f"{where}, step {step['name']}", step["value"], computed)

    def _check_amount(self, what: str, shown: str, computed: Fraction) -> None:
        self._amounts += 1
        if shown != self._money(computed):
            self._differs(what, shown, self._money(computed))

    def _money(self, amount: Fraction) -> str:
        return fixed_text(amount, self._method.places)

    def _differs(self, what: str, shown: object, computed: object) -> None:
        self._problems.add(
            codes.REPLAY_DIFFERS,
            f"{what}: the document says {shown}, the calculation gives {computed}",
            self._place,
        )
