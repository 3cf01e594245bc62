"""OneRoster bundles: as their plain equivalents, or refused with the file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Finished, Funding
from tests.sources.bundles import (
    DEMOGRAPHICS,
    ENROLLMENTS,
    ORGS,
    PLAIN,
    USERS,
    VERSION_1_1,
    VERSION_1_2,
    Files,
    write_bundle,
)
from tests.sources.conftest import Run, places, totals
from tests.spark import OF_THIS_MACHINE

RULEBOOK = """\
rulebook: city
title: City
currency: RUB
students: {grade: 1..11, sex: [female, male]}
parameters:
  norm: {kind: money, by: sex, values: {female: 100.01, male: 200.02}}
lines:
  base: {title: Base, for: each student, when: grade > 0, amount: "norm[sex]"}
"""
LAYOUT = "roster: {columns: {grade: users.grades, sex: demographics.sex}}"
WITH_ZERO = 'roster: {values: {grade: {"05": 5, "06": 6}}}'
BY_DATE = """\
rulebook: city
title: City
currency: RUB
students: {grade: 1..11, count_date: date}
counting: {same_student: error, count_date: count_date}
parameters: {norm: {kind: money, value: 120}}
lines:
  base: {title: Base, for: each student, when: grade > 0,
         amount: "norm * if(count_date = 2025-01-15, 8/12, 4/12)"}
"""
DATED = """\
sourcedId,classSourcedId,schoolSourcedId,userSourcedId,role,beginDate,endDate
1,x,00125,a,student,2024-09-01,2025-06-01
2,x,00126,a,student,2025-09-01,2026-06-01
3,x,00125,b,student,2025-09-01,2026-06-01
4,x,00126,c,student,2024-09-01,2025-01-15
"""


def _run(
    run: Run, path: Path, files: Files, *, layout: str | None = None, rulebook: str = RULEBOOK
) -> Finished:
    name = write_bundle(path, files)
    return run(name, layout or LAYOUT, rulebook=rulebook)


@pytest.mark.parametrize("engine", OF_THIS_MACHINE)
@pytest.mark.parametrize("name", ["bundle", "bundle.zip"])
@pytest.mark.parametrize(
    ("files", "version"), [(VERSION_1_1, "1.1"), (VERSION_1_2, "1.2")], ids=["1.1", "1.2"]
)
def test_a_bundle_and_its_plain_equivalent_give_the_same_allocation(
    run: Run, funding: Funding, tmp_path: Path, files: Files, version: str, name: str, engine: str
) -> None:
    """Roster and register of the bundle; the amounts are the same bytes."""
    (tmp_path / "plain.csv").write_text(PLAIN)
    plain = run("plain.csv", WITH_ZERO, schools="school_id,name\n00125,\"Hill, the\"\n00126,Dale\n",
                rulebook=RULEBOOK)  # fmt: skip
    assert totals(run("plain.csv", WITH_ZERO, rulebook=RULEBOOK)) == {
        "00125": "300.03",
        "00126": "100.01",
    }
    write_bundle(tmp_path / name, files, version)
    (tmp_path / "bundle.yaml").write_text(
        "roster: {columns: {grade: users.grades, sex: demographics.sex}, "
        'values: {grade: {"05": 5, "06": 6}}}',
        encoding="utf-8",
    )
    words = ["rulebook.yaml", name, "--schools", name, "--layout", "bundle.yaml"]
    of_bundle = funding("compute", *words, "--format", "csv", "--engine", engine)
    assert of_bundle.exit_code == 0, of_bundle.stderr
    assert of_bundle.stdout == plain.stdout


def test_an_enrolment_counts_on_the_days_from_its_begin_until_before_its_end(
    run: Run, tmp_path: Path
) -> None:
    """a moved from 00125 to 00126: 80 there and 40 here; b came in September: 40; c had left."""
    finished = _run(
        run,
        tmp_path / "bundle",
        VERSION_1_1 | {"enrollments": DATED},
        layout="roster: {columns: {grade: users.grades}, count_dates: [2025-01-15, 2025-09-15], "
        'values: {grade: {"05": 5, "06": 6}}}',
        rulebook=BY_DATE,
    )
    assert totals(finished) == {"00125": "120.00", "00126": "40.00"}


def test_those_who_are_not_enrolled_on_the_day_stand_in_the_ledger(
    run: Run, tmp_path: Path
) -> None:
    name = write_bundle(tmp_path / "bundle", VERSION_1_1 | {"enrollments": DATED})
    layout = LAYOUT[:-1] + ', count_dates: 2025-09-15, values: {grade: {"05": 5, "06": 6}}}'
    finished = run(name, layout, "--format", "table", rulebook=RULEBOOK)
    assert "not enrolled on the day" in finished.stdout


def test_an_enrolment_without_days_has_those_of_the_terms_of_its_class(
    run: Run, tmp_path: Path
) -> None:
    """6a ends before the count date, 5b begins on it; 5a has no term."""
    sessions = """\
