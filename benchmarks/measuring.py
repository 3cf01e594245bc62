"""One process from its start to its end, the machine, and the page that keeps the figures."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb

PROJECT = Path(__file__).parents[1]
DOCUMENT = PROJECT / "docs" / "performance.md"


@dataclass(frozen=True)
class Used:
    """What a process took: seconds by the clock, seconds of all processors, MiB at most."""

    clock: float
    processor: float
    memory: int


class NotRunError(RuntimeError):
    """A process failed; says its exit status and the last line that it wrote about it."""

    def __init__(self, status: int, errors: bytes) -> None:
        lines = errors.decode(errors="replace").split("\n")
        last = next((line.strip() for line in reversed(lines) if line.strip()), "it says nothing")
        super().__init__(f"exit status {status}: {last}")


def used_by(command: list[str]) -> Used:
    """Run a process to its end, its output thrown away. Raises NotRunError if it fails."""
    with tempfile.TemporaryFile() as errors:
        start = time.perf_counter()
        process = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=errors)
        _, status, used = os.wait4(process.pid, 0)
        clock = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            errors.seek(0)
            raise NotRunError(process.returncode, errors.read())
    memory = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024) // 2**20
    return Used(clock, used.ru_utime + used.ru_stime, memory)


def computing(nation: Path, roster: Path, output: Path) -> list[str]:
    """`funding compute` on the rulebook and the schools of a folder, end to end."""
    return [
        *(sys.executable, "-m", "formula_funding", "compute"),
        *(str(nation / "rulebook.yaml"), str(roster), "--schools", str(nation / "schools.csv")),
        *("-o", str(output), "--force"),
    ]


def machine() -> str:
    """The machine and the versions, for a reader who compares."""
    try:
        names = re.findall(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
    except OSError:
        names = []
    processor = names[0] if names else platform.processor() or platform.machine()
    try:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
        size = f"{memory:.0f} GiB of memory, "
    except (AttributeError, ValueError):  # Windows says it elsewhere
        size = ""
    return (
        f"{os.cpu_count()} processors ({processor}, {platform.machine()}), {size}"
        f"{platform.system()}, Python {platform.python_version()}, DuckDB {duckdb.__version__}"
    )


def write_section(under: str, heading: str, text: str, document: Path = DOCUMENT) -> None:
    """Put `text` under `heading` (`### …`) in place of what stands there.

    A heading that the document lacks is put at the end of the section `under` (`## …`).
    """
    lines = document.read_text(encoding="utf-8").splitlines()
    if heading in lines:
        start = lines.index(heading)
        end = _end(lines, start)
    else:
        start = end = _end(lines, lines.index(under))
    before, after = ("\n".join(part).strip("\n") for part in (lines[:start], lines[end:]))
    told = [part for part in (before, heading, text.strip("\n"), after) if part]
    document.write_text("\n\n".join(told) + "\n", encoding="utf-8")


def _end(lines: list[str], start: int) -> int:
    """Where the section of a heading ends: at the next heading of its level or a higher one."""
    level = len(lines[start]) - len(lines[start].lstrip("#"))
    higher = re.compile(rf"#{{1,{level}}} ")
    return next(
        (n for n in range(start + 1, len(lines)) if higher.match(lines[n])),
        len(lines),
    )
