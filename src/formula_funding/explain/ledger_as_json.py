"""The ledger as JSON, and a check that what a document says of it adds up."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from formula_funding.diagnostics.acceptance import accepted_as_json
from formula_funding.exact.number_text import number_from_written, number_to_text
from formula_funding.explain.values_as_json import values_as_json
from formula_funding.model.allocation import Allocation
from formula_funding.model.ledger import Account, Comparison

Json = dict[str, Any]
Differs = Callable[[str, object, object], None]


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


def check_ledger(document: Json, differs: Differs) -> None:
    """Add up the ledger of a document in every direction; whatever differs goes to `differs`.

    Raises LookupError, TypeError or ValueError where the ledger has another form.
    """
    ledger = document["ledger"]
    schools, files = ledger["schools"], ledger["files"]
    if [s["id"] for s in schools] != [s["id"] for s in document["schools"]]:
        differs("the ledger, schools", "other ones", "those of the list")
    excluded = _sum(entry["students"] for entry in ledger["excluded"])
    read = _sum(school["students"] for school in schools)
    everywhere = [*schools, *ledger["unknown_schools"]]
    for what, shown, computed in (
        ("rows read", ledger["rows_read"], _sum(file["rows"] for file in files)),
        ("rows of the schools", ledger["rows_read"], _sum(s["rows"] for s in everywhere)),
        ("rows left out", ledger["rows_left_out"], _reasons(files)),
        ("rows left out by school", ledger["rows_left_out"], _reasons(everywhere)),
        (
            "rows counted",
            ledger["rows_counted"],
            _whole(ledger["rows_read"]) - _sum(ledger["rows_left_out"].values()),
        ),
        ("students read", ledger["students_read"], read),
        ("students of the files", ledger["students_read"], _sum(f["students"] for f in files)),
        ("students excluded", ledger["students_excluded"], excluded),
        ("students excluded by file", excluded, _sum(f["excluded"] for f in files)),
        ("students funded", ledger["students_funded"], read - excluded),
        ("students of unknown schools", 0, _sum(s["students"] for s in everywhere) - read),
    ):
        if shown != computed:
            differs(f"the ledger, {what}", shown, computed)
    _check_schools(ledger, differs)
    _check_comparison(ledger, differs)


def _check_schools(ledger: Json, differs: Differs) -> None:
    excluded: dict[str, int] = {}
    for entry in ledger["excluded"]:
        excluded[entry["school"]] = excluded.get(entry["school"], 0) + _whole(entry["students"])
    for entry in [*ledger["schools"], *ledger["unknown_schools"], *ledger["files"]]:
        where = entry.get("id", entry.get("file"))
        if _sum(entry["left_out"].values()) > entry["rows"]:
            differs(f"the ledger, {where}, rows", entry["rows"], "fewer than are left out")
        if "id" in entry and entry["excluded"] != excluded.get(entry["id"], 0):
            differs(
                f"the ledger, {where}, excluded", entry["excluded"], excluded.get(entry["id"], 0)
            )
    without = [s["id"] for s in ledger["schools"] if not s["students"]]
    if ledger["students_read"] and ledger["without_students"] != without:
        differs("the ledger, schools without students", ledger["without_students"], without)


def _check_comparison(ledger: Json, differs: Differs) -> None:
    previous = ledger["previous"]
    if previous is None:
        return
    now = {school["id"]: school["students"] for school in ledger["schools"]}
    threshold = number_from_written(previous["threshold"])
    for entry in previous["changed"]:
        if entry["now"] != now.get(entry["id"]):
            differs(f"the previous run, {entry['id']}", entry["now"], now.get(entry["id"]))
        before, after = _whole(entry["before"] or 0), _whole(entry["now"] or 0)
        if abs(after - before) <= threshold * before:
            differs(f"the previous run, {entry['id']}", "changed", "within the threshold")


def _reasons(entries: Iterable[Json]) -> dict[str, int]:
    found: dict[str, int] = {}
    for entry in entries:
        for reason, rows in entry["left_out"].items():
            found[reason] = found.get(reason, 0) + _whole(rows)
    return found


def _sum(numbers: Iterable[Any]) -> int:
    return sum(_whole(number) for number in numbers)


def _whole(number: Any) -> int:
    if isinstance(number, bool) or not isinstance(number, int) or number < 0:
        raise ValueError("no number of rows or students")
    return number
