"""The cover: what the workbook is, for which date, whether its checks hold, its contents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from formula_funding.export.allocation_workbook.cells import (
    Cell,
    Form,
    Formula,
    Link,
    Look,
    Placed,
    sheet_reference,
)
from formula_funding.export.allocation_workbook.checks import ALL_CHECKS
from formula_funding.export.allocation_workbook.workings import Workings

_WIDTHS = (34, 90)


def cover(
    workings: Workings, sheets: Sequence[str], hashes: Mapping[str, str], program: str
) -> Form:
    """The form. `sheets` are the other sheets by key of the words, `hashes` those of the files."""
    words, labels, plan = workings.words, workings.labels, workings.allocation.plan
    cells = [
        Placed(0, 0, plan.title.in_language(labels.language), Look.TITLE),
        Placed(1, 0, words("workbook"), Look.SUBTITLE),
    ]
    row = 3

    def put(label: str, cell: Cell, look: Look = Look.PLAIN) -> None:
        nonlocal row
        cells.extend([Placed(row, 0, label, Look.LABEL), Placed(row, 1, cell, look)])
        row += 1

    if plan.legacy:
        put(words("legacy"), plan.legacy.in_language(labels.language))
    for accepted in workings.allocation.ledger.accepted:
        put(f"{words('accepted')} {accepted.problem.code.id}", accepted.reason)
    if labels.when:
        put(words("date"), labels.when)
    put(words("measure"), labels.measure)
    put(words("rule"), f"{plan.rulebook}, {words('version')} {plan.version}")
    put(words("made_by"), program)
    passed = words("checks_hold")
    failed = words("check_fails", sheet=words("checks"))
    flag = Formula(f'IF({ALL_CHECKS},"{passed}","{failed}")', passed)
    flag_cell = f"$B${row + 1}"
    put(words("checks"), flag)
    row += 1
    cells.append(Placed(row, 0, words("contents"), Look.SUBTITLE))
    row += 1
    for key in sheets:
        name = words(key)
        cells += [
            Placed(row, 0, Link(f"{sheet_reference(name)}!A1", name)),
            Placed(row, 1, words(f"on_{key}")),
        ]
        row += 1
    row += 1
    notes = [words("about_inputs")]
    if workings.held:
        notes.append(words("about_held", sheet=words("held_cells")))
    for note in [*notes, words("about_protection")]:
        cells.append(Placed(row, 0, note, Look.SMALL))
        row += 1
    row += 1
    cells.append(Placed(row, 0, words("files_read"), Look.SUBTITLE))
    row += 1
    for file, found in hashes.items():
        put(file, f"SHA-256 {found}", Look.SMALL)
    return Form(words("cover"), _WIDTHS, cells, truths=flag_cell)
