"""Random bands of one attribute of students, and texts for it: on the edges, beside them, odd."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

from hypothesis import strategies as st

from formula_funding.exact.number_text import number_to_text
from formula_funding.exact.pieces import Edge, Pieces, pieces_between
from formula_funding.formula.kinds import Kind, Level
from formula_funding.model.plan import Attribute
from formula_funding.pipeline import Inputs
from formula_funding.read.cell_reader import CellReader

ODD_TEXTS = (
    *("", " ", "-", "NULL", "nan", "five", "1e5", "5e-1", "007", "+5", "5,0", "5.", ".5", "5.5"),
    *("1_0", "5%", "1/2", "1 000", "1,000", "0x10", "٥", "5 5", "--5", "-0", "99", "\u22125"),
    *("5\n", "5\x00", " 5", "5\t", "0." + "0" * 19 + "1", "0." + "0" * 20 + "1", "0,1"),
    *("9" * 18, "9" * 19, "-" + "9" * 18, "9" * 18 + "." + "9" * 20, "1" + "0" * 30),
)


def attribute(
    low: Fraction | None = None, high: Fraction | None = None, *, whole: bool = False
) -> Attribute:
    """A number of students between two limits."""
    return Attribute(
        *("value", Level.STUDENT, "students", Kind.NUMBER, None, {}),
        low=low,
        high=high,
        whole=whole,
        protected=False,
        if_empty=None,
    )


@st.composite
def rules_and_texts(draw: st.DrawFn) -> tuple[CellReader, Pieces, list[str]]:
    """A reader, edges within its limits, and texts on the edges, beside them and odd ones."""
    whole = draw(st.booleans())
    numbers = st.builds(
        Fraction, st.integers(-600, 600), st.sampled_from((1,) if whole else (1, 10, 8, 10**6))
    )
    low, *inner, high = sorted(draw(st.sets(numbers, min_size=3, max_size=6)))
    limits = draw(st.sampled_from((low, None))), draw(st.sampled_from((high, None)))
    decimal = draw(st.sampled_from(".,"))
    reader = CellReader(
        attribute(*limits, whole=whole),
        draw(st.sampled_from(({}, {"99": number_to_text(low), "5.5": "5"}))),
        draw(st.sampled_from((frozenset[str](), frozenset({"-", "0"})))),
        decimal,
        draw(st.sampled_from(("", " "))),
        scale=draw(st.sampled_from((Fraction(1), Fraction(1), Fraction(1000), Fraction(4, 5)))),
    )
    edges = [Edge(number, draw(st.booleans())) for number in inner]
    edges += [Edge(number, begins=True) for number in limits[:1] if number is not None]
    edges += [Edge(number, begins=False) for number in limits[1:] if number is not None]
    steps = (0, 0, Fraction(1, 2), 1, Fraction(1, 10**18), Fraction(1, 10**22))
    near = st.builds(
        lambda edge, step, sign, zeros: _padded(
            number_to_text(edge / reader.scale + sign * step), zeros
        ).replace(".", decimal),
        *(st.sampled_from((low, *inner, high)), st.sampled_from(steps)),
        *(st.sampled_from((1, -1)), st.sampled_from(("", "", "0", "000"))),
    )
    texts = st.lists(near | near | st.sampled_from(ODD_TEXTS), min_size=1, max_size=30)
    return reader, pieces_between(edges, whole=whole), draw(texts)


def _padded(text: str, zeros: str) -> str:
    """A number with zeros after its last decimal."""
    return text + (zeros if "." in text or not zeros else f".{zeros}")


RULEBOOK = """\
rulebook: banded
title: Banded
currency: EUR
students:
  value: {declared}
  g: [a, b]
define:
  first: {{from: value, bands: {first}}}
  second: {{from: value, bands: {second}}}
  third: "{third}"
parameters:
  extra: {{kind: money, value: 1}}
  rate: {{kind: money, by: first, values: {rates}}}
steps:
  some: count(students where second = {one})
  others: count(students where third)
lines:
  base:
    title: Base
    for: each student
    when: second = {one} or third and g = b
    amount: "{amount}"
  more: {{title: More, for: each student, when: g = a and first = {two}, amount: some * extra}}
