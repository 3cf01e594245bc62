"""Random rulebooks: the sections around random formulas, so that every construct occurs in some."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.properties.formulas import (
    CLASS,
    DATES,
    GRADES,
    GROUPS,
    NUMERIC,
    PLACES,
    SCHOOL,
    STUDENT,
    SYSTEM,
    Author,
    Habits,
)

Section = list[str]

NAMES = """\
rulebook: a-random-one
title: {en: A random rulebook, ru: Случайные правила}
version: "2"
"""
DATA = """\
sources:
  act:
    title: {en: An act, ru: Акт}
    published: 2024-01-15
    page: "3"
    url: https://example.org/act
    note: {en: As amended, ru: С изменениями}
students:
  g: {kind: category, values: [a, b, лицей]}
  grade: 1..4
  fte: {kind: number, range: 0..2}
  meal: {kind: truth, title: {en: Meals, ru: Питание}}
  born: date
schools:
  place: {values: {city: {en: City, ru: Город}, village: null}, protected: false}
  district: text
  area: {kind: number, range: 0..1000}
  need: {kind: ratio, range: 0..1, if_empty: 0.5}
  rooms: {kind: count, whole: true}
  budget: {kind: money}
  remote: truth
  status: {values: [ordinary, gymnasium, lyceum], protected: true}
tables:
  classes:
    title: {en: Classes, ru: Классы}
    attributes: {form: [day, evening], hours: {range: 0..40}, label: text}
  results:
    attributes: {pupil: text, subject: [maths, physics], score: {range: 0..100}}
    best: {of: score, per: [pupil, subject]}
