"""What the proof of `monotone: true` accepts is never lowered by one more student or class."""

from __future__ import annotations

import re
from dataclasses import replace

from hypothesis import event, given
from hypothesis import strategies as st

from formula_funding.diagnostics.problem import ProblemsFoundError
from tests.properties.budget import worlds_tried
from tests.properties.formulas import Habits
from tests.properties.retold import amounts
from tests.properties.running import Files, files_of
from tests.properties.worlds import STUDENT_ROW, TABLE_ROWS, World, worlds

PROVED = Habits(monotone=True, points=False, division=False)
ADDING = Habits(monotone=True, points=False, rounding=False, only_sums=True)
REASON = "    may_lower: {en: On purpose, ru: Намеренно}\n"
RAISES = """\
  raises_all:
    title: {en: Raises all, ru: Растёт всегда}
    for: each school
    amount: money_of_one * (rooms + count(students) + count(classes) + count(results))
"""


def _grown(data: st.DataObject, world: World) -> World:
    """The world with one more student, class, exam result or room."""
    school = data.draw(st.sampled_from(range(len(world.schools))))
    place = {"school_id": world.schools[school]["school_id"]}
    what = data.draw(st.sampled_from(("students", "rooms", *TABLE_ROWS)))
    event(f"one more of {what}")
    if what == "students":
        newcomer = place | data.draw(STUDENT_ROW) | {"students": "1"}
        return replace(world, students=(*world.students, newcomer))
    if what == "rooms":
        rows = list(world.schools)
        rows[school] = rows[school] | {"rooms": str(int(rows[school]["rooms"]) + 1)}
        return replace(world, schools=tuple(rows))
    row = place | data.draw(TABLE_ROWS[what])
    return replace(world, tables={**world.tables, what: (*world.tables[what], row)})


def _excepted(files: Files) -> list[str]:
    """The lines of which the proof can't say that they never fall."""
    try:
        files.checked()
    except ProblemsFoundError as error:
        messages = [problem.message for problem in error.problems if problem.is_error]
        found = [re.match(r"one more student may lower `(\w+)`", text) for text in messages]
        return [match[1] for match in found if match is not None]
    return []


@worlds_tried(26)
@given(st.one_of(worlds(PROVED), worlds(ADDING)), st.data())
def test_a_line_that_is_proved_never_falls_with_one_more(world: World, data: st.DataObject) -> None:
    text = world.rulebook.replace("\nlines:\n", f"\nlines:\n{RAISES}", 1)
    text = text.replace(
        "parameters:\n", "parameters:\n  money_of_one: {kind: money, value: 1}\n", 1
    )
    with files_of(replace(world, rulebook=text)) as files:
        excepted = _excepted(files)
    for name in excepted:
        text = text.replace(f"\n  {name}:\n", f"\n  {name}:\n{REASON}", 1)
    world = replace(world, rulebook=text)
    event(f"{len(world.line_names) - len(excepted)} lines proved")
    with files_of(world) as files:
        before = amounts(files.run_if_money_exists())
    with files_of(_grown(data, world)) as files:
        after = amounts(files.run_if_money_exists())
    for name in {*world.line_names, "raises_all"} - {*excepted}:
        assert all(more >= less for more, less in zip(after[name], before[name], strict=True)), name
    assert sum(after["raises_all"]) >= sum(before["raises_all"])
