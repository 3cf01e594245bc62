"""Random worlds: a rulebook as YAML text, a register of schools and a roster that fit each other.

Formulas are grown by kind (money, count, ratio, number, truth) and level (system, school,
student), so that each of them is one that an author could have written and the checker accepts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeVar

from hypothesis import strategies as st

T = TypeVar("T")

SYSTEM, SCHOOL, STUDENT = 0, 1, 2
NUMERIC = ("money", "count", "ratio", "number")

GROUPS = ("a", "b", "лицей")
PLACES = ("city", "village")
STATUSES = ("ordinary", "gymnasium", "lyceum")
GRADES = 4
DATES = (date(2024, 1, 1), date(2025, 1, 1))
SCHOOL_IDS = ("01", "007", "1", "Ш-3", "9 a")

HEAD = """\
rulebook: a-random-one
title: {en: A random rulebook, ru: Случайные правила}
currency: RUB
sources:
  act: {title: {en: An act, ru: Акт}, published: 2024-01-15, page: "3"}
students:
  g: [a, b, лицей]
  grade: 1..4
  fte: {kind: number, range: 0..2}
  meal: truth
  born: date
schools:
  place: [city, village]
  area: {kind: number, range: 0..1000}
  rooms: {kind: count, whole: true}
  budget: {kind: money}
  remote: truth
  status: [ordinary, gymnasium, lyceum]