"""
SCHOOLS = ("s1", "s2")


@dataclass(frozen=True)
class BandedWorld:
    """A rulebook with bands, a layout and rows of school, value, g and number of students.

    A `scenario` may lie beside them, and name the rulebook `other/rulebook.yaml`.
    """

    rulebook: str
    layout: str
    rows: tuple[tuple[str, str, str, str], ...]
    scenario: str = ""
    other: tuple[str, str] = ("", "")
    """The rulebook of a scenario and the layout beside it."""

    @contextmanager
    def files(self) -> Iterator[Inputs]:
        """The inputs of a run, in a folder that vanishes afterwards."""
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "other").mkdir()
            for at, (rulebook, layout) in (
                (folder, (self.rulebook, self.layout)),
                (folder / "other", self.other),
            ):
                (at / "rulebook.yaml").write_text(rulebook, encoding="utf-8")
                (at / "layout.yaml").write_text(layout, encoding="utf-8")
            (folder / "scenario.yaml").write_text(self.scenario, encoding="utf-8")
            _write(folder / "schools.csv", [["school_id", "name"], *([s, s] for s in SCHOOLS)])
            header = ["school_id", "value", "g", "students"]
            _write(folder / "roster.csv", [header, *self.rows])
            rosters = (folder / "roster.csv",)
            yield Inputs(folder / "rulebook.yaml", rosters, folder / "schools.csv")


def _write(path: Path, rows: Sequence[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


STEPS = tuple(Decimal(step) for step in ("0", "0", "0.1", "1e-7", "1e-18"))
"""How far from an edge the numbers are that are tried."""


Limits = tuple[Decimal | None, Decimal | None]


@dataclass(frozen=True)
class _Ground:
    """The attribute of a world: how it is declared, and numbers between its limits for edges."""

    declared: Mapping[str, str]
    limits: Limits
    numbers: tuple[Decimal, ...]
    whole: bool


@st.composite
def _grounds(draw: st.DrawFn) -> _Ground:
    whole = draw(st.booleans())
    places = st.just(0) if whole else st.sampled_from((0, 1, 2, 6))
    number = st.builds(lambda digits, k: Decimal(digits).scaleb(-k), st.integers(-60, 60), places)
    low, *inner, high = sorted(draw(st.sets(number, min_size=3, max_size=6)))
    limits = (draw(st.sampled_from((low, None))), draw(st.sampled_from((high, None))))
    declared = {
        "kind": draw(st.sampled_from(("number", "ratio", "money" if low >= 0 else "number")))
    }
    declared |= {"whole": "true"} if whole else {}
    declared |= {"range": _range(*limits)} if limits != (None, None) else {}
    declared |= {"if_empty": _plain(low)} if draw(st.booleans()) else {}
    return _Ground(declared, limits, (low, *inner, high), whole)


def _rulebook(draw: st.DrawFn, ground: _Ground, amount: str) -> str:
    """Two bandings of the attribute, and a comparison with numbers."""
    inner = ground.numbers[1:-1]
    first, second = (_bands(draw, ground.limits, inner, whole=ground.whole) for _ in range(2))
    return RULEBOOK.format(
        declared=_flow(ground.declared),
        first=_flow(first),
        third=draw(_comparisons(ground.numbers)),
        second=_flow(second),
        rates=_flow({name: f"{i}.5" for i, name in enumerate(first)}),
        one=draw(st.sampled_from(list(second))),
        two=draw(st.sampled_from(list(first))),
        amount=amount,
    )


@st.composite
def banded_worlds(draw: st.DrawFn) -> BandedWorld:
    """Two bandings of one attribute, and numbers on their edges or close beside them."""
    ground = draw(_grounds())
    scale = draw(st.sampled_from(("1", "1", "1000", "0.8", "3")))
    form = draw(st.sampled_from(("1234.50", "1234,50", "1 234,50")))
    low = ground.numbers[0]
    layout = {"numbers": f'"{form}"', "scale": f"{{value: {scale}}}"}
    layout |= {"values": f'{{value: {{"99": "{_plain(low)}"}}}}'} if draw(st.booleans()) else {}
    layout |= {"empty": '["-", "0"]'} if draw(st.integers(0, 3)) == 0 else {}
    texts = _texts(ground, scale, form)
    usual = texts.flatmap(lambda text: st.sampled_from((text,) * 9 + (f" {text}\t",)))
    cells = st.integers(0, 30).flatmap(lambda n: st.sampled_from(ODD_TEXTS) if n == 17 else usual)
    rulebook = _rulebook(draw, ground, "rate[first]")
    rows = draw(st.lists(_row(cells), min_size=1, max_size=12))
    return BandedWorld(rulebook, f"roster: {_flow(layout)}\n", tuple(rows))


AMOUNTS = ("rate[first]", "max(rate[first], extra)", "min(rate[first], some * extra)")


@st.composite
def banded_scenarios(draw: st.DrawFn) -> BandedWorld:
    """A world, and a scenario with other bands of the same attribute, figures or students."""
    ground = draw(_grounds())
    cells = _texts(ground, "1", "1234.50")
    if "if_empty" in ground.declared:
        cells = st.one_of(cells, cells, cells, st.just(""))
    rows = draw(st.lists(_row(cells), min_size=4, max_size=12))
    amount = draw(st.sampled_from(AMOUNTS))
    theirs, layout = ground, "roster: {}\n"
    if "if_empty" in ground.declared and draw(st.integers(0, 3)) == 0:
        declared = {**ground.declared, "if_empty": _plain(draw(st.sampled_from(ground.numbers)))}
        theirs = replace(ground, declared=declared)
    if draw(st.integers(0, 5)) == 0:
        layout = 'roster: {values: {g: {a: "b", b: "a"}}}\n'
    rules, figures = "rulebook: other/rulebook.yaml\n", "set: {rate: +20%, extra: 2}\n"
    scenario = draw(st.sampled_from((rules, rules, figures, rules + figures)))
    if draw(st.integers(0, 5)) == 0:
        scenario += "grow: [{by: +50%, where: third}]\n"
    scenario = f"scenario: other\ntitle: Other\n{scenario}"
    ours = _rulebook(draw, ground, amount)
    other = _rulebook(draw, theirs, draw(st.sampled_from((amount, *AMOUNTS))))
    return BandedWorld(ours, "roster: {}\n", tuple(rows), scenario, (other, layout))


def _texts(ground: _Ground, scale: str, form: str) -> st.SearchStrategy[str]:
    """Texts of numbers on the edges or close beside them, as a file holds them."""
    steps = [Decimal(0), Decimal(1)] if ground.whole else STEPS
    numbers = st.builds(
        _near,
        *(st.sampled_from(ground.numbers), st.sampled_from(steps)),
        *(st.booleans(), st.just(ground.limits)),
    )
    return numbers.map(lambda number: _stored(number, scale).replace(".", form[-3]))


def _row(cells: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[str, str, str, str]]:
    return st.tuples(
        st.sampled_from(SCHOOLS), cells, st.sampled_from("ab"), st.sampled_from(("1", "2", "0"))
    )


@st.composite
def _comparisons(draw: st.DrawFn, numbers: Sequence[Decimal]) -> str:
    """A condition that compares the attribute with some of the numbers that formulas can write."""
    known = [number for number in numbers if number >= 0] or [Decimal(1)]
    one, other = sorted((draw(st.sampled_from(known)), draw(st.sampled_from(known))))
    sign = draw(st.sampled_from(("=", "!=", "<", "<=", ">", ">=")))
    return draw(
        st.sampled_from(
            (
                f"value {sign} {_plain(one)}",
                f"{_plain(other)} {sign} value",
                f"value in [{_range(one, other)}]",
                f"not (value {sign} {_plain(one)} and g = a)",
                f"value in [{_plain(one)}, {_plain(other)}] or value {sign} {_plain(other)}",
            )
        )
    )


def _bands(
    draw: st.DrawFn, limits: Limits, inner: Sequence[Decimal], *, whole: bool
) -> dict[str, str]:
    """Bands with edges among some numbers, all within the limits; a few of several pieces."""
    edges = sorted(draw(st.sets(st.sampled_from(inner), min_size=1)))
    found: dict[str, list[str]] = {}
    ends = pairwise([limits[0], *edges, limits[1]])
    for i, (begin, end) in enumerate(ends):
        has_next = i < len(edges)
        if whole and has_next and draw(st.booleans()) and end is not None and end - 1 != begin:
            piece = _range(begin, end - 1)
        else:
            piece = _range(begin, end, without_high=has_next)
        found.setdefault(f"b{draw(st.sampled_from(range(i, -1, -1)))}", []).append(piece)
    return {name: f"[{', '.join(pieces)}]" for name, pieces in found.items()}


def _near(edge: Decimal, step: Decimal, is_above: bool, limits: Limits) -> Decimal:
    """A number beside an edge, or the edge where that would lie outside of the limits."""
    number = edge + step if is_above else edge - step
    low, high = limits
    is_outside = (low is not None and number < low) or (high is not None and number > high)
    return edge if is_outside else number


def _stored(number: Decimal, scale: str) -> str:
    """A number as a file holds it that is multiplied by a scale."""
    return number_to_text(Fraction(number) / Fraction(scale))


def _range(low: Decimal | None, high: Decimal | None, *, without_high: bool = False) -> str:
    ends = ["" if end is None else _plain(end) for end in (low, high)]
    return f"{ends[0]}..{'<' if without_high else ''}{ends[1]}"


def _plain(number: Decimal) -> str:
    return format(number, "f")


def _flow(fields: Mapping[str, str]) -> str:
    """Fields as YAML writes them in one line."""
    return "{" + ", ".join(f"{name}: {text}" for name, text in fields.items()) + "}"
