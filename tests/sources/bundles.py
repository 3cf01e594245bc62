"""OneRoster bundles made for tests: a folder or zip file of CSV files with a manifest."""

from __future__ import annotations

import zipfile
from pathlib import Path

Files = dict[str, str]
"""The text of each file by its name in the standard, without `.csv`."""

ORGS = """\
sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId
00125,,,"Hill, the",school,H,district
00126,,,Dale,school,D,district
district,,,City,district,,
"""
USERS = """\
sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,grades
a,,,true,00125,student,a,,Anna,05
b,,,true,00125,student,b,,Boris,06
c,,,true,00126,student,c,,Vera,05
t,,,true,00126,teacher,t,,Gleb,
"""
_BY_ROLE = """\
sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,grades
a,,,true,a,,Anna,05
b,,,true,b,,Boris,06
c,,,true,c,,Vera,05
t,,,true,t,,Gleb,
"""
ROLES = """\
sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId
r1,,,a,primary,student,,,00125
r2,,,b,primary,student,,,00125
r3,,,c,primary,student,,,00126
r4,,,t,primary,teacher,,,00126
"""
DEMOGRAPHICS = """\
sourcedId,status,dateLastModified,birthDate,sex
a,,,2014-05-01,female
b,,,2013-09-30,male
c,,,2014-12-31,female
"""
ENROLLMENTS = """\
sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate
1,,,5a-maths,00125,a,student,,,
2,,,5a-art,00125,a,student,,,
3,,,6a-maths,00125,b,student,,,
4,,,5b-maths,00126,c,student,,,
5,,,5b-maths,00126,t,teacher,true,,
"""
VERSION_1_1: Files = {
    "orgs": ORGS,
    "users": USERS,
    "demographics": DEMOGRAPHICS,
    "enrollments": ENROLLMENTS,
}
VERSION_1_2: Files = {**VERSION_1_1, "users": _BY_ROLE, "roles": ROLES}
PLAIN = """\
school_id,grade,sex
00125,05,female
00125,06,male
00126,05,female
"""
"""What the bundle says, as one plain table."""


def manifest(files: Files, version: str = "1.1", mode: str = "bulk") -> str:
    listed = "".join(f"file.{name},{mode}\n" for name in files)
    return f"propertyName,value\nmanifest.version,1.0\noneroster.version,{version}\n{listed}"


def write_bundle(path: Path, files: Files, version: str = "1.1", mode: str = "bulk") -> str:
    """Write a folder, or a zip file if the path ends in `.zip`; return the name of either."""
    whole = {"manifest": manifest(files, version, mode), **files}
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
            for name, text in whole.items():
                package.writestr(f"{name}.csv", text)
    else:
        path.mkdir()
        for name, text in whole.items():
            (path / f"{name}.csv").write_text(text, encoding="utf-8")
    return path.name
