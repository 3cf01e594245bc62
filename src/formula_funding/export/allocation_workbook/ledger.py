"""The ledger as a sheet: what became of the rows of each file and of each school."""

from __future__ import annotations

from formula_funding.export.allocation_workbook.cells import Row, Sheet
from formula_funding.language.words import Words
from formula_funding.model.counts import LeftOut
from formula_funding.model.ledger import Account, Ledger
from formula_funding.model.register import Register


def ledger_sheet(ledger: Ledger, register: Register, words: Words) -> Sheet:
    """One row per file, per school of the register and per school that it lacks."""
    reasons = list(ledger.total.left_out)
    header = [
        *(words(key) for key in ("school_id", "name", "rows", "rows_counted")),
        *(words(reason.value) for reason in reasons),
        *(words(key) for key in ("students", "funded", "excluded")),
    ]
    rows: list[Row] = [
        [None, f"{words('file')} {name}", *_cells(account, reasons)]
        for name, account in ledger.files.items()
    ]
    rows += [
        [school, name, *_cells(account, reasons)]
        for school, name, account in zip(register.ids, register.names, ledger.schools, strict=True)
    ]
    rows += [
        [school, words("unknown_school"), *_cells(account, reasons)]
        for school, account in ledger.unknown.items()
    ]
    return Sheet(words("ledger_title"), header, rows)


def _cells(account: Account, reasons: list[LeftOut]) -> Row:
    left_out = (account.left_out.get(reason, 0) for reason in reasons)
    students = (account.students, account.funded, account.not_funded)
    return [account.rows, account.rows_counted, *left_out, *students]
