"""The pictures of docs/what-the-reform-did.md, drawn from the comparison itself as SVG.

All coordinates are whole numbers, made of exact fractions: the same bytes on every machine.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from xml.sax.saxutils import escape

from formula_funding.exact.rounding import Rounding, round_fraction
from formula_funding.language.numbers import localised
from formula_funding.language.reasons import kind_text
from formula_funding.model.inputs import Inputs
from formula_funding.scenario.difference import Compared, Difference
from formula_funding.whatif import compare

PROJECT = Path(__file__).parents[1]
PICTURES = PROJECT / "docs" / "pictures"
WIDTH, LEFT, RIGHT, ROW = 800, 310, 40, 44
_BEFORE, _AFTER, _LINE, _TEXT = "#b8bfc6", "#1f6f8b", "#d9dde1", "#22272b"
_WHOLE = Rounding(Fraction(1))
Funded = Mapping[str, int]
"""The students of each school whom some line pays."""


def reform_pictures() -> dict[Path, str]:
    """Each picture's file and its SVG."""
    city = PROJECT / "sample_data" / "city"
    rulebook = PROJECT / "rules" / "moscow" / "2008-by-status" / "rulebook.yaml"
    inputs = Inputs(rulebook, (city / "roster.csv",), city / "schools.csv")
    compared = compare(inputs, PROJECT / "sample_data" / "what_if" / "reform.yaml", "status")
    ledger = compared.base.ledger.schools
    funded = dict(zip(compared.base.register.ids, (a.funded for a in ledger), strict=True))
    return {
        PICTURES / "reform-per-student.svg": _per_student(compared, funded),
        PICTURES / "reform-by-school.svg": _by_school(compared, funded),
    }


def _kinds(compared: Compared, funded: Funded) -> list[tuple[str, list[Difference]]]:
    """The kinds of schools with their schools, the richest of 2008 first."""
    names = sorted({d.kind for d in compared.differences})
    kinds = [(name, [d for d in compared.differences if d.kind == name]) for name in names]
    kinds.sort(key=lambda kind: -_of_students(kind[1], 0, compared, funded))
    return [(kind_text(name, compared, "en"), schools) for name, schools in kinds]


def _of_students(
    schools: Sequence[Difference], when: int, compared: Compared, funded: Funded
) -> Fraction:
    """Roubles per student who is funded, before (0) or after (1)."""
    money = sum((d.before, d.after)[when] for d in schools)
    students = sum(funded[d.school] for d in schools)
    return Fraction(money, students * 10**compared.places)


def _per_student(compared: Compared, funded: Funded) -> str:
    """Two bars for each kind of school: money per student in 2008 and under the single norm."""
    kinds = _kinds(compared, funded)
    most = max(
        _of_students(schools, when, compared, funded) for _, schools in kinds for when in (0, 1)
    )
    parts = list(_legend(("2008, by kind of school", _BEFORE), ("single norm", _AFTER)))
    for row, (name, schools) in enumerate(kinds):
        top = 70 + row * ROW
        parts.append(_text(LEFT - 10, top + 20, name, "end"))
        for when, colour in ((0, _BEFORE), (1, _AFTER)):
            value = _of_students(schools, when, compared, funded)
            length = _at(value / most * (WIDTH - LEFT - RIGHT - 60))
            y = top + when * 16
            parts.append(f'<rect x="{LEFT}" y="{y}" width="{length}" height="14" fill="{colour}"/>')
            shown = localised(str(_at(value)), "en")
            parts.append(_text(LEFT + length + 6, y + 12, shown, "start"))
    title = "Money per schoolchild, roubles, with the same total"
    return _svg(title, 80 + len(kinds) * ROW, parts)


def _by_school(compared: Compared, funded: Funded) -> str:
    """A dot for each school at its change in per cent, a row for each kind."""
    kinds = _kinds(compared, funded)
    low, high = Fraction(-50), Fraction(50)

    def x(percent: Fraction) -> int:
        return LEFT + _at((percent - low) / (high - low) * (WIDTH - LEFT - RIGHT))

    bottom = 60 + len(kinds) * ROW
    parts = []
    for percent in range(-50, 51, 25):
        at = x(Fraction(percent))
        parts.append(f'<path d="M{at} 50V{bottom}" stroke="{_LINE}"/>')
        sign = "+" if percent > 0 else ""
        shown = f"{sign}{localised(str(percent), 'en')} %"
        parts.append(_text(at, bottom + 18, shown, "middle"))
    for row, (name, schools) in enumerate(kinds):
        y = 60 + row * ROW + ROW // 2
        parts.append(_text(LEFT - 10, y + 4, f"{name} ({len(schools)})", "end"))
        for d in schools:
            if d.share is not None:
                colour = _AFTER if d.change >= 0 else "#b3433b"
                at = x(d.share * 100)
                parts.append(f'<circle cx="{at}" cy="{y}" r="5" fill="{colour}" opacity="0.5"/>')
    return _svg("Change of each school, per cent of its money in 2008", bottom + 30, parts)


def _at(value: Fraction) -> int:
    return int(round_fraction(value, _WHOLE))


def _legend(*entries: tuple[str, str]) -> Iterator[str]:
    for number, (name, colour) in enumerate(entries):
        at = LEFT + number * 200
        yield f'<rect x="{at}" y="42" width="12" height="12" fill="{colour}"/>'
        yield _text(at + 18, 53, name, "start")


def _text(x: int, y: int, text: str, anchor: str) -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}">{escape(text)}</text>'


def _svg(title: str, height: int, parts: Sequence[str]) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'font-family="sans-serif" font-size="13" fill="{_TEXT}">'
    )
    heading = f'<text x="20" y="26" font-size="16" font-weight="bold">{escape(title)}</text>'
    ground = f'<rect width="{WIDTH}" height="{height}" fill="white"/>'
    name = f"<title>{escape(title)}</title>"
    return "\n".join([head, name, ground, heading, *parts, "</svg>"]) + "\n"
