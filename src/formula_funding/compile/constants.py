"""Figures as printed, and the arithmetic behind them: told where they differ from what is used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from formula_funding.compile.formula_report import FormulaReport
from formula_funding.compile.parameters import DatedParameter, Version
from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Problems
from formula_funding.exact.number_text import NotANumberError, number_to_text, ratio_from_text
from formula_funding.exact.rounding import Rounding, round_fraction
from formula_funding.formula.check import check_formula
from formula_funding.formula.kinds import Kind, KindError, sum_kind
from formula_funding.formula.parse import FormulaSyntaxError, parse_formula
from formula_funding.formula.scope import Scope
from formula_funding.formula.tree import Aggregate, Tree, names
from formula_funding.formula.weight import MAX_WEIGHT, weight_of
from formula_funding.judge.evaluate import NoSuchNumberError, Value, number
from formula_funding.read.nodes_from_yaml import Path_, Places
from formula_funding.rules.rulebook import Rulebook


def digits_of(text: str) -> int | None:
    """How many decimals of the value a figure's text gives; None for a fraction such as 11/15."""
    if "/" in text:
        return None
    percent = text.endswith("%")
    decimals = text.removesuffix("%").rstrip().partition(".")[2].replace("_", "")
    return len(decimals) + (2 if percent else 0)


def check_printed(
    parameters: Mapping[str, DatedParameter], places: Places, problems: Problems
) -> None:
    """Warn of each printed figure that is not the one in use, rounded to the printed decimals."""
    for dated in parameters.values():
        if dated.written.printed is not None:
            _check_printed(dated, places, problems)


def _check_printed(dated: DatedParameter, places: Places, problems: Problems) -> None:
    written = dated.written
    field = "values" if written.value is None else "value"
    used = written.values if written.value is None else written.value
    path: Path_ = ("parameters", dated.name, "printed")
    for keys, text in printed_figures(written.printed):
        place = places.value((*path, *keys))
        exact = _at(used, keys)
        if exact is None or not isinstance(text, str):
            problems.add(
                codes.WRONG_VALUE,
                f"`printed` has not the form of `{field}`",
                place,
                "give the printed figures under the same dates and keys, as many as are printed",
            )
            continue
        try:
            printed, value = ratio_from_text(text), ratio_from_text(exact)
        except NotANumberError as error:
            problems.add(codes.NOT_A_NUMBER, f"a number is needed, not `{text}`", place, error.hint)
            continue
        rounded = rounded_to(value, digits_of(text))
        if rounded != printed:
            problems.add(
                codes.PRINTED_DIFFERS,
                f"`{text}` is printed, but `{exact}` in use is {number_to_text(rounded)} "
                "to its decimals",
                place,
                "compare both with the source; the figure in use decides",
            )


def derived_figures(
    rulebook: Rulebook,
    parameters: Mapping[str, DatedParameter],
    scope: Scope,
    places: Places,
    problems: Problems,
) -> dict[str, Tree]:
    """The arithmetic behind figures, checked: it may read other figures and nothing else."""
    found: dict[str, Tree] = {}
    for name, parameter in rulebook.parameters.items():
        if parameter.derived is None or name not in parameters:
            continue
        place = places.value(("parameters", name, "derived"))
        report = FormulaReport(place, problems)
        try:
            parsed = parse_formula(parameter.derived)
        except FormulaSyntaxError as error:
            report(codes.SYNTAX, error.message, error.span, error.hint)
            continue
        checked = check_formula(parsed, scope, report)
        figures = {other for other, p in parameters.items() if p.goal is None and other != name}
        others = [read for read in names(checked.tree) if read not in figures]
        if checked.kind is Kind.UNKNOWN:
            continue
        if others:
            problems.add(
                codes.WRONG_LEVEL,
                f"`derived` reads `{others[0]}`, but may read only other figures",
                place,
                "name parameters with a value of their own",
            )
        if weight_of(checked.tree, {}) > MAX_WEIGHT:
            problems.add(
                codes.TOO_HEAVY, "the numbers of this formula can grow to millions of digits", place
            )
        try:
            sum_kind(checked.kind, parameters[name].kind, verb="compared with")
        except KindError as error:
            problems.add(codes.WRONG_KIND, error.message, place, error.hint)
        found[name] = checked.tree
    return found


def check_derived(
    derived: Mapping[str, Tree],
    parameters: Mapping[str, DatedParameter],
    places: Places,
    problems: Problems,
) -> None:
    """Warn where the arithmetic, rounded to the figure's decimals, gives another figure."""
    for name, tree in derived.items():
        _check_derived(name, tree, parameters, places, problems)


def _check_derived(
    name: str,
    tree: Tree,
    parameters: Mapping[str, DatedParameter],
    places: Places,
    problems: Problems,
) -> None:
    dated = parameters[name]
    place = places.value(("parameters", name, "derived"))
    for version in dated.versions:
        text = _text_of(dated, version)
        try:
            found = number(tree, _Figures(parameters, version))
        except NoSuchNumberError:
            message = "the arithmetic divides by zero"
        except LookupError:
            continue  # a figure of it has no value yet at that date
        else:
            rounded = rounded_to(found, digits_of(text))
            if rounded == version.values[()]:
                continue
            message = f"`{text}` is used, but the arithmetic gives {number_to_text(rounded)}"
        since = "" if version.since is None else f" from {version.since}"
        problems.add(
            codes.DERIVED_DIFFERS,
            f"{message}{since}",
            place,
            "compare both with the source; the figure in use decides",
        )


def rounded_to(value: Fraction, digits: int | None) -> Fraction:
    """`value` rounded half up to decimals; as it is where no number of them is given."""
    return value if digits is None else round_fraction(value, Rounding(Fraction(1, 10) ** digits))


def printed_figures(printed: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Each printed figure under its date and keys, as it is written."""
    if isinstance(printed, dict):
        for key, inner in printed.items():
            for keys, text in printed_figures(inner):
                yield (key, *keys), text
    else:
        yield (), printed


def _at(given: Any, keys: tuple[str, ...]) -> str | None:
    """The text of the figure in use under the same date and keys."""
    for key in keys:
        given = given.get(key) if isinstance(given, dict) else None
    return given if isinstance(given, str) else None


def _text_of(dated: DatedParameter, version: Version) -> str:
    given = dated.written.values if dated.written.value is None else dated.written.value
    text = given if version.since is None else given[version.since.isoformat()]
    return str(text)


@dataclass(frozen=True)
class _Figures:
    """Reads the figures that are in force with a version. Raises LookupError for one that isn't."""

    parameters: Mapping[str, DatedParameter]
    version: Version

    def name(self, name: str) -> Value:
        return self.rate(name, ())

    def rate(self, table: str, keys: tuple[str, ...]) -> Fraction:
        in_force = self.parameters[table].in_force(self.version.since)
        if in_force is None:
            raise LookupError(table)
        return in_force.values[keys]

    def aggregate(self, tree: Aggregate) -> Fraction:
        raise AssertionError(tree.function)
