"""Whoever changes a figure of a document is found out, even with a new fingerprint."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from formula_funding.explain.document import fingerprint
from tests.properties.budget import worlds_tried
from tests.properties.running import document_of, files_of, replayed
from tests.properties.worlds import World, worlds

Figure = tuple[str, Callable[[], None]]
"""What is changed, and how."""


def _figures(found: dict[str, Any]) -> Iterator[Figure]:
    """Every figure of the document that is computed from others."""

    def changed(place: dict[str, Any], key: str) -> Callable[[], None]:
        def change() -> None:
            value = place[key]
            if isinstance(value, int):
                place[key] = value + 1
            else:
                place[key] = value[:-1] + str((int(value[-1]) + 1) % 10)

        return change

    yield "the total", changed(found, "total")
    for school in found["schools"]:
        yield "a school's total in the list", changed(school, "total")
        for line in school["lines"]:
            yield "a line in the list", changed(line, "amount")
    explanation = found["explanation"]
    for step in explanation["system"]:
        if _is_figure(step["value"]):
            yield "a step of the system", changed(step, "value")
    for school in explanation["schools"]:
        yield "a school's total", changed(school, "total")
        for aggregate in school["aggregates"]:
            if _is_figure(aggregate["value"]):
                yield "an aggregate", changed(aggregate, "value")
        for step in school["steps"]:
            if _is_figure(step["value"]):
                yield "a step", changed(step, "value")
        for line in school["lines"]:
            yield "a line", changed(line, "amount")
            yield "a line before rounding", changed(line, "unrounded")
            for group in line.get("groups", ()):
                yield "the amount of a group", changed(group, "amount")
                yield "the rate of a group", changed(group, "rate")
    ledger = found["ledger"]
    for key in ("students_read", "students_funded", "students_excluded"):
        yield f"the ledger's {key}", changed(ledger, key)


def _is_figure(value: object) -> bool:
    return isinstance(value, str) and value[-1].isdigit()


@worlds_tried(35)
@given(worlds(), st.data())
def test_a_changed_figure_is_noticed_even_under_a_new_fingerprint(
    world: World, data: st.DataObject
) -> None:
    with files_of(world) as files:
        found = document_of(files.run_if_money_exists())
    what, change = data.draw(st.sampled_from(list(_figures(found))))
    change()
    del found["fingerprint"]
    found["fingerprint"] = fingerprint(found)
    assert any(objection.startswith("X00") for objection in replayed(found)), what


@worlds_tried(15)
@given(worlds(), st.data())
def test_a_changed_figure_is_noticed_by_the_fingerprint_alone(
    world: World, data: st.DataObject
) -> None:
    with files_of(world) as files:
        found = document_of(files.run_if_money_exists())
    _, change = data.draw(st.sampled_from(list(_figures(found))))
    change()
    assert any(objection.startswith("X003") for objection in replayed(found))
