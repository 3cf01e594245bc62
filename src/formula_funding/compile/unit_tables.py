"""The tables of what is counted beside students, and which of their rows count."""

from __future__ import annotations

from collections.abc import Mapping

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Problems
from formula_funding.diagnostics.wording import did_you_mean
from formula_funding.formula.scope import Symbol
from formula_funding.model.plan import Best, UnitTable
from formula_funding.read.nodes_from_yaml import Path_, Places
from formula_funding.rules import rulebook as written
from formula_funding.rules.rulebook import Rulebook


def unit_tables(
    rulebook: Rulebook, symbols: Mapping[str, Symbol], places: Places, problems: Problems
) -> dict[str, UnitTable]:
    """The tables of a rulebook; what is wrong with `best` goes to `problems`."""
    found: dict[str, UnitTable] = {}
    for name, given in rulebook.tables.items():
        path: Path_ = ("tables", name)
        best = Best(given.best.of, given.best.per) if given.best else None
        if best is not None:
            _check_best(best, given, symbols, path, places, problems)
        found[name] = UnitTable(name, given.title, best, places.key(path))
    return found


def _check_best(
    best: Best,
    table: written.UnitTable,
    symbols: Mapping[str, Symbol],
    path: Path_,
    places: Places,
    problems: Problems,
) -> None:
    """What decides between rows must be a number, and nothing else may be read of a row."""
    unknown = [name for name in best.names if name not in table.attributes]
    for name in unknown:
        problems.add(
            codes.UNKNOWN_NAME,
            f"`best` names `{name}`, which is no attribute of the table",
            places.value((*path, "best", "of" if name == best.of else "per")),
            did_you_mean(name, table.attributes),
        )
    if best.of not in unknown and not symbols[best.of].kind.is_numeric:
        problems.add(
            codes.WRONG_KIND,
            f"the best of `{best.of}` can't be told, for it is {symbols[best.of].kind.in_words}",
            places.value((*path, "best", "of")),
            "`of` names a number: the largest is the best",
        )
    for name in [] if unknown else [n for n in table.attributes if n not in best.names]:
        problems.add(
            codes.WRONG_VALUE,
            f"`{name}` may differ between rows of which only the best counts",
            places.key((*path, "attributes", name)),
            "name it in `per`, or leave it out",
        )
