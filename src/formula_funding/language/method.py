"""The method of a rulebook as a document: Markdown that reads like the annex of a regulation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction

from formula_funding.compile.checked_rulebook import CheckedRulebook
from formula_funding.compile.constants import digits_of, printed_figures
from formula_funding.compile.names import AS_OF
from formula_funding.compile.parameters import DatedParameter, Version
from formula_funding.exact.number_text import ratio_from_text
from formula_funding.exact.rounding import Rounding
from formula_funding.exact.solving import Goal
from formula_funding.formula.kinds import Kind, Level
from formula_funding.formula.tree import SCHOOLS
from formula_funding.language.labels import Labels
from formula_funding.language.numbers import amount_text, date_text, number_text, period_text
from formula_funding.model.plan import STUDENTS, Attribute, Band, Banding, Calculation, Line
from formula_funding.read.value_from_text import value_from_text
from formula_funding.rules.fields import Title
from formula_funding.rules.rulebook import Source, Sources

_BLANKS = re.compile(r"[ \t\r\n]+")
_MARKUP = re.compile(r"([\\`*<|])")
_PLAIN_URL = re.compile(r"https?://[^\s<>]+")
_NOTHING = "—"
_FOR = {Level.STUDENT: "each student", Level.SCHOOL: "each school", Level.SYSTEM: "the system"}


def method_as_markdown(checked: CheckedRulebook, labels: Labels) -> str:
    """The method in words, with all versions of its figures.

    `labels` are those of a plan of the same rulebook; its date says what is in force.
    """
    return _Method(checked, labels).text()


class _MarkedLabels(Labels):
    """Labels whose titles stand in italics in a formula: a title with a comma stays one thing."""

    def of_name(self, name: str) -> str:
        title = self.words("day_of_run") if name == AS_OF else super().of_name(name)
        return f"*{_plain(title)}*"

    def _text_of(self, name: str, value: str) -> str:
        return _plain(super()._text_of(name, value))

    def _text(self, value: str) -> str:
        return _plain(super()._text(value))


class _Method:
    def __init__(self, checked: CheckedRulebook, labels: Labels) -> None:
        self._checked = checked
        self._book = checked.rulebook
        self._as_of, self._period = labels.plan.as_of, labels.plan.period
        self._days = self._period.first_days if self._period else [self._as_of]
        # The plan lacks what has no value yet on its date; the document shows that too.
        latest = {name: dated.in_force(None) for name, dated in checked.parameters.items()}
        whole = replace(
            labels.plan,
            items=checked.items,
            parameters={name: figure for name, figure in latest.items() if figure is not None},
        )
        self._labels = Labels(whole, labels.language)
        self._formula = _MarkedLabels(whole, labels.language).formula
        self._words = labels.words
        self._numbers = {source: i for i, source in enumerate(self._book.sources, 1)}

    def text(self) -> str:
        """The whole document."""
        blocks = self._head()
        sections = (
            ("who_is_counted", self._counted()),
            ("definitions", self._definitions()),
            ("figures", self._figures()),
            ("steps", self._steps()),
            ("what_is_paid", self._lines()),
            ("instalments", self._instalments()),
            ("required", self._required()),
            ("worked_examples", self._examples()),
            ("sources", self._sources()),
        )
        for number, (title, section) in enumerate([s for s in sections if s[1]], 1):
            blocks += [f"## {number}. {self._words(title)}", *_numbered(section, number)]
        return "\n\n".join(blocks) + "\n"

    # sections

    def _head(self) -> list[str]:
        book, period = self._book, self._period
        facts = [
            (self._words("edition"), _plain(book.version)),
            (self._words("based_on"), self._base()),
            (self._words("date"), self._date(None if period else self._as_of)),
            (self._words("priced_for"), self._months()),
            (self._words("measure"), _plain(self._labels.measure)),
        ]
        blocks = [f"# {self._title(book.title, book.rulebook)}", _facts(facts)]
        if book.legacy is not None:
            blocks.append(f"> **{self._words('legacy')}.** {self._title(book.legacy, '')}")
        if book.monotone:
            blocks += self._monotone()
        return blocks

    def _monotone(self) -> list[str]:
        """What is proved, and the lines for which it is not, with their reasons."""
        excepted = [
            f"- **{self._title(line.title, name)}**: {self._title(line.may_lower, '')}"
            for name, line in self._book.lines.items()
            if line.may_lower is not None
        ]
        told = [self._words("monotone_but"), "\n".join(excepted)] if excepted else []
        return [self._words("monotone"), *told]

    def _months(self) -> str:
        return "" if self._period is None else period_text(self._period, self._labels.language)

    def _base(self) -> str:
        """The rulebook of which this one is a set of changes, and what it leaves out."""
        base, without = self._book.based_on, self._book.without
        if base is None:
            return ""
        told = f"{self._title(base.title, base.file)} (`{base.file}`)"
        if not without:
            return told
        return f"{told}, {self._words('without')} {', '.join(f'`{name}`' for name in without)}"

    def _counted(self) -> list[str]:
        blocks: list[str] = []
        titles = {STUDENTS: self._words(STUDENTS), SCHOOLS: self._words(SCHOOLS)}
        titles |= {name: self._units(name) for name in self._checked.tables}
        for units, title in titles.items():
            told = [
                f"- {self._attribute(attribute)}"
                for attribute in self._checked.attributes.values()
                if attribute.units == units
            ]
            if told:
                blocks += [f"### {title}", "\n".join(told)]
            best = self._checked.tables[units].best if units in self._checked.tables else None
            if best is not None:
                per = ", ".join(self._name(name) for name in best.per)
                blocks.append(self._words("best_alone", of=self._name(best.of), per=per))
        if any(attribute.units == STUDENTS for attribute in self._checked.attributes.values()):
            blocks.append(self._rule_of_counting())
        protected = any(attribute.protected for attribute in self._checked.attributes.values())
        if protected and self._book.legacy is None:
            blocks.append(self._words("protected_unread"))
        return blocks

    def _rule_of_counting(self) -> str:
        counting = self._checked.counting
        day = ""
        if counting.count_date is not None:
            day = self._words("on_each_day", date=self._name(counting.count_date))
        by = self._name(counting.attribute) if counting.attribute is not None else ""
        return self._words(f"count_{counting.same_student.value}", day=day, by=by)

    def _definitions(self) -> list[str]:
        blocks: list[str] = []
        for name in self._book.define:
            item = self._labels.plan.item(name)
            if isinstance(item, Banding):
                blocks.append(f"### {self._name(name)}")
                dated = self._checked.bandings[name]
                for since in dated.days if self._period else reversed(dated.days):
                    if since is not None:
                        blocks.append(self._since_day(since))
                    version = dated.in_force(since)
                    blocks += [self._bands(version)] if version is not None else []
                cited = self._sources_of(self._book.define[name].source)
                blocks += [_facts([(self._words("source"), cited)])] if cited else []
            elif isinstance(item, Calculation):
                blocks += self._calculation(item)
        return blocks

    def _figures(self) -> list[str]:
        blocks: list[str] = []
        for name, dated in self._checked.parameters.items():
            blocks.append(f"### {self._name(name)}")
            if dated.written.unit is not None:
                unit = self._title(dated.written.unit, "")
                blocks.append(f"{self._words('unit')}: {unit}")
            if dated.goal is not None:
                blocks += self._solved(dated.goal, dated)
                continue
            blocks += self._keyed(dated) if dated.written.by else self._single(dated)
            derived = self._checked.derived.get(name)
            facts = [
                (self._words("printed"), self._printed(dated)),
                (self._words("derived"), self._formula(derived) if derived is not None else ""),
            ]
            blocks += [told] if (told := _facts(facts)) else []
        return blocks

    def _steps(self) -> list[str]:
        items = [self._labels.plan.item(name) for name in self._book.steps]
        told = [self._calculation(item) for item in items if isinstance(item, Calculation)]
        return [self._words("steps_are"), *(b for blocks in told for b in blocks)] if told else []

    def _lines(self) -> list[str]:
        blocks: list[str] = []
        for line in self._labels.plan.lines:
            level = Level.STUDENT if line.per_student else Level.SCHOOL
            facts = [
                (self._words("for_whom"), self._words(_FOR[level])),
                (
                    self._words("if"),
                    self._formula(line.when) if line.when is not None else "",
                ),
                (self._words("amount"), self._formula(line.amount)),
                (self._words("rounding"), self._rounding(line.rounding)),
                (self._words("codes"), _plain(self._labels.codes(line))),
                (self._words("in_force"), self._in_force(line)),
                (self._words("may_lower"), self._exception(line)),
                (self._words("source"), self._sources_of(self._book.lines[line.name].source)),
            ]
            blocks += [f"### {self._title(line.title, line.name)}", _facts(facts)]
        return blocks

    def _required(self) -> list[str]:
        blocks: list[str] = []
        for item in self._labels.plan.requirements:
            facts = [
                (self._words("for_whom"), self._words(_FOR[item.level])),
                (self._words("condition_is"), self._formula(item.tree)),
                (self._words("otherwise"), self._words(f"otherwise_{item.role.value}")),
                (self._words("source"), self._source(item.source)),
            ]
            blocks += [f"### {self._name(item.name)}", _facts(facts)]
        return blocks

    def _instalments(self) -> list[str]:
        payment = self._labels.plan.payment
        if payment is None:
            return []
        head = [self._words("instalment"), self._words("share")]
        rows = [[_plain(name), self._number(share)] for name, share in payment.shares.items()]
        return [self._words("paid_in", how=self._labels.payment(payment)), _table(head, rows)]

    def _examples(self) -> list[str]:
        count = len(self._book.examples)
        return [self._words("examples_known", n=count)] if count else []

    def _sources(self) -> list[str]:
        told = [
            f"{number}. {self._cited(self._book.sources[name])}"
            for name, number in self._numbers.items()
        ]
        return ["\n".join(told)] if told else []

    # parts

    def _attribute(self, attribute: Attribute) -> str:
        protected = f" ({self._words('protected')})" if attribute.protected else ""
        if attribute.kind is Kind.CATEGORY:
            what = "; ".join(self._values(attribute.name, attribute.values))
        else:
            whole = attribute.whole and attribute.kind in {Kind.COUNT, Kind.NUMBER}
            what = self._words("a whole number" if whole else f"a {attribute.kind.value}")
            limits = self._range(attribute.low, attribute.high, without_high=False)
            what = ", ".join(part for part in (what, limits) if part)
        if attribute.if_empty is not None:
            empty = self._labels.value(attribute.name, value_from_text("", attribute))
            what += f"; {self._words('if_empty', value=_plain(empty))}"
        return f"**{self._name(attribute.name)}**{protected}: {what}"

    def _bands(self, item: Banding) -> str:
        rows = []
        for name in item.values:
            pieces = [band for band in item.bands if band.name == name]
            values = [band.value for band in pieces if band.value is not None]
            told = self._values(item.source, values) or [self._band(band) for band in pieces]
            rows.append([_plain(self._labels.category(item.name, name)), "; ".join(told)])
        return _table([self._name(item.name), self._name(item.source)], rows)

    def _band(self, band: Band) -> str:
        if band.low is not None and band.low == band.high:
            return self._number(band.low)
        return self._range(band.low, band.high, without_high=band.without_high)

    def _range(self, low: Fraction | None, high: Fraction | None, *, without_high: bool) -> str:
        ends = {
            "low": "" if low is None else self._number(low),
            "high": "" if high is None else self._number(high),
        }
        if low is None or high is None:
            word = "or_more" if low is not None else "below" if without_high else "up_to"
            return "" if low is high else self._words(word, **ends)
        if without_high:
            return self._words("from_below", **ends)
        return self._words("from_to" if low >= 0 else "from_up_to", **ends)

    def _values(self, name: str, values: Iterable[str]) -> list[str]:
        """The titles of a category's values; whole numbers in a row as 1–11."""
        told: list[str] = []
        row: list[str] = []
        for value in [*values, ""]:
            title = self._labels.category(name, value)
            follows = row and value == str(int(row[-1]) + 1) and title == value
            if row and not follows:
                told += [f"{row[0]}–{row[-1]}"] if len(row) > 2 else row
                row = []
            if title == value and re.fullmatch(r"0|[1-9][0-9]{0,8}", value):
                row.append(value)
            elif value:
                told.append(_plain(title))
        return told

    def _calculation(self, item: Calculation) -> list[str]:
        whom = self._words(_FOR[item.level])
        tables = [u for u in self._labels.plan.units_of(item.tree) if u != STUDENTS]
        if item.level is Level.STUDENT and tables:
            whom = self._words("each_of", units=self._units(tables[0]))
        given = self._book.steps.get(item.name) or self._book.define.get(item.name)
        cited = item.source if given is None else given.source
        facts = [
            (self._words("for_whom"), whom),
            (self._words("formula"), self._formula(item.tree)),
            (self._words("source"), self._sources_of(cited)),
        ]
        return [f"### {self._name(item.name)}", _facts(facts)]

    def _single(self, dated: DatedParameter) -> list[str]:
        """A figure for everybody: a row for each date."""
        rows = [
            [self._since(version, dated), self._figure(dated, version.values.get(())), source]
            for version, source in self._versions(dated)
        ]
        head = [self._words(word) for word in ("period", "value", "source")]
        if len(rows) > 1 or dated.versions[0].since is not None:
            return [_table(head, rows)]
        source = f" {rows[0][2]}" if rows[0][2] else ""
        return [f"{self._words('value')}: **{rows[0][1]}**{source}"]

    def _solved(self, goal: Goal, dated: DatedParameter) -> list[str]:
        """How a figure is found that the rulebook does not give."""
        low, high, unit = (self._number(n) for n in (goal.low, goal.high, goal.unit))
        facts = [
            (self._words("value"), self._labels.goal(goal, self._formula)),
            (self._words("rounding"), self._words("solved_range", unit=unit, low=low, high=high)),
            (self._words("note"), self._words("solved_next")),
            (self._words("source"), self._source(dated.sources(None)[0])),
        ]
        return [_facts(facts)]

    def _printed(self, dated: DatedParameter) -> str:
        """The figures as they are printed, with all their decimals, each after its key."""
        told = []
        dates = {v.since.isoformat(): v.since for v in dated.versions if v.since is not None}
        for keys, text in printed_figures(dated.written.printed):
            if text is None:
                continue
            by = keys[1:] if keys and keys[0] in dates else keys
            of = [self._since_day(dates[keys[0]])] if len(by) < len(keys) else []
            of += [
                _plain(self._labels.category(name, key))
                for name, key in zip(dated.written.by, by, strict=True)
            ]
            figure = _plain(text)
            if not text.endswith("%") and "/" not in text:
                places = digits_of(text) or 0
                figure = amount_text(ratio_from_text(text), places, self._labels.language)
            told.append(f"{', '.join(of)}: {figure}" if of else figure)
        return "; ".join(told)

    def _since_day(self, day: date) -> str:
        return self._words("since", day=self._date(day))

    def _keyed(self, dated: DatedParameter) -> list[str]:
        """A table of figures: a row for each key, a column for each date."""
        by = dated.written.by
        versions = self._versions(dated)
        keys = dict.fromkeys(key for version, _ in versions for key in version.values)
        of_keys = [dated.sources(version.since)[1] for version, _ in versions]
        rows = [
            [
                *(
                    _plain(self._labels.category(name, value))
                    for name, value in zip(by, key, strict=True)
                ),
                *(
                    f"{self._figure(dated, version.values.get(key))} "
                    f"{self._source(sources.get(key[0]))}".rstrip()
                    for (version, _), sources in zip(versions, of_keys, strict=True)
                ),
            ]
            for key in keys
        ]
        if any(source for _, source in versions):
            empty = [""] * (len(by) - 1)
            rows.append([self._words("source"), *empty, *(source for _, source in versions)])
        dates = [self._since(version, dated) for version, _ in versions]
        return [_table([*(self._name(name) for name in by), *dates], rows)]

    def _versions(self, dated: DatedParameter) -> list[tuple[Version, str]]:
        """All versions with their sources: the newest first, of a period in order of time."""
        versions = dated.versions if self._period else dated.versions[::-1]
        return [(version, self._source(dated.sources(version.since)[0])) for version in versions]

    def _since(self, version: Version, dated: DatedParameter) -> str:
        if version.since is None:
            return self._words("value")
        told = self._words("since", day=self._date(version.since))
        in_force = [dated.in_force(day) for day in self._days]
        applied = {figure.since for figure in in_force if figure is not None}
        if len(dated.versions) > 1 and version.since in applied:
            told += f" ({self._words('applied')})"
        return told

    def _figure(self, dated: DatedParameter, value: Fraction | None) -> str:
        if value is None:
            return _NOTHING
        figures = [v for version in dated.versions for v in version.values.values()]
        coins = dated.kind is Kind.MONEY and any(v.denominator != 1 for v in figures)
        places = self._labels.plan.places if coins else 0
        return amount_text(value, places, self._labels.language)

    def _rounding(self, rounding: Rounding) -> str:
        mode = self._words(rounding.mode.value)
        return self._words("rounding_of_school", unit=self._number(rounding.unit), mode=mode)

    def _in_force(self, line: Line) -> str:
        parts = []
        if line.from_ is not None:
            parts.append(self._words("since", day=self._date(line.from_)))
        if line.until is not None:
            parts.append(self._words("until", day=self._date(line.until)))
        told = " ".join(parts)
        if not line.in_force(self._as_of):
            told += f" ({self._words('not_in_force')})"
        return told

    def _exception(self, line: Line) -> str:
        reason = self._book.lines[line.name].may_lower
        return "" if reason is None else self._title(reason, "")

    def _sources_of(self, sources: Sources) -> str:
        """A source, or those of all dates: the newest first, of a period in order of time."""
        if not isinstance(sources, dict):
            return self._source(sources)
        return "; ".join(
            f"{self._words('since', day=self._date(date.fromisoformat(since)))} "
            f"{self._source(source)}"
            for since, source in sorted(sources.items(), reverse=self._period is None)
        )

    def _source(self, source: str | None) -> str:
        return "" if source is None else f"[{self._numbers[source]}]"

    def _cited(self, source: Source) -> str:
        parts = [self._title(source.title, ""), self._date(source.published)]
        told = ", ".join(part for part in (*parts, _plain(source.page or "")) if part)
        told += "" if told.endswith(".") else "."
        if source.url:
            url = source.url
            told += f" <{url}>" if _PLAIN_URL.fullmatch(url) else f" {_plain(url)}"
        if source.note is not None:
            told += f"\n\n   {self._words('note')}: {self._title(source.note, '')}"
        return told

    # words

    def _title(self, title: Title | None, otherwise: str) -> str:
        return _plain(self._labels.title(title, otherwise))

    def _units(self, table: str) -> str:
        return self._title(self._checked.tables[table].title, table)

    def _name(self, name: str) -> str:
        return _plain(self._labels.of_name(name))

    def _date(self, day: date | None) -> str:
        return "" if day is None else date_text(day, self._labels.language)

    def _number(self, number: Fraction) -> str:
        return number_text(number, self._labels.language)


def _plain(text: str) -> str:
    """Text of a rulebook on one line, in which nothing is taken for Markdown."""
    return _MARKUP.sub(r"\\\1", _BLANKS.sub(" ", text).strip(" "))


def _facts(facts: Iterable[tuple[str, str]]) -> str:
    """A list of what is known; what is empty is left out."""
    return "\n".join(f"- {name}: {told}" for name, told in facts if told)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    ruler = ["---"] * len(head)
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ruler, *rows))


def _numbered(blocks: Iterable[str], section: int) -> list[str]:
    """The blocks of a section, their headings numbered within it."""
    told: list[str] = []
    number = 0
    for block in blocks:
        if block.startswith("### "):
            number += 1
            told.append(f"### {section}.{number}. {block.removeprefix('### ')}")
        else:
            told.append(block)
    return told
