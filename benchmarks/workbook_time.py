"""How long the workbook of a large allocation takes to write, and how much memory.

5,000 schools × 30 lines with the explanation of every amount, held against a bare XlsxWriter loop
that writes as many texts, numbers and formulas. Each runs in a process of its own, and the smallest
of several times of the processor counts: a busy machine moves it little. Then LibreOffice opens the
workbook and calculates every cell, if it is there.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Any

import xlsxwriter

from formula_funding.export.to_workbook import write_workbook
from formula_funding.pipeline import Inputs, run

STAGES = {"primary": "1..4", "basic": "5..9", "upper": "10..11"}
_ALWAYS_RECALCULATE = """\
<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""
_COLUMNS = 12
"""Cells in a row of the bare loop, as in the explanation."""


def make_files(folder: Path, schools: int, lines: int) -> None:
    """A rulebook of which two lines in three are for students, a register and a roster."""
    bands = ", ".join(f"{name}: {grades}" for name, grades in STAGES.items())
    rules = [
        "rulebook: large",
        "title: {en: A large allocation, ru: Большое распределение}",
        "currency: RUB",
        "sources: {act: {title: {en: The act, ru: Акт}, published: 2025-01-15}}",
        "students: {grade: 1..11}",
        "schools: {area: {kind: number}}",
        f"define: {{stage: {{from: grade, bands: {{{bands}}}}}}}",
        "parameters:",
    ]
    formulas: list[str] = []
    for line in range(lines):
        if line % 3 == 2:
            rules.append(f"  rate_{line}: {{kind: money, value: {line + 1}.55, source: act}}")
            formulas.append(f'for: each school, amount: "rate_{line} * area"')
        else:
            rates = ", ".join(f"{name}: {1000 + line}.{k}5" for k, name in enumerate(STAGES))
            rules.append(
                f"  rate_{line}: {{kind: money, by: [stage], values: {{{rates}}}, source: act}}"
            )
            formulas.append(f'for: each student, amount: "rate_{line}[stage]"')
    rules.append("lines:")
    for line, formula in enumerate(formulas):
        rules.append(f"  line_{line}: {{title: {{en: Line {line}, ru: Строка {line}}}, {formula}}}")
    (folder / "rulebook.yaml").write_text("\n".join(rules) + "\n", encoding="utf-8")
    ids = [f"{number:05}" for number in range(schools)]
    register = [f"{id_},School no. {id_},{100 + number % 977}" for number, id_ in enumerate(ids)]
    roster = [
        f"{id_},{grade},{1 + (number * 7 + grade * 3) % 40}"
        for number, id_ in enumerate(ids)
        for grade in range(1, 12)
    ]
    for name, header, rows in (
        ("schools.csv", "school_id,name,area", register),
        ("roster.csv", "school_id,grade,students", roster),
    ):
        (folder / name).write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")


def write_ours(folder: Path) -> float:
    """Compute, then write the workbook; the seconds that the writing took."""
    finished = run(
        Inputs(folder / "rulebook.yaml", (folder / "roster.csv",), folder / "schools.csv")
    )
    start = time.process_time()
    write_workbook(finished, folder / "ours.xlsx", "en")
    return time.process_time() - start


def write_bare(folder: Path, texts: int, numbers: int, formulas: int) -> float:
    """As many cells of each kind, written by nothing but XlsxWriter; the seconds it took."""
    start = time.process_time()
    options = {"constant_memory": True, "tmpdir": str(folder)}
    with xlsxwriter.Workbook(str(folder / "bare.xlsx"), options) as book:
        sheet, style = book.add_worksheet(), book.add_format({"num_format": "#,##0.00"})
        total = texts + numbers + formulas
        for cell in range(total):
            row, column = divmod(cell, _COLUMNS)
            # The kinds alternate as they do in a row of the explanation.
            if cell * texts // total != (cell + 1) * texts // total:
                sheet.write_string(row, column, "A text of the usual length", style)
            elif cell * numbers // total != (cell + 1) * numbers // total:
                sheet.write_number(row, column, 1234567.89, style)
            else:
                sheet.write_formula(row, column, "=Explanation!H123456", style, "1234567.89")
    return time.process_time() - start


