"""The rule of counting of a rulebook, checked against the attributes that it names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Problems
from formula_funding.diagnostics.wording import did_you_mean
from formula_funding.formula.kinds import Kind, Level
from formula_funding.formula.tree import Aggregate, Tree, names, walk
from formula_funding.model.counting import Counting, SameStudent
from formula_funding.model.plan import Attribute, Banding, Calculation, Line, trees_of
from formula_funding.read.nodes_from_yaml import Places
from formula_funding.rules import rulebook as written

_KINDS = {
    "main": ({Kind.TRUTH}, "write `kind: truth`: yes or no"),
    "fte": ({Kind.NUMBER, Kind.RATIO, Kind.COUNT}, "write a range: 0..1"),
    "count_date": ({Kind.DATE, Kind.CATEGORY, Kind.TEXT}, "write `kind: date`"),
}
Items = Iterable[Banding | Calculation | Line]


def counting_of(
    rulebook: written.Rulebook,
    attributes: Mapping[str, Attribute],
    places: Places,
    problems: Problems,
) -> Counting:
    """The rule of counting; a name that is no fitting attribute of students is a problem."""
    given = rulebook.counting
    students = {a.name: a for a in attributes.values() if a.level is Level.STUDENT}
    for field, (kinds, hint) in _KINDS.items():
        name = getattr(given, field)
        if name is None:
            continue
        place = places.value(("counting", field))
        if name not in students:
            problems.add(
                codes.UNKNOWN_NAME,
                f"`{field}` names `{name}`, which is no attribute of students",
                place,
                did_you_mean(name, students) or "declare it under `students`",
            )
        elif students[name].kind not in kinds:
            problems.add(
                codes.WRONG_KIND,
                f"`{field}` can't be `{name}`, which is {students[name].kind.in_words}",
                place,
                hint,
            )
        elif field == "count_date" and students[name].if_empty is not None:
            problems.add(
                codes.WRONG_VALUE,
                f"`{name}` tells count dates apart and can't have `if_empty`",
                place,
                "every row names its count date",
            )
    return Counting(SameStudent(given.same_student), given.main, given.fte, given.count_date)


def warn_of_dates_unread(
    counting: Counting, items: Items, places: Places, problems: Problems
) -> None:
    """Warn where a formula counts students on all count dates alike."""
    if counting.count_date is None:
        return
    items = tuple(items)
    reading = {counting.count_date}
    for item in items:  # in the order of computing
        reads = {item.source} if isinstance(item, Banding) else _names(trees_of(item))
        if reads & reading:
            reading.add(item.name)
    unread = [
        item.name
        for item in items
        if _counts_students(item) and not _names(trees_of(item)) & reading
    ]
    if unread:
        problems.add(
            codes.COUNT_DATE_UNREAD,
            f"a student stands in the roster once for each `{counting.count_date}`, but "
            + ", ".join(f"`{name}`" for name in unread)
            + " counts every row",
            places.value(("counting", "count_date")),
            f"weigh or pick the dates, such as `when: {counting.count_date} = …`",
        )


def _counts_students(item: Banding | Calculation | Line) -> bool:
    if isinstance(item, Line) and item.per_student:
        return True
    return any(
        isinstance(node, Aggregate) and node.units == "students"
        for tree in trees_of(item)
        for node in walk(tree)
    )


def _names(trees: Iterable[Tree]) -> set[str]:
    return {name for tree in trees for name in names(tree)}
