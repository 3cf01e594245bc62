"""The columns of one table to its part of a layout."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from formula_funding.diagnostics.wording import counted
from formula_funding.draft.draft import Entry, Guessed, Node, Sure
from formula_funding.draft.matching import (
    Match,
    Wanted,
    counting_column,
    matches,
    wide_columns,
)
from formula_funding.draft.values import (
    MOST_LISTED,
    NUMBERS,
    Column,
    all_forms,
    reads,
    suggestion,
    unknown_texts,
)
from formula_funding.formula.kinds import Kind
from formula_funding.model.plan import Attribute
from formula_funding.read.cell_reader import count_from_text
from formula_funding.read.plain_words import is_total
from formula_funding.read.unknown_school import hint_for_unknown, without_zeros
from formula_funding.read.unread_counts import are_counts, tells_counts
from formula_funding.read.value_from_text import expected
from formula_funding.rules.layout import TableLayout

_LISTED = 12
"""So many columns are named in a comment."""
_UNITS = "students"


def fields_of(
    columns: Sequence[Column], wanted: Wanted, days: Mapping[str, str], *, is_workbook: bool
) -> tuple[dict[str, Node], list[str]]:
    """The fields of a layout that say what the columns and their texts mean, and notes on them.

    `days` are those that the files' names tell, by the pattern of the name.
    """
    given, wide = wide_columns(columns, wanted)
    wanted = wanted.without(given)
    found = matches(_without(columns, wide), wanted)
    dated = _without_column(found, wanted) if days else None
    if dated is not None:
        wanted = wanted.without(dated)
    free = _without(columns, [*wide, *(match.column.name for match in found.values())])
    counts = [column for column in columns if column.name in wide]
    units = None if wide or "student_id" in found else counting_column(free, wanted)
    fields: dict[str, Node] = {}
    if units is not None:
        fields[_UNITS] = _column(units)
        counts.append(units.column)
        free = _without(free, [units.column.name])
    elif wanted.units == _UNITS and not wide and not _has_ids(found):
        fields |= _counts_to_choose(free)
    fields["columns"] = _columns(found, wanted, free)
    fields |= _forms(found, wanted, counts, is_workbook=is_workbook)
    scales = _scales(found, wanted)
    if scales:
        fields["scale"] = scales
    values, notes = _values(found, wanted, are_persons=wanted.units is not None and not counts)
    if values:
        fields["values"] = values
    if wide:
        fields["counts"] = Guessed(
            {column: {given: Entry(value, Sure.FOUND)} for column, value in wide.items()}
        )
    if dated is not None:
        fields["by_file"] = Guessed(
            {pattern: {dated: Entry(day, Sure.FOUND)} for pattern, day in days.items()}
        )
    totals = _totals(columns)
    if totals:
        fields["skip"] = totals
    if "school_id" in found:
        notes += _unknown_codes(found["school_id"].column, wanted.codes)
    return fields, notes


def _unknown_codes(column: Column, codes: frozenset[str]) -> list[str]:
    """A note on codes that the register lacks, if it has most of those in the column.

    Else the column may be another one, and only codes without their zeros are told.
    """
    unknown = [text for text in column.texts if text not in codes and not is_total(text)]
    if 2 * len(unknown) > len(column.texts):
        bare = {without_zeros(code) for code in codes}
        unknown = [text for text in unknown if text in bare]
    if not unknown:
        return []
    shown = ", ".join(
        f"`{code}` ({hint_for_unknown(code, codes)})" for code in sorted(unknown)[:_LISTED]
    )
    return [
        f"The register lacks {counted(len(unknown), 'code')} of `{column.name}`: {shown}"
        + (", …" if len(unknown) > _LISTED else "")
        + ". Codes that schools once had stand under `former_codes`, with those that followed."
    ]


def _without_column(found: Mapping[str, Match], wanted: Wanted) -> str | None:
    """The only date that no column gives."""
    dates = [
        name
        for name, attribute in wanted.attributes.items()
        if attribute is not None and attribute.kind is Kind.DATE and name not in found
    ]
    return dates[0] if len(dates) == 1 else None


def _has_ids(found: Mapping[str, Match]) -> bool:
    """Whether each row is surely one student, as an id tells."""
    return "student_id" in found and found["student_id"].is_certain


def _counts_to_choose(free: Iterable[Column]) -> dict[str, Node]:
    """A person must say whether a column that seems to count students does."""
    meant = [c for c in free if tells_counts(c.name) and are_counts(c.texts.elements())]
    if not meant:
        return {}
    listed = ", ".join(f"`{column.name}`" for column in meant[:_LISTED])
    why = f"{listed} if it says for how many students a row stands"
    return {_UNITS: Entry("", Sure.CHOOSE, f"{why}; delete the entry if each row is one")}


def _without(columns: Iterable[Column], names: Iterable[str]) -> list[Column]:
    used = set(names)
    return [column for column in columns if column.name not in used]


def _columns(found: Mapping[str, Match], wanted: Wanted, free: Sequence[Column]) -> dict[str, Node]:
    """A column for each name; where there is none, the columns among which to choose."""
    left = ", ".join(f"`{column.name}`" for column in free[:_LISTED])
    left += ", …" if len(free) > _LISTED else ""
    fields: dict[str, Node] = {}
    for name in wanted.attributes:
        if name in found:
            fields[name] = _column(found[name])
        elif name not in wanted.optional:
            why = f"one of {left}" if left else "no column is left for it"
            if name != "school_id":
                why += "; or give all rows one value under `constants`"
            fields[name] = Entry("", Sure.CHOOSE, why)
    return fields


def _column(match: Match) -> Entry:
    if match.is_certain:
        return Entry(match.column.name, Sure.FOUND)
    others = ", ".join(f"`{name}`" for name in match.others[:_LISTED])
    return Entry(match.column.name, Sure.GUESS, match.why + (f"; or: {others}" if others else ""))


# how the file writes numbers and dates, and its words


def _forms(
    found: Mapping[str, Match], wanted: Wanted, counts: Sequence[Column], *, is_workbook: bool
) -> dict[str, Node]:
    """How numbers and dates are written, where it is not the usual way."""
    fields: dict[str, Node] = {}
    for field, kinds in (("numbers", NUMBERS), ("dates", frozenset({Kind.DATE}))):
        of_kind = [
            (attribute, found[name].column)
            for name, attribute in wanted.attributes.items()
            if attribute is not None and attribute.kind in kinds and name in found
        ]
        counted_too = counts if field == "numbers" else ()
        fitting = _fitting(all_forms(field), of_kind, counted_too, is_workbook=is_workbook)
        if fitting[0] != TableLayout():
            others = ", ".join(f"`{getattr(form, field)}`" for form in fitting[1:])
            comment = "all texts are so written" + (f"; or: {others}" if others else "")
            fields[field] = Entry(getattr(fitting[0], field), Sure.GUESS, comment)
    return fields


_FACTORS = {
    "1000": re.compile(r"\b(?:тыс(?:яч\w*)?|thousands?)\b", re.IGNORECASE),
    "1000000": re.compile(r"\b(?:млн|миллион\w*|millions?)\b", re.IGNORECASE),
}


def _scales(found: Mapping[str, Match], wanted: Wanted) -> dict[str, Node]:
    """The factor of each number of which the title of the column says thousands or millions."""
    return {
        name: Entry(factor, Sure.GUESS, f"so says the name of `{match.column.name}`")
        for name, match in found.items()
        for factor, tells in _FACTORS.items()
        if (attribute := wanted.attributes[name]) is not None
        and attribute.kind in NUMBERS
        and tells.search(match.column.name)
    }


def _fitting(
    forms: Sequence[TableLayout],
    columns: Sequence[tuple[Attribute, Column]],
    counts: Sequence[Column],
    *,
    is_workbook: bool,
) -> list[TableLayout]:
    """The forms that read the most texts. A workbook's own numbers and dates fit each form."""
    usual = TableLayout()

    def good(form: TableLayout) -> int:
        values = sum(
            reads(attribute, text, form) or (is_workbook and reads(attribute, text, usual))
            for attribute, column in columns
            for text in column.texts
        )
        return values + sum(
            count_from_text(text, form.thousands) is not None
            for column in counts
            for text in column.texts
        )

    ranked = [(good(form), form) for form in forms]
    best = max(number for number, _ in ranked)
    return [form for number, form in ranked if number == best]