sourcedId,status,dateLastModified,title,type,startDate,endDate
autumn,,,Autumn,term,2025-09-01,2026-01-01
spring,,,Spring,term,2026-01-01,2026-06-01
"""
    classes = """\
sourcedId,status,dateLastModified,title,termSourcedIds
6a-maths,,,,autumn
5b-maths,,,,"spring"
5a-maths,,,,
"""
    files = VERSION_1_1 | {"academicSessions": sessions, "classes": classes}
    layout = LAYOUT[:-1] + ', count_dates: 2026-01-01, values: {grade: {"05": 5, "06": 6}}}'
    finished = _run(run, tmp_path / "bundle", files, layout=layout)
    assert totals(finished) == {"00125": "100.01", "00126": "100.01"}


def _replaced(file: str, old: str, new: str) -> Files:
    assert old in VERSION_1_1[file]
    return VERSION_1_1 | {file: VERSION_1_1[file].replace(old, new)}


def _without(*names: str) -> Files:
    return {name: text for name, text in VERSION_1_1.items() if name not in names}


@pytest.mark.parametrize(
    ("files", "found"),
    [
        (_without("enrollments"), "D077 bundle/manifest.csv"),
        (VERSION_1_1 | {"enrollments": DATED}, "D062 bundle/enrollments.csv"),
        (_replaced("enrollments", "a,student,,,", "a,student,,1.9.25,"),
         "D077 bundle/enrollments.csv:2"),
        (_replaced("enrollments", "6a-maths,00125,b", "6a-maths,00125,z"),
         "D077 bundle/enrollments.csv:4"),
        (_replaced("enrollments", "schoolSourcedId", "school"), "D003 bundle/enrollments.csv:1"),
        (_replaced("users", "c,,,true,00126,student,c,,Vera", "a,,,true,00126,student,c,,Vera"),
         "D077 bundle/users.csv:4"),
        (_replaced("users", "role", "roles"), "D077 bundle/manifest.csv"),
        (_replaced("users", "Vera,05", "Vera"), "D005 bundle/users.csv:4"),
        (_replaced("users", "Anna,05", "Anna,05\na2,,,true,,student,,,Zoya,05")
         | {"demographics": DEMOGRAPHICS + "a2,,,,female\n"},
         "D008 bundle › users.csv › row 3"),
        (_replaced("users", "Boris,06", "Boris,К"), "D007 bundle › users.csv › J3"),
        (_replaced("demographics", "male\nc", "x\nc"), "D007 bundle › users.csv › row 3"),
        (_replaced("enrollments", "00126,c", "00127,c"), "D009 bundle › users.csv › row 4"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_what_is_wrong_with_a_bundle_is_named_with_its_file_and_line(
    run: Run, tmp_path: Path, files: Files, found: str
) -> None:
    layout = LAYOUT[:-1] + ', values: {grade: {"05": 5, "06": 6}}}'
    assert places(_run(run, tmp_path / "bundle", files, layout=layout)) == [found]


@pytest.mark.parametrize(
    ("version", "mode"), [("1.0", "bulk"), ("1.3", "bulk"), ("", "bulk"), ("1.1", "delta")]
)
def test_other_versions_and_bundles_of_changes_are_refused(
    run: Run, tmp_path: Path, version: str, mode: str
) -> None:
    name = write_bundle(tmp_path / "bundle", VERSION_1_1, version, mode)
    assert places(run(name, LAYOUT, rulebook=RULEBOOK)) == ["D077 bundle/manifest.csv"]


def test_a_zip_file_that_is_no_bundle_is_refused(run: Run, tmp_path: Path) -> None:
    name = write_bundle(tmp_path / "sixty.zip", {"school": ORGS, "other": USERS})
    assert places(run(name)) == ["D077 sixty.zip/manifest.csv"]


def test_a_student_in_two_schools_on_one_day_is_an_error(run: Run, tmp_path: Path) -> None:
    twice = ENROLLMENTS + "6,,,5b-maths,00126,a,student,,,\n"
    files = VERSION_1_1 | {"enrollments": twice}
    layout = LAYOUT[:-1] + ', values: {grade: {"05": 5, "06": 6}}}'
    finished = _run(run, tmp_path / "bundle", files, layout=layout)
    assert [place.split()[0] for place in places(finished)] == ["D012"]


BY_MAIN = """\
rulebook: city
title: City
currency: RUB
students: {grade: 1..11, main: truth}
counting: {same_student: main_enrolment, main: main}
parameters: {norm: {kind: money, value: 100}}
lines:
  base: {title: Base, for: each student, when: grade > 0, amount: norm}
