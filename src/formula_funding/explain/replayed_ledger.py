"""A check that what a document says of its rows and students adds up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from formula_funding.explain.document_form import AccountForm, DocumentForm, LedgerForm

Differs = Callable[[str, object, object], None]
"""(what, as the document says, as it is computed)"""


def check_ledger(document: DocumentForm, differs: Differs) -> None:
    """Add up the ledger of a document in every direction; whatever differs goes to `differs`."""
    ledger = document.ledger
    schools, files = ledger.schools, ledger.files
    if [school.id for school in schools] != [school.id for school in document.schools]:
        differs("the ledger, schools", "other ones", "those of the list")
    excluded = sum(entry.students for entry in ledger.excluded)
    read = sum(school.students for school in schools)
    everywhere = [*schools, *ledger.unknown_schools]
    for what, shown, computed in (
        ("rows read", ledger.rows_read, sum(file.rows for file in files)),
        ("rows of the schools", ledger.rows_read, sum(school.rows for school in everywhere)),
        ("rows left out", ledger.rows_left_out, _reasons(files)),
        ("rows left out by school", ledger.rows_left_out, _reasons(everywhere)),
        (
            "rows counted",
            ledger.rows_counted,
            ledger.rows_read - sum(ledger.rows_left_out.values()),
        ),
        ("students read", ledger.students_read, read),
        ("students of the files", ledger.students_read, sum(file.students for file in files)),
        ("students excluded", ledger.students_excluded, excluded),
        ("students excluded by file", excluded, sum(file.excluded for file in files)),
        ("students funded", ledger.students_funded, read - excluded),
        ("students of unknown schools", 0, sum(school.students for school in everywhere) - read),
    ):
        if shown != computed:
            differs(f"the ledger, {what}", shown, computed)
    _check_accounts(ledger, differs)
    _check_previous(ledger, differs)


def _check_accounts(ledger: LedgerForm, differs: Differs) -> None:
    excluded = Counter[str]()
    for entry in ledger.excluded:
        excluded[entry.school] += entry.students
    schools = [*ledger.schools, *ledger.unknown_schools]
    accounts = [(s.id, s) for s in schools] + [(f.file, f) for f in ledger.files]
    for name, account in accounts:
        if sum(account.left_out.values()) > account.rows:
            differs(f"the ledger, {name}, rows", account.rows, "fewer than are left out")
    for school in schools:
        if school.excluded != excluded[school.id]:
            differs(f"the ledger, {school.id}, excluded", school.excluded, excluded[school.id])
    without = [school.id for school in ledger.schools if not school.students]
    if ledger.students_read and ledger.without_students != without:
        differs("the ledger, schools without students", ledger.without_students, without)


def _check_previous(ledger: LedgerForm, differs: Differs) -> None:
    previous = ledger.previous
    if previous is None:
        return
    now = {school.id: school.students for school in ledger.schools}
    for entry in previous.changed:
        if entry.now != now.get(entry.id):
            differs(f"the previous run, {entry.id}", entry.now, now.get(entry.id))
        before, after = entry.before or 0, entry.now or 0
        if abs(after - before) <= previous.threshold * before:
            differs(f"the previous run, {entry.id}", "changed", "within the threshold")


def _reasons(accounts: Iterable[AccountForm]) -> dict[str, int]:
    """The rows left out by all of them, by reason."""
    found: dict[str, int] = {}
    for account in accounts:
        for reason, rows in account.left_out.items():
            found[reason] = found.get(reason, 0) + rows
    return found
