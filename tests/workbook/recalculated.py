"""LibreOffice as the judge of formulas: it opens a workbook and calculates every cell anew."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

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
            *("--headless", "--convert-to", "xlsx", "--outdir", str(output), str(workbook)),
        ],
        check=True,
        capture_output=True,
        timeout=_SECONDS,
    )
    return openpyxl.load_workbook(output / workbook.name, data_only=True)
