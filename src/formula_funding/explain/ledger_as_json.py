"""The ledger as JSON."""

from __future__ import annotations

from typing import Any

from formula_funding.diagnostics.acceptance import accepted_as_json
from formula_funding.exact.number_text import number_to_text
from formula_funding.explain.values_as_json import values_as_json
from formula_funding.model.allocation import Allocation
from formula_funding.model.ledger import Account, Comparison

Json = dict[str, Any]


def json_from_ledger(allocation: Allocation) -> Json:
    """What became of every row and student, per file, per school and in total."""
    ledger, ids = allocation.ledger, allocation.register.ids
    total = ledger.total
    return {
        "rows_read": total.rows,
        "rows_counted": total.rows_counted,
        "rows_left_out": _left_out(total),
        "students_read": ledger.students_read,
        "students_funded": ledger.students_funded,
        "students_excluded": ledger.students_excluded,
        "excluded": [
            {
                "school": ids[entry.school],
                "reason": "no line of the rulebook applies",
                "values": values_as_json(entry.values),
                "students": entry.students,
            }
            for entry in ledger.excluded
        ],
        "files": [{"file": name} | _account(account) for name, account in ledger.files.items()],
        "schools": [
            {"id": school} | _account(account)
            for school, account in zip(ids, ledger.schools, strict=True)
        ],
        "unknown_schools": [
            {"id": school} | _account(account) for school, account in ledger.unknown.items()
        ],
        "without_students": list(ledger.without_students),
        "previous": _comparison(ledger.comparison),
        "accepted": accepted_as_json(ledger.accepted),
    }


def _account(account: Account) -> Json:
    return {
        "rows": account.rows,
        "left_out": _left_out(account),
        "students": account.students,
        "excluded": account.not_funded,
    }


def _left_out(account: Account) -> Json:
    return {reason.value: rows for reason, rows in account.left_out.items()}


def _comparison(comparison: Comparison | None) -> Json | None:
    if comparison is None:
        return None
    return {
        "fingerprint": comparison.fingerprint,
        "threshold": number_to_text(comparison.threshold),
        "changed": [
            {"id": changed.school, "before": changed.before, "now": changed.now}
            for changed in comparison.changed
        ],
    }
