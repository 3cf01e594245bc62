"""A comparison on the terminal: schools, lines, causes, who gains and loses, a histogram."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from formula_funding.cli.allocation_table import SHOWN_BESIDE_A_FILE, SHOWN_ON_A_TERMINAL
from formula_funding.cli.console import results
from formula_funding.diagnostics.wording import printable
from formula_funding.exact.number_text import units_text
from formula_funding.export.comparison_as_text import per_student_texts, percent_text
from formula_funding.language.numbers import count_text, localised
from formula_funding.language.reasons import (
    by_text,
    cause_text,
    kind_text,
    line_text,
    step_text,
)
from formula_funding.language.words import Words
from formula_funding.scenario.difference import TOGETHER
from formula_funding.scenario.summary import (
    histogram,
    outcome,
    outcomes_by_kind,
    totals_of_causes,
    totals_of_lines,
)

if TYPE_CHECKING:
    from pathlib import Path

    from formula_funding.scenario.difference import Compared, Difference

_WIDEST = 30
_NOTHING = "—"


class ComparisonShown:
    """Prints a comparison in one language."""

    def __init__(self, compared: Compared, language: str) -> None:
        self._compared = compared
        self._language = language
        self._words = Words(language)

    def show(self, written: Path | None = None) -> None:
        """The schools, and what it comes to; no schools where `written` holds many of them."""
        words, compared = self._words, self._compared
        title = compared.title.in_language(self._language)
        measure = compared.measure.in_language(self._language)
        self._head(f"{title}, {measure}" if measure else title)
        if written is not None and len(compared.differences) > SHOWN_BESIDE_A_FILE:
            number = count_text(len(compared.differences), self._language)
            told = words("schools_in_file", n=number, file=written.as_posix())
            results().print(told, markup=False, soft_wrap=True)
        else:
            self._schools()
        self._lines()
        if compared.is_explained:
            self._causes()
        self._outcomes()
        results().print(words("schools_by_change"), style="bold", markup=False)
        self._histogram()

    def show_school(self, difference: Difference) -> None:
        """The lines of one school, each with its causes."""
        words, compared = self._words, self._compared
        self._head(f"{difference.name or difference.school} ({difference.school})")
        causes = [cause for cause in difference.split if any(difference.split[cause].values())]
        named = [self._cause(cause) for cause in causes]
        header = [words("line"), words("before"), words("after"), words("change"), "%", *named]
        rows = [
            [
                line_text(compared, line, self._language),
                *self._changed(difference.base.get(line, 0), difference.scenario.get(line, 0)),
                *(self._money(difference.split[cause].get(line, 0)) for cause in causes),
            ]
            for line in difference.lines
        ]
        totals = [self._money(sum(difference.split[cause].values())) for cause in causes]
        changed = self._changed(difference.before, difference.after)
        self._table(header, [*rows, [words("total"), *changed, *totals]], texts=1)

    def _schools(self) -> None:
        words, found = self._words, self._compared.differences
        hidden = max(len(found) - SHOWN_ON_A_TERMINAL, 0) if results().is_terminal else 0
        names = ("school_id", "name", "before", "after", "change")
        header = [*(words(name) for name in names), "%"]
        has_students = any(d.students for d in found)
        if has_students:
            header.append(words("per_student_change"))
        rows = [
            [d.school, d.name, *self._changed(d.before, d.after), *self._per_student(d)]
            if has_students
            else [d.school, d.name, *self._changed(d.before, d.after)]
            for d in found[: len(found) - hidden]
        ]
        self._table(header, rows, texts=2)
        if hidden:
            told = words("more_schools", n=count_text(hidden, self._language))
            results().print(told, style="dim", markup=False)

    def _lines(self) -> None:
        words = self._words
        header = [words("lines"), words("before"), words("after"), words("change"), "%"]
        rows = [
            [
                line_text(self._compared, total.name, self._language),
                *self._changed(total.before, total.after),
            ]
            for total in totals_of_lines(self._compared)
        ]
        self._table(header, rows, texts=1)

    def _causes(self) -> None:
        totals, language = totals_of_causes(self._compared), self._language
        header = [self._words("causes"), self._words("change"), self._words("schools_moved")]
        rows = [
            [
                self._cause(total.name),
                self._money(total.change),
                count_text(total.schools, language),
            ]
            for total in totals
        ]
        if rows:
            self._table(header, rows, texts=1)

    def _outcomes(self) -> None:
        words, compared = self._words, self._compared
        found = outcome("", compared.differences)
        change = self._money(found.after - found.before)
        if found.after > found.before:
            change = f"+{change}"  # without a sign, an amount in brackets is a loss to accountants
        total = f"{self._money(found.before)} → {self._money(found.after)} ({change})"
        results().print(f"{words('total')}: {total}", markup=False)
        counted = words("gain_lose", gain=found.gain, lose=found.lose, rest=found.rest)
        results().print(counted, markup=False)
        rows = [
            [
                kind_text(one.kind, compared, self._language),
                *(count_text(n, self._language) for n in (one.gain, one.lose, one.rest)),
                *self._changed(one.before, one.after),
            ]
            for one in outcomes_by_kind(compared)
        ]
        if rows:
            counts = [words(name) for name in ("gains", "loses", "stays")]
            money = [words(name) for name in ("before", "after", "change")]
            kind = by_text(compared, self._language)
            self._table([kind, *counts, *money, "%"], rows, texts=1)

    def _histogram(self) -> None:
        """A bar for each step of the change in per cent."""
        counts = histogram(self._compared)
        most = max((count for _, _, count in counts), default=0)
        for low, high, count in counts:
            label = step_text(low, high, self._language)
            bar = "█" * (-(-count * _WIDEST // most) if most else 0)
            shown = count_text(count, self._language)
            results().print(f"{label:>14} {bar} {shown}", markup=False)

    # pieces

    def _head(self, text: str) -> None:
        results().print(printable(text), style="bold", markup=False)

    def _table(self, header: Sequence[str], rows: Sequence[Sequence[str]], *, texts: int) -> None:
        table = Table(box=None, pad_edge=False, header_style="bold")
        for number, name in enumerate(header):
            justify = "left" if number < texts else "right"
            table.add_column(Text(printable(name)), justify=justify, vertical="bottom")  # type: ignore[arg-type]
        for row in rows:
            table.add_row(*(Text(printable(cell)) for cell in row))
        results().print(table)

    def _money(self, units: int) -> str:
        return localised(units_text(units, self._compared.places), self._language)

    def _changed(self, before: int, after: int) -> list[str]:
        percent = percent_text(before, after - before)
        shown = localised(percent, self._language) if percent else _NOTHING
        return [self._money(before), self._money(after), self._money(after - before), shown]

    def _per_student(self, difference: Difference) -> list[str]:
        change = per_student_texts(difference, self._compared.places)[-1]
        return [localised(change, self._language) if change else _NOTHING]

    def _cause(self, cause: str) -> str:
        name = cause_text(cause, self._compared, self._language)
        return name.lower() if cause == TOGETHER else name
