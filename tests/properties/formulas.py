"""Random formulas, each one that an author could have written and the checker accepts.

They are grown by kind (money, count, ratio, number, truth) and by what reads them: the system, a
school, a student, or a row of one of the rulebook's own tables.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from hypothesis import strategies as st

from formula_funding.formula.aggregates import AGGREGATES, WRITTEN
from formula_funding.formula.kinds import Kind
from formula_funding.formula.tree import SCHOOLS

T = TypeVar("T")

SYSTEM, SCHOOL, STUDENT, CLASS, RESULT = range(5)
"""What reads a formula; the last three read the school above them, and nothing of each other."""
UNITS = {"students": STUDENT, "classes": CLASS, "results": RESULT}
NUMERIC = ("money", "count", "ratio", "number")

GROUPS = ("a", "b", "лицей")
PLACES = ("city", "village")
STATUSES = ("ordinary", "gymnasium", "lyceum")
DISTRICTS = ("north", "юг")
FORMS = ("day", "evening")
SUBJECTS = ("maths", "physics")
GRADES = 4
DATES = (date(2024, 1, 1), date(2025, 1, 1))


@dataclass(frozen=True)
class Habits:
    """What the author of a random rulebook does and does not do."""

    rounding: bool = True
    """Uses functions that round, and lines that read other lines (which are rounded)."""
    money_constants: bool = True
    """Writes amounts of money into formulas, and asks for amounts in conditions."""
    division: bool = True
    """Divides, also by what may be 0."""
    only_sums: bool = False
    """Every rate is 0 or more, nothing is taken away or capped, no condition asks how many."""
    schools_as_a_whole: bool = True
    """Reads aggregates over schools."""
    reads_status: bool = False
    """Reads the protected attribute."""
    points: bool = True
    """Gives points instead of money in some rulebooks."""
    legacy: bool = False
    """Keeps the scheme for comparison only."""
    first_aggregate: int | None = None
    """The number of the first of the aggregates that the steps go through; any if None."""
    monotone: bool = False
    """Says that no student lowers the total."""


_KIND_OF = {"pot": "money", "sum": "money", "amount": "money", "weight": "count"}
AGGREGATES_OF_ALL = [
    (name, units, has_where, by)
    for name, function in AGGREGATES.items()
    if not function.of_schools  # test_other_schools.py: it seldom has a value of random schools
    for units in (SCHOOLS, *(() if function.for_each else UNITS))
    for has_where in (False, True)
    for by in ("", *((" by place",) if units == SCHOOLS else ()))
]
"""Each aggregate with all that it can run over: name, units, with a condition or not, `by`."""


def sees(reader: int, owner: int) -> bool:
    """Whether a formula of `reader` may read what belongs to `owner`."""
    return owner == reader or owner <= min(reader, SCHOOL)


@dataclass
class Names:
    """What formulas may read so far: (text, owner) by kind, and the values of categories."""

    leaves: dict[str, list[tuple[str, int]]] = field(
        default_factory=lambda: {
            "money": [("budget", SCHOOL)],
            "count": [("rooms", SCHOOL)],
            "ratio": [("need", SCHOOL)],
            "number": [
                ("fte", STUDENT),
                ("grade", STUDENT),
                ("area", SCHOOL),
                ("hours", CLASS),
                ("score", RESULT),
            ],
            "truth": [
                ("meal", STUDENT),
                ("remote", SCHOOL),
                ("district = 'north'", SCHOOL),
                ("born < 2015-09-01", STUDENT),
                ("born >= 2016-02-29 and born <= as_of", STUDENT),
                ("as_of >= 2025-01-01", SYSTEM),
                ("grade in 1..2", STUDENT),
                ("grade not in [1, 3..4]", STUDENT),
                ("fte <= 0.5", STUDENT),
                ("(grade > 2) = meal", STUDENT),
                ("hours > 10", CLASS),
                ("score >= 50", RESULT),
                ("label != 'b'", CLASS),
            ],
        }
    )
    categories: list[tuple[str, int, tuple[str, ...]]] = field(
        default_factory=lambda: [
            ("g", STUDENT, GROUPS),
            ("place", SCHOOL, PLACES),
            ("form", CLASS, FORMS),
            ("subject", RESULT, SUBJECTS),
        ]
    )


class Author:
    """Writes formulas by drawing from hypothesis."""

    def __init__(self, draw: st.DrawFn, habits: Habits) -> None:
        self._draw = draw
        self.habits = habits
        self.names = Names()
        if habits.reads_status:
            self.names.categories.append(("status", SCHOOL, STATUSES))

    def pick(self, *choices: T) -> T:
        return self._draw(st.sampled_from(choices))

    def chance(self, one_in: int = 2) -> bool:
        return self._draw(st.integers(1, one_in)) == 1

    def whole(self, low: int, high: int) -> int:
        return self._draw(st.integers(low, high))

    def decimal(self) -> str:
        """A number above 0 as an author writes it."""
        return self.pick("1", "2", "3", "7", "0.5", "0.25", "1.1", "0.333", "160_300", "12.345")

    # formulas

    def formula(self, kind: str, level: int, depth: int) -> str:
        """A formula of a kind that reads nothing below a level."""
        if kind == "truth":
            return self._truth(level, depth)
        if depth <= 0 or self.chance(4):
            return self._leaf(kind, level, depth)
        ways = [self._sum, self._product, self._sum, self._aggregate]
        if not self.habits.only_sums:
            ways += [self._difference, self._extreme, self._choice, self._bent]
            if self.habits.schools_as_a_whole and level >= SCHOOL:
                ways.append(self._of_all_schools)
            if self.habits.rounding:
                ways.append(self._rounded)
            if self.habits.division:
                ways.append(self._quotient)
        return self.pick(*ways)(kind, level, depth - 1)

    def _leaf(self, kind: str, level: int, depth: int) -> str:
        known = [text for text, at in self.names.leaves[kind] if sees(level, at)]
        if not known or (depth > -2 and level < STUDENT and self.chance(3)):
            return self._aggregate(kind, level, depth - 1)
        return self.pick(*known)

    def _sum(self, kind: str, level: int, depth: int) -> str:
        left = self.formula(kind, level, depth)
        if self.chance(3) and (kind != "money" or self.habits.money_constants):
            return f"({left} + {self.decimal()})"
        if kind == "number" and self.chance(3):
            return f"({left} + {self.formula(self.pick('count', 'ratio'), level, depth)})"
        return f"({left} + {self.formula(kind, level, depth)})"

    def _difference(self, kind: str, level: int, depth: int) -> str:
        if self.chance(3):
            return f"-{self._leaf(kind, level, depth)}"
        return f"({self.formula(kind, level, depth)} - {self.formula(kind, level, depth)})"

    def _product(self, kind: str, level: int, depth: int) -> str:
        left = self.formula(kind, level, depth)
        if kind in ("money", "number"):
            other = self.pick("count", "ratio", "number")
        elif kind == "count" or not self.chance(3):
            other = "ratio"
        else:
            return f"{left} ^ 2" if left.isidentifier() else f"({left})^2"
        right = self.decimal() if self.chance(3) else self.formula(other, level, depth)
        return f"{left} * {right}" if self.chance(2) else f"{right} * {left}"

    def _quotient(self, kind: str, level: int, depth: int) -> str:
        if self.chance():
            return f"{self.formula(kind, level, depth)} / {self.decimal()}"
        if kind == "ratio":
            above = below = self.pick(*NUMERIC[:2], "number")
        else:
            above, below = kind, {"count": "ratio", "number": "count"}.get(kind, "number")
        over, under = self.formula(above, level, depth), f"({self.formula(below, level, depth)})"
        if self.chance(3):
            return f"(({over}) / {under})"
        return f"if({under} = 0, {self.decimal() if kind != 'money' else '0'}, ({over}) / {under})"

    def _extreme(self, kind: str, level: int, depth: int) -> str:
        parts = [self.formula(kind, level, depth) for _ in range(self.whole(2, 3))]
        if self.chance(3):
            return f"abs({parts[0]})"
        if kind != "money" or self.habits.money_constants:
            parts.append(self.decimal())
        return f"{self.pick('min', 'max')}({', '.join(parts)})"

    def _choice(self, kind: str, level: int, depth: int) -> str:
        condition = self.formula("truth", level, depth)
        yes, no = self.formula(kind, level, depth), self.formula(kind, level, depth)
        return f"if({condition}, {yes}, {self.pick(no, '0')})"

    def _bent(self, kind: str, level: int, depth: int) -> str:
        """A taper, a limit, a root or a logarithm, as far as the kind allows."""
        one = self.formula(kind, level, depth)
        if kind == "ratio":
            of = self.pick(*NUMERIC)
            bounds = self.formula(of, level, depth), self.formula(of, level, depth)
            return f"ramp({self.formula(of, level, depth)}, {bounds[0]}, {bounds[1]})"
        if kind == "number" and self.habits.rounding:
            inside = one if self.chance(3) else f"abs({one})"
            return self.pick(f"root({inside}, {self.whole(2, 4)}, 3)", f"ln({inside} + 1, 4)")
        return f"clamp({one}, {self._leaf(kind, level, depth)}, {self._leaf(kind, level, depth)})"

    def _of_all_schools(self, kind: str, level: int, depth: int) -> str:
        """A school's place or share among all schools, or a level for them all."""
        weight = f"abs({self.formula(self.pick('count', 'ratio', 'number'), SCHOOL, 0)})"
        which = " of schools" + self._where(SCHOOL, depth) + self.pick("", " by place")
        if kind == "number" and self.chance():
            return f"rank({self.formula(self.pick(*NUMERIC), SCHOOL, 0)}{which})"
        pot = self.formula(kind, SYSTEM, 0)
        if self.habits.rounding and (kind != "money" or self.chance()):
            method = self.pick("largest_remainder", "sainte_lague")
            return f"{method}(round({pot}, 2), 2, {weight}{which})"
        if kind == "money":
            amount = self.formula("money", SCHOOL, 0)
            return f"fill_level(abs({pot}), {weight}, {amount}{which})"
        return f"kth_largest({self.whole(1, 3)}, {self.formula(kind, SCHOOL, 0)}{which})"

    def _where(self, level: int, depth: int) -> str:
        return f" where {self.formula('truth', level, min(depth, 0))}" if self.chance() else ""

    def _rounded(self, kind: str, level: int, depth: int) -> str:
        function = self.pick("round", "round_half_even", "round_up", "round_down")
        return f"{function}({self.formula(kind, level, depth)}, {self.whole(-2, 4)})"

    def _aggregate(self, kind: str, level: int, depth: int) -> str:
        """Made over the students, classes or results of a school, or over all schools."""
        over_schools = level == SYSTEM or (self.habits.schools_as_a_whole and self.chance(4))
        if over_schools and not self.habits.schools_as_a_whole:
            return self.decimal()
        units = "schools" if over_schools else self.pick("students", *UNITS)
        inner = UNITS.get(units, SCHOOL)
        which = f"{units}{self._where(inner, depth)}"
        if over_schools and level > SYSTEM and self.chance():
            which += f" by {self.pick('place', 'district', 'remote')}"
        if kind == "count" and self.chance():
            return f"count({which})"
        if kind == "ratio" and self.chance() and not self.habits.only_sums:
            return f"share({which})"
        function = "sum"
        if self.habits.division and not self.habits.only_sums and self.chance():
            function = self.pick("mean", "min", "max", "median", "kth_largest")
        known = [text for text, at in self.names.leaves[kind] if sees(inner, at)]
        value = self.formula(kind, inner, depth - 1) if depth > 0 else self.pick(*known)
        position = f"{self.whole(1, 3)}, " if function == "kth_largest" else ""
        return f"{function}({position}{value} of {which})"

    def numbered_aggregate(self, number: int) -> tuple[str, str]:
        """One of AGGREGATES_OF_ALL, counted round and round, and its kind."""
        name, units, has_where, by = AGGREGATES_OF_ALL[number % len(AGGREGATES_OF_ALL)]
        function, inner = AGGREGATES[name], UNITS.get(units, SCHOOL)
        parts: list[str] = []
        kinds: list[str] = []
        for argument in function.arguments:
            kind = _KIND_OF.get(argument) or self.pick(*NUMERIC)
            owner = SYSTEM if argument in function.given else inner
            if argument in WRITTEN:
                parts.append(str(self.whole(1, 3)))
            elif argument == "pot":
                parts.append(f"round({self.formula(kind, owner, 0)}, 0)")
            else:
                parts.append(f"abs({self.formula(kind, owner, 0)})")
            kinds.append(kind)
        where = f" where {self.formula('truth', inner, 0)}" if has_where else ""
        of = f"{', '.join(parts)} of " if parts else ""
        kind = function.kind([Kind(kind) for kind in kinds]).value
        return f"{name}({of}{units}{where}{by})", kind

    def _truth(self, level: int, depth: int) -> str:
        if depth <= 0 or self.habits.only_sums or self.chance(3):
            return self._fact(level)
        match self.whole(1, 5):
            case 1:
                return f"({self._truth(level, depth - 1)} and {self._truth(level, depth - 1)})"
            case 2:
                return f"({self._truth(level, depth - 1)} or {self._truth(level, depth - 1)})"
            case 3:
                return f"not ({self._truth(level, depth - 1)})"
        kinds = ("money", *NUMERIC) if self.habits.money_constants else NUMERIC[1:]
        kind = self.pick(*kinds)
        left = self.formula(kind, level, depth - 1)
        if self.chance(3) and kind != "money":
            return f"{left} in [0, 1..3, 12.5..100]"
        right = self.decimal() if self.chance() else self.formula(kind, level, depth - 1)
        return f"{left} {self.pick('<', '<=', '=', '!=', '>', '>=')} {right}"

    def _fact(self, level: int) -> str:
        categories = [found for found in self.names.categories if sees(level, found[1])]
        known = [text for text, at in self.names.leaves["truth"] if sees(level, at)]
        if not categories or self.chance():
            return self.pick(*known)
        name, _, values = self.pick(*categories)
        one, another = self.pick(*values), self.pick(*values)
        return self.pick(
            f"{name} = {one}",
            f"{name} != {one}",
            f'"{one}" = {name}'.replace('"', "'"),
            f"{name} in [{one}, {another}]",
            f"{name} not in {one}",
        )
