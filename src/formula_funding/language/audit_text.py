"""An audit as lines of text for a reader of English or Russian."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from formula_funding.analysis.cliffs import CliffSearch, without_repetitions
from formula_funding.audit.audit import Audit
from formula_funding.audit.equity import DIGITS, Figure
from formula_funding.audit.neutrality import Exchange
from formula_funding.exact.number_text import fixed_text, number_to_text
from formula_funding.exact.rounding import Rounding, decimal_places, round_fraction
from formula_funding.language.audit_words import audit_word, formula_of
from formula_funding.language.labels import Labels
from formula_funding.language.numbers import localised
from formula_funding.model.plan import STUDENTS

_SHOWN = 10
_MONEY = {"mean", "median", "range", "restricted_range"}


def audit_lines(audit: Audit, language: str) -> list[str]:
    """Every finding, a heading first; the last line is the verdict."""
    return list(_Writer(audit, language).lines())


class _Writer:
    def __init__(self, audit: Audit, language: str) -> None:
        self._audit = audit
        self._language = language
        self._labels = Labels(audit.plan, language)

    def lines(self) -> Iterator[str]:
        title = self._audit.plan.title.in_language(self._language)
        yield f"{self._word('audit')}: {title}, {self._labels.measure}"
        yield from ("", self._word("neutrality"), *self._neutrality())
        yield from ("", *self._exceptions())
        yield from ("", *self._cliffs(), *self._one_more())
        yield from ("", *self._equity())
        yield from ("", self._word(self._verdict()))

    def _verdict(self) -> str:
        if not self._audit.is_passed:
            return "failed"
        return "passed" if self._audit.statuses else "passed_by_proof"

    def _word(self, key: str, **values: object) -> str:
        return audit_word(key, self._language, **values)

    def _neutrality(self) -> Iterator[str]:
        labels, audit = self._labels, self._audit
        guilty = [read for read in audit.reads if read.way]
        for read in guilty:
            way = " → ".join(labels.of_name(name) for name in read.way)
            yield "  " + self._word("reads_protected", line=labels.of_name(read.line), way=way)
        if not guilty:
            yield "  " + self._word("no_protected")
        if not audit.statuses:
            protected = any(a.protected for a in audit.plan.attributes.values())
            yield "  " + self._word("no_statuses" if protected else "no_protected_attribute")
            return
        moved = [exchange for exchange in audit.exchanges if exchange.moved]
        if not moved:
            names = ", ".join(labels.of_name(name) for name in audit.statuses)
            yield "  " + self._word("nothing_moved", n=len(audit.exchanges), attributes=names)
        for exchange in moved:
            yield "  " + self._moved(exchange)
        for name in audit.statuses:
            yield from self._by_status(name)

    def _moved(self, exchange: Exchange) -> str:
        name, value = exchange.attribute, exchange.value
        how = (
            self._word("passed_on", attribute=self._labels.of_name(name))
            if value is None
            else self._word("all_are", value=self._labels.value(name, value))
        )
        return self._word(
            "moved",
            how=how,
            schools=exchange.schools_moved,
            moved=self._money(exchange.moved),
            largest=self._money(exchange.largest),
        )

    def _by_status(self, name: str) -> Iterator[str]:
        told = "not_equal" if name in self._audit.unequal else "equal"
        heading = self._word("per_weighted_student", attribute=self._labels.of_name(name))
        yield f"  {heading}: {self._word(told)}"
        for entry in self._audit.by_status:
            amount = entry.per_weighted_student
            if entry.attribute == name and amount is not None:
                yield "    " + self._word(
                    "of_status",
                    value=self._labels.value(name, entry.value),
                    amount=self._money(amount),
                    schools=entry.schools,
                    students=self._number(Fraction(entry.students)),
                )

    def _exceptions(self) -> Iterator[str]:
        plan = self._audit.plan
        yield self._word("exceptions", n=len(self._audit.exceptions))
        for exception in self._audit.exceptions:
            titles = [plan.sources[s].title.in_language(self._language) for s in exception.sources]
            yield "  " + self._word(
                "by",
                name=self._labels.of_name(exception.name),
                by=", ".join(self._labels.of_name(name) for name in exception.by),
                source="; ".join(titles) or self._word("no_source"),
            )

    def _cliffs(self) -> Iterator[str]:
        search = self._audit.cliffs
        cliffs = without_repetitions(search.cliffs)
        yield self._found(search, len(cliffs))
        for cliff in cliffs:
            yield "  " + self._word(
                "cliff",
                before=cliff.before,
                after=cliff.before + 1,
                counted=self._counted(cliff.counted),
                loss=self._money(-cliff.loss),
                conditions=self._labels.group(cliff.school),
            )
        if search.unsearched:
            names = ", ".join(self._labels.of_name(name) for name in search.unsearched)
            yield "  " + self._word("not_searched", lines=names)

    def _counted(self, name: str) -> str:
        return self._word("students") if name == STUDENTS else self._labels.of_name(name)

    def _found(self, search: CliffSearch, found: int) -> str:
        searched, unsearched = len(search.searched), len(search.unsearched)
        if not unsearched:
            return self._word("cliffs", n=found)
        if not searched:
            return self._word("cliffs_unknown")
        return self._word("cliffs_partly", n=found, searched=searched, all=searched + unsearched)

    def _one_more(self) -> Iterator[str]:
        found = self._audit.one_more
        if not found.tried:
            return
        told = self._word(
            "one_more", tried=self._number(Fraction(found.tried)), n=len(found.losses)
        )
        yield told if found.is_complete else f"{told}; {self._word('one_more_partly')}"
        for loss in found.losses[:_SHOWN]:
            yield "  " + self._word(
                "one_more_loss",
                school=loss.school,
                loss=self._money(-loss.loss),
                kind=self._labels.group(loss.kind),
            )
        if len(found.losses) > _SHOWN:
            yield "  " + self._word("and_more", n=len(found.losses) - _SHOWN)

    def _equity(self) -> Iterator[str]:
        audit = self._audit
        if not audit.equity:
            yield self._word("too_few")
            return
        for heading, figures in (
            ("equity", audit.equity),
            ("need_weighted", audit.need_weighted),
            ("wealth", audit.wealth),
        ):
            if figures:
                yield self._word(heading)
                yield from self._figures(figures)

    def _figures(self, figures: Sequence[Figure]) -> Iterator[str]:
        for figure in figures:
            value = self._word("undefined")
            if figure.value is not None:
                value = self._figure(figure, figure.value)
            formula = formula_of(figure.name, figure.formula, self._language)
            yield f"  {self._word(figure.name)}: {value}   {formula}"

    def _figure(self, figure: Figure, value: Fraction) -> str:
        if figure.name in _MONEY:
            return self._money(value)
        short = number_to_text(value)
        fraction = f" = {short}" if "/" in short and len(short) <= len("541/617860") else ""
        return self._number(value) + fraction

    def _money(self, amount: Fraction) -> str:
        """An amount rounded to the coin for reading."""
        places = self._audit.plan.places
        rounded = round_fraction(amount, Rounding(Fraction(1, 10**places)))
        return localised(fixed_text(rounded, places), self._language)

    def _number(self, value: Fraction) -> str:
        """A number with at most the digits of a statistic."""
        rounded = round_fraction(value, Rounding(Fraction(1, 10**DIGITS)))
        return localised(fixed_text(rounded, decimal_places(rounded) or 0), self._language)