"""


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


@dataclass(frozen=True)
class World:
    """A rulebook and its data as texts. Each student row has `students` alike students."""

    rulebook: str
    schools: tuple[dict[str, str], ...]
    students: tuple[dict[str, str], ...]
    as_of: date | None
    line_names: tuple[str, ...]

    def __repr__(self) -> str:
        rows = "\n".join(",".join(row.values()) for row in self.students)
        schools = "\n".join(",".join(row.values()) for row in self.schools)
        return f"World as of {self.as_of}:\n{self.rulebook}\n{schools}\n\n{rows}\n"

    def with_students(self, students: list[dict[str, str]]) -> World:
        return replace(self, students=tuple(students))


@dataclass
class _Names:
    """What formulas may read so far: (text, level) by kind, and tables by kind."""

    leaves: dict[str, list[tuple[str, int]]] = field(
        default_factory=lambda: {
            "money": [("budget", SCHOOL)],
            "count": [("rooms", SCHOOL)],
            "ratio": [],
            "number": [("fte", STUDENT), ("grade", STUDENT), ("area", SCHOOL)],
            "truth": [
                ("meal", STUDENT),
                ("remote", SCHOOL),
                ("born < 2015-09-01", STUDENT),
                ("born >= 2016-02-29 and born <= as_of", STUDENT),
                ("as_of >= 2025-01-01", SYSTEM),
                ("grade in 1..2", STUDENT),
                ("grade not in [1, 3..4]", STUDENT),
                ("fte <= 0.5", STUDENT),
                ("(grade > 2) = meal", STUDENT),
            ],
        }
    )
    categories: list[tuple[str, int, tuple[str, ...]]] = field(
        default_factory=lambda: [("g", STUDENT, GROUPS), ("place", SCHOOL, PLACES)]
    )


class _Author:
    """Writes formulas by drawing from hypothesis."""

    def __init__(self, draw: st.DrawFn, habits: Habits) -> None:
        self._draw = draw
        self.habits = habits
        self.names = _Names()
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
        known = [text for text, at in self.names.leaves[kind] if at <= level]
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
            return f"({over}) / {under}"
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
        if self.habits.rounding and self.chance():
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
        """Made over the students of a school, or over the schools of the system."""
        over_schools = level == SYSTEM or (self.habits.schools_as_a_whole and self.chance(4))
        units, inner = ("schools", SCHOOL) if over_schools else ("students", STUDENT)
        if over_schools and not self.habits.schools_as_a_whole:
            return self.decimal()
        which = f"{units}{self._where(inner, depth)}"
        if over_schools and level > SYSTEM and self.chance(3):
            which += " by place"
        if kind == "count" and self.chance():
            return f"count({which})"
        if kind == "ratio" and self.chance() and not self.habits.only_sums:
            return f"share({which})"
        function = "sum"
        if self.habits.division and not self.habits.only_sums and self.chance(3):
            function = self.pick("mean", "min", "max", "median")
        known = [text for text, at in self.names.leaves[kind] if at <= inner]
        value = self.formula(kind, inner, depth - 1) if depth > 0 else self.pick(*known)
        return f"{function}({value} of {which})"

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
        categories = [found for found in self.names.categories if found[1] <= level]
        known = [text for text, at in self.names.leaves["truth"] if at <= level]
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


def _parameters(author: _Author) -> list[str]:
    """Single figures and tables of every kind, some by date, some by two keys."""
    lines: list[str] = []
    for kind in NUMERIC:
        name = f"{kind}_figure"
        lines += [f"  {name}:", f"    kind: {kind}", *_dated(author, kind, ())]
        author.names.leaves[kind].append((name, SYSTEM))
    keys = {"g": (GROUPS, STUDENT), "place": (PLACES, SCHOOL)}
    keys |= {"grade": (tuple(map(str, range(1, GRADES + 1))), STUDENT)}
    keys |= {"stage": (("low", "high"), STUDENT)}
    for number, kind in enumerate(("money", "money", "ratio")):
        by = [author.pick(*keys)]
        if author.chance(3):
            by.append(author.pick(*(key for key in keys if key != by[0])))
        name = f"table_{number}"
        lines += [f"  {name}:", f"    kind: {kind}", f"    by: [{', '.join(by)}]"]
        lines += _dated(author, kind, tuple(keys[key][0] for key in by))
        level = max(keys[key][1] for key in by)
        author.names.leaves[kind].append((f"{name}[{', '.join(by)}]", level))
    # A table that lacks a key may be read where a condition leaves the key out.
    lines += ["  partial:", "    kind: money", "    by: g", "    values: {a: 12.5, b: 7}"]
    if not author.habits.only_sums:
        author.names.leaves["money"].append(("if(g != лицей, partial[g], 0)", STUDENT))
        author.names.leaves["money"].append(("sum(partial[g] of students where g = b)", SCHOOL))
    return lines


def _dated(author: _Author, kind: str, keys: tuple[tuple[str, ...], ...]) -> list[str]:
    """`value:` or `values:`, by date or not; one figure has dates, so that a run has one too."""
    if not keys and kind != "money" and author.chance():
        return [f"    value: {_figure(author, kind)}"]
    if keys and author.chance():
        return [f"    values: {_table(author, kind, keys)}"]
    return [
        "    values:",
        *(f"      {day}: {_table(author, kind, keys)}" for day in DATES),
        "    source: act",
    ]


def _table(author: _Author, kind: str, keys: tuple[tuple[str, ...], ...]) -> str:
    if not keys:
        return _figure(author, kind)
    inside = (f"{key}: {_table(author, kind, keys[1:])}" for key in keys[0])
    return "{" + ", ".join(inside) + "}"


def _figure(author: _Author, kind: str) -> str:
    figures = ["0", "1", "2", "0.5", "160_300", "99.99", "0.001", "33.333"]
    if kind in ("ratio", "number"):
        figures += ["22.35%", "11/15", "2/3"]
    if not author.habits.only_sums:
        figures += ["-3", "-0.25"]
    return author.pick(*figures)


def _definitions(author: _Author) -> list[str]:
    names = author.names
    lines = ["  stage: {from: grade, bands: {low: 1..2, high: 3..4}}"]
    names.categories.append(("stage", STUDENT, ("low", "high")))
    lines.append("  kind_of: g")
    names.categories.append(("kind_of", STUDENT, GROUPS))
    kind = author.pick(*NUMERIC)
    lines.append(f'  of_student: "{author.formula(kind, STUDENT, 2)}"')
    names.leaves[kind].append(("of_student", STUDENT))
    lines.append(f'  is_it_so: "{author.formula("truth", STUDENT, 2)}"')
    names.leaves["truth"].append(("is_it_so", STUDENT))
    lines.append("  size: {from: everyone, bands: {small: ..2, middle: 3..5, large: 6..}}")
    if not author.habits.only_sums:
        names.categories.append(("size", SCHOOL, ("small", "middle", "large")))
    return lines


def _steps(author: _Author) -> list[str]:
    names = author.names
    lines = ["  everyone: count(students)"]
    names.leaves["count"].append(("everyone", SCHOOL))
    for level, name in ((SCHOOL, "of_school"), (SYSTEM, "of_all"), (SCHOOL, "of_both")):
        if level == SYSTEM and not author.habits.schools_as_a_whole:
            continue
        kind = author.pick(*NUMERIC)
        lines.append(f'  {name}: "{author.formula(kind, level, 2)}"')
        names.leaves[kind].append((name, level))
    return lines


def _bands_of_a_number(author: _Author) -> list[str]:
    """Bands of a figure that may not exist, with an open range at each end."""
    formula = author.formula(author.pick("ratio", "number"), SCHOOL, 2)
    if not author.habits.only_sums:
        author.names.categories.append(("how_much", SCHOOL, ("little", "much")))
    return [
        f'  amount_of: "{formula}"',
        "  how_much: {from: amount_of, bands: {little: ..<1, much: 1..}}",
    ]


def _lines(author: _Author) -> tuple[list[str], tuple[str, ...]]:
    lines: list[str] = []
    names: list[str] = []
    for number in range(author.whole(1, 4)):
        name = f"line_{number}"
        per_student = author.chance()
        level = STUDENT if per_student else SCHOOL
        lines.append(f"  {name}:")
        lines.append(f"    title: {{en: Line {number}, ru: Строка {number}}}")
        lines.append(f"    for: each {'student' if per_student else 'school'}")
        lines.append(f'    amount: "{author.formula("money", level, 3)}"')
        if author.chance():
            lines.append(f'    when: "{author.formula("truth", level, 2)}"')
        if author.chance(3):
            unit = author.pick("0.01", "1", "0.001", "100", "0.05", "0.25")
            mode = author.pick("half up", "half even", "up", "down")
            lines.append(f"    rounding: {{to: {unit}, mode: {mode}}}")
        if author.chance(4):
            lines.append(f"    from: {author.pick(*DATES)}")
        if author.chance(6):
            lines.append("    until: 2025-07-01")
        if author.habits.rounding and not author.habits.only_sums:
            author.names.leaves["money"].append((name, SCHOOL))
        names.append(name)
    return lines, tuple(names)


@st.composite
def rulebooks(draw: st.DrawFn, habits: Habits) -> tuple[str, tuple[str, ...]]:
    """A rulebook's YAML text and the names of its lines."""
    author = _Author(draw, habits)
    parameters = _parameters(author)
    define, steps = _definitions(author), _steps(author)
    define += _bands_of_a_number(author)
    lines, names = _lines(author)
    sections = {"define": define, "parameters": parameters, "steps": steps, "lines": lines}
    text = HEAD + "".join(
        f"{section}:\n" + "".join(f"{line}\n" for line in content)
        for section, content in sections.items()
    )
    return text, names