"""
GUESTS = """\
sourcedId,classSourcedId,schoolSourcedId,userSourcedId,role,primary
1,5a-maths,00125,a,student,true
2,5a-art,00125,a,student,false
3,6a-maths,00126,b,student,true
4,5a-art,00126,a,student,false
5,5b-art,00125,c,student,false
6,5b-maths,00126,c,student,true
7,5b-maths,00126,t,teacher,true
"""
"""Anna is a guest at 00126, Vera at 00125; Boris came to 00126."""
GUESTS_ROLES = """\
sourcedId,status,dateLastModified,userSourcedId,roleType,role,orgSourcedId
r1,,,a,primary,student,00125
r2,,,a,secondary,student,00126
r3,,,b,primary,student,00126
r4,,,c,primary,student,00126
r5,,,c,secondary,student,00125
r6,,,t,primary,teacher,00126
r7,inactive,,c,primary,student,00125
"""
GUESTS_USERS = """\
sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,grades,primaryOrgSourcedId
a,,,true,a,,Anna,05,00125
b,,,true,b,,Boris,06,00126
c,,,true,c,,Vera,05,00126
t,,,true,t,,Gleb,,00126
"""
GUESTS_PLAIN = """\
student_id,school_id,grade,main
a,00125,05,true
a,00126,05,false
b,00126,06,true
c,00126,05,true
c,00125,05,false
"""
_OF_1_2 = VERSION_1_2 | {
    "users": GUESTS_USERS,
    "roles": GUESTS_ROLES,
    "enrollments": GUESTS.replace("true", "").replace("false", ""),
}


@pytest.mark.parametrize(
    ("files", "version", "main"),
    [
        (VERSION_1_1 | {"enrollments": GUESTS}, "1.1", "enrollments.primary"),
        (_OF_1_2, "1.2", "roles.roleType"),
        (_OF_1_2, "1.2", "primary_org"),
    ],
    ids=["enrollments", "roles", "users"],
)
def test_a_student_of_two_schools_counts_in_the_main_one_as_in_a_plain_table(
    run: Run, tmp_path: Path, files: Files, version: str, main: str
) -> None:
    (tmp_path / "plain.csv").write_text(GUESTS_PLAIN)
    write_bundle(tmp_path / "bundle", files, version)
    words = 'values: {grade: {"05": 5, "06": 6}, main: {primary: yes, secondary: no}}'
    layout = f"roster: {{columns: {{grade: users.grades, main: {main}}}, {words}}}"
    of_bundle = run("bundle", layout, rulebook=BY_MAIN)
    assert totals(of_bundle) == {"00125": "100.00", "00126": "200.00"}
    assert run("plain.csv", WITH_ZERO, rulebook=BY_MAIN).stdout == of_bundle.stdout


def test_students_whose_enrolments_mark_none_as_main_are_named(run: Run, tmp_path: Path) -> None:
    """The standard marks teachers; where students are not marked, their cells are empty."""
    layout = (
        "roster: {columns: {grade: users.grades, main: enrollments.primary}, "
        'values: {grade: {"05": 5, "06": 6}}}'
    )
    finished = _run(run, tmp_path / "bundle", VERSION_1_1, layout=layout, rulebook=BY_MAIN)
    assert places(finished) == ["D006 bundle › users.csv › row 2"]


def test_count_dates_are_for_bundles_alone(run: Run, tmp_path: Path) -> None:
    (tmp_path / "roster.csv").write_text("school_id,grade\n00125,5\n")
    assert places(run("roster.csv", "roster: {count_dates: 2025-09-01}")) == ["L003 roster.csv"]
