"""LibreOffice as the judge of formulas: it opens a workbook and calculates every cell anew."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any
from xml.sax.saxutils import unescape

import openpyxl
import pytest

_ALWAYS_RECALCULATE = """\
<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""
"""Without it LibreOffice shows the values that the file holds, and a test of them always passes."""
_SECONDS = 600
_CACHED = re.compile(r"(</f>)<v>[^<]*</v>")
_FORMULA = re.compile(r'<c r="([A-Z]+[0-9]+)"[^>]*><f[^>]*>[^<]*</f><v>([^<]*)</v></c>')


def needs_libreoffice() -> str:
    """The command of LibreOffice. Skips the test without one, and fails it in CI."""
    found = shutil.which("soffice")
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("CI must have LibreOffice: Debian's libreoffice-calc")
        pytest.skip("LibreOffice (libreoffice-calc) is not installed")
    return found


def recalculated(workbook: Path, folder: Path) -> Any:
    """The workbook as LibreOffice calculates it, read by openpyxl as values."""
    [path] = all_recalculated([workbook], folder)
    return openpyxl.load_workbook(path, data_only=True)


def all_recalculated(workbooks: Sequence[Path], folder: Path) -> list[Path]:
    """Workbooks of different names as LibreOffice calculates them, in one call."""
    command = needs_libreoffice()
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True, exist_ok=True)
    settings = profile / "user" / "registrymodifications.xcu"
    settings.write_text(_ALWAYS_RECALCULATE, encoding="utf-8")
    output = folder / "recalculated"
    subprocess.run(
        [
            command,
            f"-env:UserInstallation={profile.as_uri()}",
            *("--headless", "--convert-to", "xlsx", "--outdir", str(output)),
            *map(str, workbooks),
        ],
        check=True,
        capture_output=True,
        timeout=_SECONDS,
    )
    return [output / workbook.name for workbook in workbooks]


# workbooks as files


def rewritten(path: Path, target: Path, change: Callable[[str, str], str]) -> Path:
    """A copy of a workbook in which the text of each part is changed."""
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w") as copy:
        for part in source.namelist():
            copy.writestr(part, change(part, source.read(part).decode("utf-8")))
    return target


def with_wrong_values(path: Path, target: Path) -> Path:
    """Every formula holds 999, so that a cell which is not calculated anew shows it."""

    def wrong(_part: str, text: str) -> str:
        return _CACHED.sub(r"\g<1><v>999</v>", text)

    return rewritten(path, target, wrong)


def part_of(path: Path, sheet: str) -> str:
    """The part of the file that holds a sheet; sheets are numbered in their order."""
    names = openpyxl.load_workbook(path, read_only=True).sheetnames
    return f"xl/worksheets/sheet{names.index(sheet) + 1}.xml"


def formula_cells(path: Path) -> dict[tuple[str, str], str]:
    """What every cell with a formula shows, by part of the file and address."""
    found: dict[tuple[str, str], str] = {}
    with zipfile.ZipFile(path) as book:
        for part in book.namelist():
            if part.startswith("xl/worksheets/sheet"):
                text = book.read(part).decode("utf-8")
                found |= {(part, cell): shown for cell, shown in _FORMULA.findall(text)}
    return found


def differences(
    path: Path, anew: Path, least: Decimal = Decimal("0.005")
) -> dict[tuple[str, str], tuple[str, str]]:
    """The formula cells that a program calculates otherwise, with both values.

    Numbers differ by at least half a kopeck, or in the twelfth digit; anything else by its text.
    """
    before, after = formula_cells(path), formula_cells(anew)
    assert before.keys() <= after.keys()  # LibreOffice writes TRUE as a formula
    return {
        cell: (value, after[cell])
        for cell, value in before.items()
        if value != after[cell] and not _is_alike(value, after[cell], least)
    }


def _is_alike(one: str, other: str, least: Decimal) -> bool:
    if one.startswith("#") and other.startswith("#"):
        return True
    try:
        numbers = Decimal(one), Decimal(other)
    except InvalidOperation:
        return unescape(one) == unescape(other)
    return abs(numbers[0] - numbers[1]) < max(least, abs(numbers[0]) / 10**12)