FTES = ("0", "0.5", "0.50", "1", "1.0", "0.333", "2")
TRUTHS = ("yes", "no", "true", "FALSE", "1", "0")
BIRTHDAYS = ("2010-01-31", "2016-02-29", "2018-09-01")

SCHOOL_ROW = st.fixed_dictionaries(
    {
        "place": st.sampled_from(PLACES),
        "area": st.sampled_from(("0", "1", "12.5", "400.25")),
        "rooms": st.sampled_from(("0", "1", "12")),
        "budget": st.sampled_from(("0", "1000", "12345.67")),
        "remote": st.sampled_from(TRUTHS),
        "status": st.sampled_from(STATUSES),
    }
)
STUDENT_ROW = st.fixed_dictionaries(
    {
        "g": st.sampled_from(GROUPS),
        "grade": st.sampled_from(("1", "2", "3", "4", "04")),
        "fte": st.sampled_from(FTES),
        "meal": st.sampled_from(TRUTHS),
        "born": st.sampled_from(BIRTHDAYS),
        "students": st.sampled_from(("1", "1", "2", "3", "0")),
    }
)


@st.composite
def worlds(draw: st.DrawFn, habits: Habits | None = None) -> World:
    """A rulebook with a register of one to five schools and a roster of one to twelve rows."""
    text, names = draw(rulebooks(habits or Habits()))
    ids = SCHOOL_IDS[: draw(st.integers(1, len(SCHOOL_IDS)))]
    schools = [
        {"school_id": school, "name": f"Школа {school}"} | _in_order(draw(SCHOOL_ROW))
        for school in ids
    ]
    students = [
        {"school_id": draw(st.sampled_from(ids))} | _in_order(row)
        for row in draw(st.lists(STUDENT_ROW, min_size=1, max_size=12))
    ]
    as_of = draw(st.sampled_from((None, *DATES, date(2025, 8, 1))))
    return World(text, tuple(schools), tuple(students), as_of, names)


def _in_order(row: dict[str, str]) -> dict[str, str]:
    """The row with its columns in one order; hypothesis draws them in any."""
    return dict(sorted(row.items()))


Predicate = Callable[[dict[str, str]], bool]
"""Whether a student row satisfies a condition, told without the program."""


Condition = tuple[str, Predicate]

SIMPLE_CONDITIONS: tuple[Condition, ...] = (
    ("g = a", lambda row: row["g"] == "a"),
    ("g != лицей", lambda row: row["g"] != "лицей"),
    ("g in [b, лицей]", lambda row: row["g"] in {"b", "лицей"}),
    ("grade in 2..3", lambda row: int(row["grade"]) in {2, 3}),
    ("grade >= 4", lambda row: int(row["grade"]) == 4),
    ("meal", lambda row: row["meal"].lower() in {"yes", "true", "1"}),
    ("fte = 0.5", lambda row: row["fte"] in {"0.5", "0.50"}),
    ("born < 2016-02-29", lambda row: row["born"] == "2010-01-31"),
    ("stage = high", lambda row: int(row["grade"]) > 2),
)


@st.composite
def conditions(draw: st.DrawFn, depth: int = 2) -> Condition:
    """A condition on a student as a formula, and the same as a Python function."""
    if depth == 0 or draw(st.booleans()):
        return draw(st.sampled_from(SIMPLE_CONDITIONS))
    left, is_left = draw(conditions(depth - 1))
    right, is_right = draw(conditions(depth - 1))
    joined: tuple[Condition, ...] = (
        (f"({left} and {right})", lambda row: is_left(row) and is_right(row)),
        (f"({left} or {right})", lambda row: is_left(row) or is_right(row)),
        (f"not ({left})", lambda row: not is_left(row)),
    )
    return draw(st.sampled_from(joined))