def _values(
    found: Mapping[str, Match], wanted: Wanted, *, are_persons: bool
) -> tuple[dict[str, Node], list[str]]:
    """Of each attribute the texts that the rulebook does not know, with what they may mean.

    A column whose texts are many or may be private is told in a note, without its texts.
    """
    values: dict[str, Node] = {}
    notes = []
    for name, match in found.items():
        attribute, column = wanted.attributes[name], match.column
        if attribute is None:
            continue
        unknown = [text for text in unknown_texts(attribute, column) if not is_total(text)]
        if len(unknown) > MOST_LISTED or (unknown and are_persons and column.may_be_private):
            notes.append(
                f"The column `{column.name}` has {counted(len(unknown), 'text')} that are no "
                f"values of `{name}`, too many to list: is this the column?"
            )
        elif unknown:
            values[name] = _meanings(attribute, sorted(unknown, key=_by_number))
    return values, notes


def _meanings(attribute: Attribute, texts: Iterable[str]) -> Guessed | dict[str, Node]:
    """What each text may mean."""
    meant = {text: suggestion(attribute, text) for text in texts}
    entries: dict[str, Node] = {
        text: Entry("", Sure.CHOOSE, expected(attribute))
        if value is None
        else Entry(value, Sure.FOUND)
        for text, value in meant.items()
    }
    return Guessed(entries) if any(meant.values()) else entries


def _by_number(text: str) -> list[tuple[int, str]]:
    """An order of texts in which 2А comes before 10А."""
    parts = re.split("([0-9]+)", text)
    return [(int(part) if i % 2 else 0, part) for i, part in enumerate(parts)]


def _totals(columns: Sequence[Column]) -> dict[str, Node]:
    found: dict[str, Node] = {}
    for column in columns:
        texts = [text for text in column.texts if is_total(text)]
        if texts:
            found[column.name] = tuple(Entry(text, Sure.GUESS, "a row of totals") for text in texts)
    return found
