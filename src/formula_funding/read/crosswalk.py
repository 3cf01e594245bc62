"""A layout for another city's rulebook over our own files: our words turned into theirs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Problems
from formula_funding.diagnostics.wording import did_you_mean
from formula_funding.formula.kinds import Kind
from formula_funding.formula.tree import SCHOOLS
from formula_funding.model.plan import STUDENTS, Attribute, Plan
from formula_funding.read.nodes_from_yaml import Places
from formula_funding.rules.layout import Layout, RosterLayout, TableLayout
from formula_funding.rules.scenario import Crosswalk

CROSSWALK = "crosswalk"
_Table = TypeVar("_Table", bound=TableLayout)
Crosswalks = Mapping[str, Crosswalk]
"""By the name of an attribute in their rulebook."""


def layout_across(ours: Layout, crosswalks: Crosswalks, plan: Plan) -> Layout:
    """The layout by which `plan`, their rulebook's, reads the files that `ours` describes."""
    tables = {
        name: _across(ours.tables.get(name, RosterLayout()), crosswalks, plan, name)
        for name in plan.tables
    }
    return Layout(
        roster=_across(ours.roster, crosswalks, plan, STUDENTS),
        schools=_across(ours.schools, crosswalks, plan, SCHOOLS),
        tables=tables,
    )


def _across(layout: _Table, crosswalks: Crosswalks, plan: Plan, units: str) -> _Table:
    columns = {n: c for n, c in layout.columns.items() if n in ("school_id", "student_id", "name")}
    constants: dict[str, str] = {}
    values: dict[str, dict[str, str]] = {}
    scale = {}
    counts: dict[str, dict[str, str]] = {}
    for name, attribute in plan.attributes.items():
        if attribute.units != units:
            continue
        walk = crosswalks.get(name, Crosswalk())
        source = walk.from_ or name
        words = layout.values.get(source, {})
        values[name] = {text: walk.theirs(word) for text, word in words.items()}
        values[name] |= {word: their for word, their in walk.values.items() if word not in words}
        if walk.always is not None:
            constants[name] = walk.always
        elif source in layout.constants:
            constants[name] = walk.theirs(layout.constants[source])
        else:
            columns[name] = layout.columns.get(source, (source,))
        if source in layout.scale:
            scale[name] = layout.scale[source]
        if isinstance(layout, RosterLayout):
            for column, given in layout.counts.items():
                if source in given and walk.always is None:
                    counts.setdefault(column, {})[name] = walk.theirs(given[source])
    update: dict[str, object] = {
        "columns": columns,
        "constants": constants,
        "values": values,
        "scale": scale,
    }
    if isinstance(layout, RosterLayout):
        counted = {name for given in counts.values() for name in given}
        update["columns"] = {name: c for name, c in columns.items() if name not in counted}
        update["counts"] = counts
    return layout.model_copy(update=update)


def check_crosswalks(
    crosswalks: Crosswalks, ours: Plan, theirs: Plan, places: Places, problems: Problems
) -> None:
    """Note what the crosswalks name that does not exist, and words that they do not turn."""
    for name, walk in crosswalks.items():
        place = places.key((CROSSWALK, name))
        attribute = theirs.attributes.get(name)
        if attribute is None:
            problems.add(
                codes.SCENARIO_NAME,
                f"the scenario's rulebook declares no `{name}`",
                place,
                did_you_mean(name, theirs.attributes),
            )
            continue
        if walk.always is not None:
            _check_word(walk.always, attribute, (CROSSWALK, name, "always"), places, problems)
            continue
        source = ours.attributes.get(walk.from_ or name)
        if source is None or source.units != attribute.units:
            known = [a.name for a in ours.attributes.values() if a.units == attribute.units]
            problems.add(
                codes.SCENARIO_NAME,
                f"our rulebook declares no `{walk.from_ or name}` of {attribute.units}",
                places.value((CROSSWALK, name, "from")) if walk.from_ else place,
                did_you_mean(walk.from_ or name, known)
                or "name what it comes from: from: …, or give all the same: always: …",
            )
            continue
        for word, their in walk.values.items():
            path = (CROSSWALK, name, "values", word)
            if source.kind is Kind.CATEGORY and word not in source.values:
                problems.add(
                    codes.SCENARIO_NAME,
                    f"`{word}` is no value of our `{source.name}`",
                    places.key(path),
                    did_you_mean(word, source.values),
                )
            _check_word(their, attribute, path, places, problems)
        _check_complete(walk, source, attribute, places, problems)


def _check_word(
    word: str, theirs: Attribute, path: tuple[str, ...], places: Places, problems: Problems
) -> None:
    if theirs.kind is Kind.CATEGORY and word not in theirs.values:
        problems.add(
            codes.SCENARIO_NAME,
            f"`{word}` is no value of their `{theirs.name}`",
            places.value(path),
            did_you_mean(word, theirs.values),
        )


def _check_complete(
    walk: Crosswalk, ours: Attribute, theirs: Attribute, places: Places, problems: Problems
) -> None:
    """Every word of ours must become one of theirs, or students would be lost on the way."""
    if theirs.kind is not Kind.CATEGORY or ours.kind is not Kind.CATEGORY:
        return
    lost = [w for w in ours.values if w not in walk.values and w not in theirs.values]
    if lost:
        problems.add(
            codes.SCENARIO_CROSSWALK,
            f"the crosswalk does not say what our {', '.join(f'`{w}`' for w in lost)} "
            f"of `{ours.name}` is in their `{theirs.name}`",
            places.key((CROSSWALK, theirs.name)),
            "their words: " + ", ".join(f"`{word}`" for word in theirs.values),
        )