"""
HEAD = f"{NAMES}currency: RUB\n{DATA}"
"""What a rulebook of money begins with; the names and values that all random formulas read."""
PERIOD = "2024-09..2025-08"
"""In it some figures change, and some lines begin and end."""


def _head(author: Author, *, points: bool) -> str:
    """All that stands before the definitions."""
    measure = "points: {en: points, ru: баллы}" if points else "currency: RUB"
    lines = [measure]
    if author.habits.legacy:
        lines.append("legacy: {en: Kept to compare, ru: Для сравнения}")
    if author.habits.monotone:
        lines.append("monotone: true")
    if author.chance(3):
        lines.append(f"as_of: {author.pick(PERIOD, '2025-01-01')}")
    if author.chance(3):
        lines.append(f"rounding: {_rounding(author)}")
    return NAMES + "".join(f"{line}\n" for line in lines) + DATA


def _rounding(author: Author) -> str:
    unit = author.pick("0.01", "1", "0.001", "100", "0.05", "0.25")
    mode = author.pick("half up", "half even", "up", "down")
    whole = f"{{to: {unit}, mode: {mode}}}"
    return author.pick(unit, whole, whole, whole)


# figures


def _parameters(author: Author) -> Section:
    """Single figures and tables of every kind, some by date, some by two keys."""
    lines: Section = []
    for kind in NUMERIC:
        name = f"{kind}_figure"
        lines += [f"  {name}:", f"    kind: {kind}", *_dated(author, kind, ())]
        author.names.leaves[kind].append((name, SYSTEM))
    keys = {"g": (GROUPS, STUDENT), "place": (PLACES, SCHOOL)}
    keys |= {"grade": (tuple(map(str, range(1, GRADES + 1))), STUDENT)}
    keys |= {"stage": (("low", "high"), STUDENT)}
    keys |= {"form": (("day", "evening"), CLASS), "shift": (("short", "long"), CLASS)}
    for number, kind in enumerate(("money", "money", "ratio")):
        by = [author.pick(*keys)]
        first = keys[by[0]][1]
        others = [
            k for k in keys if k != by[0] and (first == SCHOOL or keys[k][1] in (SCHOOL, first))
        ]
        if author.chance(3):
            by.append(author.pick(*others))
        name = f"table_{number}"
        lines += [f"  {name}:", f"    kind: {kind}", f"    by: [{', '.join(by)}]"]
        lines += _dated(author, kind, tuple(keys[key][0] for key in by))
        owner = max(keys[key][1] for key in by)
        author.names.leaves[kind].append((f"{name}[{', '.join(by)}]", owner))
    # A table that lacks a key may be read where a condition leaves the key out.
    lines += ["  partial:", "    kind: money", "    by: g", "    values: {a: 12.5, b: 7}"]
    if not author.habits.only_sums:
        author.names.leaves["money"].append(("if(g != лицей, partial[g], 0)", STUDENT))
        author.names.leaves["money"].append(("sum(partial[g] of students where g = b)", SCHOOL))
    return lines + _printed(author)


def _dated(author: Author, kind: str, keys: tuple[tuple[str, ...], ...]) -> Section:
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


def _table(author: Author, kind: str, keys: tuple[tuple[str, ...], ...]) -> str:
    if not keys:
        return _figure(author, kind)
    inside = (f"{key}: {_table(author, kind, keys[1:])}" for key in keys[0])
    return "{" + ", ".join(inside) + "}"


def _figure(author: Author, kind: str) -> str:
    figures = ["0", "1", "2", "0.5", "160_300", "99.99", "0.001", "33.333"]
    if kind in ("ratio", "number"):
        figures += ["22.35%", "11/15", "2/3"]
    if not author.habits.only_sums:
        figures += ["-3", "-0.25"]
    return author.pick(*figures)


def _printed(author: Author) -> Section:
    """A figure that is printed otherwise than the arithmetic behind it says."""
    author.names.leaves["number"].append(("coefficient", SYSTEM))
    return [
        "  coefficient:",
        "    value: 2.0547",
        "    title: {en: A coefficient, ru: Коэффициент}",
        "    unit: {en: per hour, ru: за час}",
        f"    printed: {author.pick('2.05', '2.06')}",
        f"    derived: {author.pick('number_figure * 2', 'ratio_figure + 1', '2 + 0.0547')}",
    ]


SOLVED = "solved"


def _solved_for(author: Author) -> Section:
    """A figure that is solved for; what is asked can always be met."""
    direction = author.pick("at_most", "at_least", "nearest_to")
    share = author.pick("0", "3.3", "0.05", "9.99", "10")
    return [
        f"  {SOLVED}:",
        "    kind: ratio",
        "    solve:",
        f"      so_that: sum(one * (rooms + 1) * {SOLVED} of schools)",
        f"      {direction}: sum(one * (rooms + 1) of schools) * {share}",
        "      between: 0..10",
        "      to: 0.05",
        "  one: {kind: money, value: 1.5}",
    ]


# what is made of them


def _definitions(author: Author) -> Section:
    names = author.names
    lines = ["  stage: {from: grade, bands: {low: 1..2, high: 3..4}, source: act}"]
    names.categories.append(("stage", STUDENT, ("low", "high")))
    lines.append("  shift: {from: hours, bands: {short: ..<10, long: 10..}}")
    names.categories.append(("shift", CLASS, ("short", "long")))
    lines.append("  kind_of: {formula: g, title: {en: Kind, ru: Вид}, source: act}")
    names.categories.append(("kind_of", STUDENT, GROUPS))
    for name, owner in (("of_student", STUDENT), ("of_class", CLASS)):
        kind = author.pick(*NUMERIC)
        lines.append(f'  {name}: "{author.formula(kind, owner, 2)}"')
        names.leaves[kind].append((name, owner))
    lines.append("  squared: fte ^ 2")
    names.leaves["number"].append(("squared", STUDENT))
    lines.append(f'  is_it_so: "{author.formula("truth", STUDENT, 2)}"')
    names.leaves["truth"].append(("is_it_so", STUDENT))
    lines += [
        "  size:",
        "    from: everyone",
        "    bands: {small: ..2, middle: 3..5, large: 6..}",
        "    titles: {small: {en: Up to 2, ru: До 2}}",
    ]
    if not author.habits.only_sums:
        names.categories.append(("size", SCHOOL, ("small", "middle", "large")))
    return lines


def _steps(author: Author) -> Section:
    names = author.names
    lines = ["  everyone: count(students)"]
    names.leaves["count"].append(("everyone", SCHOOL))
    for owner, name in ((SCHOOL, "of_school"), (SYSTEM, "of_all"), (SCHOOL, "of_both")):
        if owner == SYSTEM and not author.habits.schools_as_a_whole:
            continue
        kind = author.pick(*NUMERIC)
        lines.append(f"  {name}:")
        lines.append(f'    formula: "{author.formula(kind, owner, 2)}"')
        lines.append(f"    title: {{en: Step {name}, ru: Шаг {name}}}")
        lines.append("    source: act")
        names.leaves[kind].append((name, owner))
    if author.habits.schools_as_a_whole and author.habits.rounding and author.habits.division:
        first = author.habits.first_aggregate
        first = author.whole(0, 10**6) if first is None else first
        for number in range(author.whole(2, 5)):
            formula, kind = author.numbered_aggregate(first + number)
            lines.append(f'  aggregate_{number}: "{formula}"')
            names.leaves[kind].append((f"aggregate_{number}", SCHOOL))
    return lines


def _bands_of_a_number(author: Author) -> Section:
    """Bands of a figure that may not exist, with an open range at each end."""
    formula = author.formula(author.pick("ratio", "number"), SCHOOL, 2)
    if not author.habits.only_sums:
        author.names.categories.append(("how_much", SCHOOL, ("little", "much")))
    return [
        f'  amount_of: "{formula}"',
        "  how_much: {from: amount_of, bands: {little: ..<1, much: 1..}}",
    ]


def _lines(author: Author, *, points: bool, solves: bool) -> tuple[Section, tuple[str, ...]]:
    lines: Section = []
    names: list[str] = []
    kind = "number" if points else "money"
    for number in range(author.whole(1, 4)):
        name = f"line_{number}"
        per_student = author.chance()
        owner = STUDENT if per_student else SCHOOL
        amount = author.formula(kind, owner, 3)
        by_solved = solves and author.chance()
        lines.append(f"  {name}:")
        lines.append(f"    title: {{en: Line {number}, ru: Строка {number}}}")
        lines.append(f"    for: each {'student' if per_student else 'school'}")
        lines.append(f'    amount: "{f"{SOLVED} * ({amount})" if by_solved else amount}"')
        if author.chance():
            lines.append(f'    when: "{author.formula("truth", owner, 2)}"')
        if author.chance(3):
            lines.append(f"    rounding: {_rounding(author)}")
        if author.chance(4):
            lines.append(f"    from: {author.pick(*DATES)}")
        if author.chance(6):
            lines.append("    until: 2025-07-01")
        if author.chance(4):
            lines.append('    codes: {kosgu: "211", cost_type: labour}')
            lines.append("    source: act")
        # What is solved for may not be read by the condition of another line.
        if author.habits.rounding and not author.habits.only_sums and not by_solved:
            author.names.leaves[kind].append((name, SCHOOL))
        names.append(name)
    return lines, tuple(names)


# what comes after them


def _payment(author: Author) -> Section:
    instalments = author.pick(
        "12", "1", "{january: 1/4, april: 0, july: 2/4, october: 25%}", "{a: 1/3, b: 2/3}"
    )
    return [
        f"  instalments: {instalments}",
        f"  rounding: {_rounding(author)}",
        f"  remainder: {author.pick('last', 'first', 'cumulative')}",
    ]


def _requirements(author: Author) -> Section:
    """One condition that always holds, and one that may not and is only told."""
    owner = author.pick(SYSTEM, SCHOOL)
    if owner == SYSTEM and not author.habits.schools_as_a_whole:
        owner = SCHOOL
    return [
        "  nobody_below_nothing: {that: count(students) >= 0, otherwise: stop}",
        "  hoped_for:",
        f'    that: "{author.formula("truth", owner, 2)}"',
        "    title: {en: Hoped for, ru: Желательно}",
        "    otherwise: warn",
        "    source: act",
    ]


@st.composite
def rulebooks(draw: st.DrawFn, habits: Habits) -> tuple[str, tuple[str, ...]]:
    """A rulebook's YAML text and the names of its lines."""
    author = Author(draw, habits)
    points = habits.points and author.chance(6)
    solves = habits.schools_as_a_whole and author.chance(4)
    head = _head(author, points=points)
    parameters = _parameters(author) + (_solved_for(author) if solves else [])
    define, steps = _definitions(author), _steps(author)
    define += _bands_of_a_number(author)
    lines, names = _lines(author, points=points, solves=solves)
    sections = {"define": define, "parameters": parameters, "steps": steps, "lines": lines}
    if not points and author.chance():
        sections["payment"] = _payment(author)
    if author.chance(3):
        sections["require"] = _requirements(author)
    text = head + "".join(
        f"{section}:\n" + "".join(f"{line}\n" for line in content)
        for section, content in sections.items()
    )
    return text, names
