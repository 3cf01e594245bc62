"""Checks an aggregate: what it runs over, what is given to the whole and read of each unit."""

from __future__ import annotations

from dataclasses import replace

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.wording import did_you_mean
from formula_funding.formula.aggregates import AGGREGATES, WRITTEN, AggregateFunction, level_of
from formula_funding.formula.checking import Checked, Checking, is_written_whole, written
from formula_funding.formula.function_names import function_meant
from formula_funding.formula.kinds import Kind, KindError, Level
from formula_funding.formula.scope import units_of
from formula_funding.formula.tree import SCHOOL_ID, SCHOOLS, Aggregate


def check_aggregate(checker: Checking, tree: Aggregate) -> Checked:
    """One number made of many units, or each unit's place or share among them."""
    function = AGGREGATES.get(tree.function)
    if function is None:
        return checker.wrong(
            codes.UNKNOWN_FUNCTION,
            f"unknown aggregate `{tree.function}`",
            tree,
            function_meant(tree.function, list(AGGREGATES)),
        )
    collections = checker.scope.collections
    if tree.units not in collections:
        return checker.wrong(
            codes.UNKNOWN_NAME,
            f"`{tree.units}` is nothing to {tree.function}",
            tree,
            did_you_mean(tree.units, collections),
        )
    written, named = len(tree.arguments), len(function.arguments)
    if (
        written < named
        or (written > named and not function.repeats)
        or ((function.for_each or function.of_schools) and tree.units != SCHOOLS)
    ):
        return checker.wrong(
            codes.WRONG_ARGUMENTS,
            f"`{tree.function}` is written otherwise",
            tree,
            f"write {function.signature}",
        )
    inner = Level.SCHOOL if tree.units == SCHOOLS else Level.STUDENT
    _check_grouping(checker, tree, inner)
    of_group = tree.units == SCHOOLS and tree.by and not tree.own
    outer = Level.SCHOOL if of_group else Level(inner - 1)
    inside = checker.of_others(inner)
    where = inside.condition(tree.where) if tree.where is not None else None
    if where is not None:
        inside = inside.within(where.tree)
    first_read = len(function.given)
    given = [checker.check(part) for part in tree.arguments[:first_read]]
    read = [inside.check(part) for part in tree.arguments[first_read:]]
    sound = _check_given(checker, tree, function, given, outer)
    for part in (*read, *([where] if where else [])):
        if part.level > inner:
            return checker.wrong(
                codes.WRONG_LEVEL,
                "a student's attribute can't be read for a school",
                part.tree,
                "make an aggregate over students a step first, then use the step here",
            )
        others = [u for u in units_of(part.tree, checker.scope.symbols) if u != tree.units]
        if inner is Level.STUDENT and others:
            return checker.wrong(
                codes.WRONG_LEVEL,
                f"an attribute of {others[0]} can't be read of {tree.units}",
                part.tree,
                f"`{tree.function}` runs over {tree.units}: read attributes of these",
            )
    for part in (*given, *read):
        if not part.kind.is_numeric:
            return checker.wrong(
                codes.WRONG_KIND,
                f"`{tree.function}` needs a number, not {part.kind.in_words}",
                part.tree,
            )
    kinds = [part.kind for part in (*given, *read)]
    rebuilt = replace(
        tree,
        arguments=tuple(part.tree for part in (*given, *read)),
        where=where.tree if where else None,
    )
    level = level_of(tree)
    if not sound or Kind.UNKNOWN in kinds:
        return Checked(rebuilt, Kind.UNKNOWN, level)
    try:
        kind = function.kind(kinds)
    except KindError as error:
        return checker.wrong(codes.WRONG_KIND, error.message, tree, error.hint)
    whole = tree.function in {"count", "rank"} or (
        tree.function != "mean" and bool(read) and all(part.whole for part in read)
    )
    return Checked(rebuilt, kind, level, whole=whole and not given)


def _check_grouping(checker: Checking, tree: Aggregate, inner: Level) -> None:
    """Report names after `by` that tell no schools apart, or that are compared with others."""
    if tree.by and inner is Level.STUDENT:
        checker.wrong(
            codes.WRONG_ARGUMENTS,
            f"`by` groups schools, not {tree.units}",
            tree,
            f"an aggregate over {tree.units} is each school's own",
        )
        return
    if tree.own and AGGREGATES[tree.function].for_each:
        checker.wrong(
            codes.WRONG_ARGUMENTS,
            f"`{tree.function}` is of a school among its own group, not of another group",
            tree,
            "group by one attribute: by district",
        )
    for of_others, own in zip(tree.by, tree.asked_by, strict=True):
        kinds = {_kind_of_key(checker, tree, name) for name in dict.fromkeys((of_others, own))}
        if Kind.TRUTH in kinds and len(kinds - {Kind.UNKNOWN}) > 1:
            checker.wrong(
                codes.WRONG_KIND,
                f"`{of_others}` and `{own}` have no value in common",
                tree,
                "compare categories and texts, or two truths",
            )


def _kind_of_key(checker: Checking, tree: Aggregate, name: str) -> Kind:
    """The kind of a name after `by`; UNKNOWN, and a problem, if it tells no schools apart."""
    if name == SCHOOL_ID and name not in checker.scope.symbols:
        return Kind.TEXT
    symbol = checker.scope.symbols.get(name)
    if symbol is None:
        checker.wrong(
            codes.UNKNOWN_NAME,
            f"unknown name `{name}`",
            tree,
            did_you_mean(name, checker.scope.symbols),
        )
    elif symbol.level is not Level.SCHOOL or symbol.kind not in _GROUPING:
        checker.wrong(
            codes.WRONG_KIND,
            f"schools can't be grouped by `{name}`",
            tree,
            "group by an attribute of schools that is a category or a text",
        )
    else:
        return symbol.kind
    return Kind.UNKNOWN


def _check_given(
    checker: Checking,
    tree: Aggregate,
    function: AggregateFunction,
    given: list[Checked],
    outer: Level,
) -> bool:
    """Whether what is given to an aggregate as a whole belongs to the whole."""
    for name, part, checked in zip(function.given, tree.arguments, given, strict=False):
        if name in WRITTEN and not is_written_whole(part):
            checker.wrong(
                codes.WRONG_ARGUMENTS,
                f"`{name}` must be a whole number written in the formula",
                part,
                f"write {function.signature}",
            )
            return False
        if name == "position" and written(part) < 1:
            checker.wrong(
                codes.WRONG_ARGUMENTS,
                "places are counted from 1, the largest",
                part,
                f"write {function.signature}",
            )
            return False
        if checked.level > outer:
            checker.wrong(
                codes.WRONG_LEVEL,
                f"`{name}` differs from school to school, but belongs to all of them",
                part,
                "make it one figure: a parameter, or sum(… of schools)",
            )
            return False
    return True


_GROUPING = frozenset({Kind.CATEGORY, Kind.TEXT, Kind.TRUTH, Kind.UNKNOWN})
