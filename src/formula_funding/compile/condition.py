"""A condition on students that is written outside a rulebook, in the rulebook's own words."""

from __future__ import annotations

from formula_funding.compile.attributes import symbol_of
from formula_funding.compile.formula_report import FormulaReport
from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Place, Problems
from formula_funding.formula.check import check_formula
from formula_funding.formula.kinds import Kind, Level
from formula_funding.formula.parse import FormulaSyntaxError, parse_formula
from formula_funding.formula.scope import Scope, Symbol, units_of
from formula_funding.formula.tree import NOWHERE, Aggregate, Tree, walk
from formula_funding.model.plan import STUDENTS, Banding, Calculation, Plan


def condition_on_students(text: str, plan: Plan, place: Place, problems: Problems) -> Tree | None:
    """`stage = primary and remote`, checked against a plan; None and a problem if it is unsound.

    It may read students and their schools, bands and other definitions, but sum nothing up.
    """
    report = FormulaReport(place, problems)
    try:
        tree = parse_formula(text)
    except FormulaSyntaxError as error:
        report(codes.SYNTAX, error.message, error.span, error.hint)
        return None
    symbols = _symbols(plan)
    known = len(problems)
    checked = check_formula(tree, Scope(symbols, {}), report)
    if checked.kind not in (Kind.TRUTH, Kind.UNKNOWN):
        report(
            codes.WRONG_KIND,
            f"`where` needs a condition, not {checked.kind.in_words}",
            NOWHERE,
            "compare something: grade in 1..4",
        )
    others = [units for units in units_of(checked.tree, symbols) if units != STUDENTS]
    if others or any(isinstance(node, Aggregate) for node in walk(checked.tree)):
        report(
            codes.WRONG_LEVEL,
            "a condition on students reads each of them and its school alone",
            NOWHERE,
            "write what is true of a student: grade in 1..4",
        )
    return checked.tree if len(problems) == known else None


def _symbols(plan: Plan) -> dict[str, Symbol]:
    """What a condition can name: attributes, definitions, steps and single figures."""
    found = {name: symbol_of(attribute) for name, attribute in plan.attributes.items()}
    for name, parameter in plan.parameters.items():
        if not parameter.keys:
            found[name] = Symbol(name, parameter.kind, Level.SYSTEM)
    for item in plan.items:
        if isinstance(item, Banding):
            units = found[item.source].units if item.source in found else ""
            found[item.name] = Symbol(item.name, Kind.CATEGORY, item.level, units, item.values)
        elif isinstance(item, Calculation) and not item.is_requirement:
            units = next(iter(plan.units_of(item.tree)), "")
            found[item.name] = Symbol(item.name, item.kind, item.level, units, item.values)
    return found