def counted(workbook: Path) -> dict[str, int]:
    """How many texts, numbers and formulas a workbook holds."""
    found = {"texts": 0, "numbers": 0, "formulas": 0}
    with zipfile.ZipFile(workbook) as book:
        for part in book.namelist():
            if part.startswith("xl/worksheets/sheet"):
                text = book.read(part).decode("utf-8")
                formulas, texts = text.count("<f"), text.count('t="inlineStr"')
                found["formulas"] += formulas
                found["texts"] += texts
                found["numbers"] += len(re.findall("<v>", text)) - formulas
    return found


def _in_a_process(*arguments: str) -> dict[str, Any]:
    command = [sys.executable, __file__, *arguments]
    result = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def libreoffice_seconds(folder: Path, workbook: Path) -> float | None:
    """Opening the workbook and calculating every cell; None without LibreOffice."""
    command = shutil.which("soffice")
    if command is None:
        return None
    settings = folder / "profile" / "user" / "registrymodifications.xcu"
    settings.parent.mkdir(parents=True)
    settings.write_text(_ALWAYS_RECALCULATE, encoding="utf-8")
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    start = time.perf_counter()
    subprocess.run(
        [command, profile, "--headless", "--convert-to", "csv", "--outdir", str(folder), workbook],
        check=True,
        capture_output=True,
    )
    return time.perf_counter() - start


def compare(schools: int, lines: int, runs: int) -> None:
    """Run both several times in turns and print what was measured."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_files(folder, schools, lines)
        ours = [_in_a_process("--write", name)]
        cells = counted(folder / "ours.xlsx")
        kinds = [str(cells[kind]) for kind in ("texts", "numbers", "formulas")]
        bare = [_in_a_process("--bare", name, *kinds)]
        for _ in range(runs - 1):
            ours.append(_in_a_process("--write", name))
            bare.append(_in_a_process("--bare", name, *kinds))
        own, loop = (min(one["seconds"] for one in measured) for measured in (ours, bare))
        size = (folder / "ours.xlsx").stat().st_size / 2**20
        opened = libreoffice_seconds(folder, folder / "ours.xlsx")
    sys.stdout.write(
        f"{schools:,} schools × {lines} lines: {sum(cells.values()):,} cells, "
        f"{cells['formulas']:,} of them formulas\n"
        f"the workbook:                {own:.1f} s, file {size:.1f} MiB, "
        f"at most {max(one['mebibytes'] for one in ours):,.0f} MiB of memory\n"
        f"a bare loop of XlsxWriter:   {loop:.1f} s\n"
        f"ratio:                       {own / loop:.2f} (the smallest of {runs} each)\n"
    )
    if opened is not None:
        sys.stdout.write(f"LibreOffice opens and calculates it in {opened:.0f} s\n")


def main() -> None:
    """Measure; or, in a process of its own, write one of the two workbooks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--schools", type=int, default=5_000)
    parser.add_argument("--lines", type=int, default=30)
    parser.add_argument("--runs", type=int, default=3, help="how often each is written (3)")
    parser.add_argument("--write", metavar="FOLDER", help=argparse.SUPPRESS)
    parser.add_argument("--bare", nargs=4, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if not given.write and not given.bare:
        compare(given.schools, given.lines, given.runs)
        return
    if given.write:
        seconds = write_ours(Path(given.write))
    else:
        folder, *kinds = given.bare
        seconds = write_bare(Path(folder), *map(int, kinds))
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10
    json.dump({"seconds": seconds, "mebibytes": used}, sys.stdout)


if __name__ == "__main__":
    main()
