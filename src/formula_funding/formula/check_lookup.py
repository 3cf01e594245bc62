"""Checks a lookup in a table of rates: the table, its keys, and that every rate exists."""

from __future__ import annotations

from dataclasses import replace

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.wording import did_you_mean
from formula_funding.formula.checking import Checked, Checking, listed
from formula_funding.formula.kinds import Kind, Level
from formula_funding.formula.narrow import decided
from formula_funding.formula.scope import Table
from formula_funding.formula.tree import Lookup, Name, Tree


def check_lookup(checker: Checking, tree: Lookup) -> Checked:
    """The value of a keyed parameter for the keys of the formula."""
    table = checker.scope.tables.get(tree.table)
    if table is None:
        symbol = checker.scope.symbols.get(tree.table)
        if symbol is not None and symbol.kind is Kind.UNKNOWN:
            return Checked(tree, Kind.UNKNOWN, Level.SYSTEM)
        if symbol is not None:
            return checker.wrong(
                codes.NO_TABLE,
                f"`{tree.table}` has one value, not a table of them",
                tree,
                f"write `{tree.table}` alone",
            )
        return checker.wrong(
            codes.UNKNOWN_NAME,
            f"unknown rate table `{tree.table}`",
            tree,
            did_you_mean(tree.table, checker.scope.tables),
        )
    if len(tree.keys) != len(table.keys):
        return checker.wrong(
            codes.TABLE_WITHOUT_KEY,
            f"`{table.name}` is looked up by {' and '.join(table.keys)}: "
            f"{len(table.keys)} expected, {len(tree.keys)} given",
            tree,
        )
    keys = [_key(checker, key, table, position) for position, key in enumerate(tree.keys)]
    if not any(key.kind is Kind.UNKNOWN for key in keys):
        _check_all_rates_exist(checker, tree, table, [key.values for key in keys])
    level = max(key.level for key in keys)
    return Checked(replace(tree, keys=tuple(key.tree for key in keys)), table.kind, level)


def _key(checker: Checking, key: Tree, table: Table, position: int) -> Checked:
    known = table.key_values[position]
    if isinstance(key, Name) and known and key.name not in (*known, *checker.scope.names):
        return checker.wrong(
            codes.UNKNOWN_NAME,
            f"`{key.name}` is neither a value of `{table.keys[position]}` nor a name",
            key,
            did_you_mean(key.name, [*known, *checker.scope.symbols]) or f"values: {listed(known)}",
        )
    checked = checker.as_value_of(key, known) or checker.check(key)
    if not known:
        return replace(checked, kind=Kind.UNKNOWN)
    if checked.kind is Kind.UNKNOWN:
        return checked
    if isinstance(key, Name) and checked.kind.is_numeric:
        symbol = checker.scope.symbols.get(key.name)  # none for an unknown name
        if symbol is not None and symbol.key_values:
            return replace(checked, kind=Kind.CATEGORY, values=symbol.key_values)
    if checked.kind not in (Kind.CATEGORY, Kind.UNKNOWN):
        return checker.wrong(
            codes.WRONG_KIND,
            f"`{table.name}` is looked up by the category `{table.keys[position]}`, "
            f"not by {checked.kind.in_words}",
            key,
        )
    return checked


def _check_all_rates_exist(
    checker: Checking, tree: Lookup, table: Table, values: list[tuple[str, ...]]
) -> None:
    """Report the keys that can be looked up and have no rate."""
    entries = table.entries
    by_own_bands = (
        isinstance(key, Name) and key.name == kept_by
        for key, kept_by in zip(tree.keys, table.keys, strict=True)
        if kept_by in table.dated
    )
    if all(by_own_bands):
        entries |= table.own_entries
    lacking = [
        entry
        for entry in _combinations(values)
        if entry not in entries and _is_possible(checker, tree, entry)
    ]
    if not lacking:
        return
    for position, known in enumerate(table.key_values):
        unknown = [v for v in dict.fromkeys(e[position] for e in lacking) if v not in known]
        if unknown:
            checker.wrong(
                codes.MISSING_RATE,
                f"`{table.name}` has no value for {listed(unknown)} of `{table.keys[position]}`",
                tree,
                did_you_mean(unknown[0], known),
            )
            return
    checker.wrong(
        codes.MISSING_RATE,
        f"`{table.name}` has no value for {listed(['` and `'.join(e) for e in lacking])}",
        tree,
        "add it at every date of the table (0 where nothing is paid), "
        "or leave it out of the formula by a condition",
    )


def _is_possible(checker: Checking, tree: Lookup, entry: tuple[str, ...]) -> bool:
    """Whether the conditions let a key be looked up."""
    known = tree.known(entry)
    return not any(decided(c, known) is False for c in checker.scope.conditions)


def _combinations(values: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = [()]
    for choices in values:
        found = [(*entry, choice) for entry in found for choice in choices]
    return found
