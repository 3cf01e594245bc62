"""How the data is written down, in which order and in how many files, changes nothing."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from tests.properties.budget import worlds_tried
from tests.properties.formulas import GROUPS
from tests.properties.running import files_of, told, write_csv, write_parquet
from tests.properties.worlds import World, worlds
from tests.spark import OF_THIS_MACHINE

TYPES = {
    "grade": "INTEGER",
    "fte": "DOUBLE",
    "meal": "BOOLEAN",
    "born": "DATE",
    "students": "BIGINT",
}


@worlds_tried(9)
@given(worlds(), st.data())
def test_the_order_of_rows_and_columns_and_the_number_of_files_change_nothing(
    world: World, data: st.DataObject
) -> None:
    with files_of(world) as files:
        expected = told(files.run_if_money_exists())
        rows = data.draw(st.permutations(world.students))
        columns = data.draw(st.permutations(list(rows[0])))
        rows = [{column: row[column] for column in columns} for row in rows]
        cut = data.draw(st.integers(1, len(rows)))
        parts = [part for part in (rows[:cut], rows[cut:]) if part]
        paths = [files.folder / f"part {number}.csv" for number in range(len(parts))]
        for path, part in zip(paths, parts, strict=True):
            write_csv(path, part)
        for engine in OF_THIS_MACHINE:
            assert told(files.run(*paths, engine=engine)) == expected


@worlds_tried(9)
@given(worlds())
def test_csv_and_parquet_with_its_types_give_the_same(world: World) -> None:
    with files_of(world) as files:
        expected = told(files.run_if_money_exists())
        plain, typed = files.folder / "plain.parquet", files.folder / "typed.parquet"
        write_parquet(plain, world.students, {})
        write_parquet(typed, world.students, TYPES)
        for path in (plain, typed):
            for engine in OF_THIS_MACHINE:
                assert told(files.run(path, engine=engine)) == expected


@worlds_tried(9)
@given(worlds())
def test_students_one_by_one_and_counted_rows_give_the_same(world: World) -> None:
    with files_of(world) as files:
        expected = told(files.run_if_money_exists())
        one_by_one = [
            {name: text for name, text in row.items() if name != "students"}
            for row in world.students
            for _ in range(int(row["students"]))
        ]
        assume(one_by_one)
        path = files.folder / "one by one.csv"
        write_csv(path, one_by_one)
        for engine in OF_THIS_MACHINE:
            assert told(files.run(path, engine=engine)) == expected


@worlds_tried(9)
@given(worlds())
def test_a_wide_table_with_a_column_for_each_group_gives_the_same(world: World) -> None:
    with files_of(world) as files:
        expected = told(files.run_if_money_exists())
        wide = [
            {name: text for name, text in row.items() if name not in {"g", "students"}}
            | {f"of {g}": row["students"] if row["g"] == g else "0" for g in GROUPS}
            for row in world.students
        ]
        path = files.folder / "wide.csv"
        write_csv(path, wide)
        counts = ", ".join(f'"of {g}": {{g: {g}}}' for g in GROUPS)
        files.layout.write_text(f"roster: {{counts: {{{counts}}}}}\n", encoding="utf-8")
        for engine in OF_THIS_MACHINE:
            assert told(files.run(path, engine=engine)) == expected


@worlds_tried(9)
@given(worlds(), st.data())
def test_the_order_of_the_register_changes_nothing(world: World, data: st.DataObject) -> None:
    with files_of(world) as files:
        expected = told(files.run_if_money_exists())
    shuffled = tuple(data.draw(st.permutations(world.schools)))
    with files_of(replace(world, schools=shuffled)) as files:
        found = told(files.run())
    # The rulebook lies in another folder now, and the document says where its rules stand.
    assert _without_places(found) == _without_places(expected)


def _without_places(found: object) -> object:
    if isinstance(found, dict):
        return {key: _without_places(value) for key, value in found.items() if key != "place"}
    if isinstance(found, list):
        return [_without_places(value) for value in found]
    return found
