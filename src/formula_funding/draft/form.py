"""How a file is split into cells, and where the names of its columns stand."""

from __future__ import annotations

from collections.abc import Sequence

from formula_funding.draft.draft import Entry, Sure
from formula_funding.draft.names import WITHIN, likeness
from formula_funding.sources.beginnings import Beginning


def form_of(
    found: Sequence[Beginning], called: Sequence[frozenset[str]], told: str | None = None
) -> dict[str, Entry]:
    """The fields of a layout that say so; an encoding that the user `told` is no guess.

    The header is the row with the most names out of `called`, which holds for each name that is
    wanted all that it may be called; if there is none, the first of the widest rows.
    """

    def rank(cells: Sequence[str]) -> tuple[int, int]:
        fit = [max(likeness(cell, names) for cell in cells) for names in called]
        return sum(n for n in fit if n >= WITHIN), sum(map(bool, cells))

    ranked = [
        (rank(cells), -which, -place)
        for which, beginning in enumerate(found)
        for place, (_, cells) in enumerate(beginning.rows)
    ]
    (names, _), which, place = max(ranked)
    chosen, above = found[-which], -place
    line = chosen.rows[above][0]
    fields = {
        field: _entry(field, text, line, [one for one in found if one is not chosen])
        for field, text in chosen.form.items()
        if field != "sheet" or len(found) > 1
    }
    if above:
        rows = "the row above it looks" if above == 1 else f"{above} rows above it look"
        why = f"{rows} like a title" if names else "the first of the widest rows"
        fields["header_row"] = Entry(str(line), Sure.GUESS, why)
    if told is not None and chosen.form.get("encoding") == told:
        fields["encoding"] = Entry(told, Sure.FOUND)
    return fields


def _entry(field: str, text: str, line: int, others: Sequence[Beginning]) -> Entry:
    """A field of the form: a guess, where the file could be read otherwise too."""
    if field == "encoding":
        is_plain = text != "cp1251"
        why = "" if is_plain else "read so, its letters make Russian words"
        return Entry(text, Sure.FOUND if is_plain else Sure.GUESS, why)
    if field == "delimiter":
        others = [one for one in others if len(dict(one.rows).get(line, ())) > 1]
        if not others:
            return Entry(text, Sure.FOUND, "nothing else splits the header")
    return Entry(text, Sure.GUESS, "or: " + ", ".join(f"`{one.form[field]}`" for one in others))
