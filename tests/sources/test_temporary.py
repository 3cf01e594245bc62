"""No temporary file outlives its run: with signals at every point, told apart by bytecode."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from formula_funding.sources.temporary import TemporaryFolder, remove_all

PROGRAM = """
import os, signal, sys
from pathlib import Path
from formula_funding.cli.interrupts import end_when_asked
from formula_funding.sources import temporary, workspace
import shutil

WATCHED = {sys.modules[name].__file__ for name in (
    "formula_funding.cli.interrupts", temporary.__name__, workspace.__name__, "shutil")}
folder, leaves_blocks = Path(sys.argv[1]), sys.argv[2] == "leaves its blocks"

def work():
    with workspace.Workspace(within=folder) as room:
        room.new_file(".csv").write_text("student_id")

def signals_from(number):
    "Ask to end at the bytecode of that number, and at every one after it."
    passed = 0
    def trace(frame, event, _argument):
        nonlocal passed
        if frame.f_code.co_filename not in WATCHED:
            return None
        frame.f_trace_opcodes = True
        if event == "opcode":
            passed += 1
            if passed == number or passed > number and not leaves_blocks:
                os.kill(os.getpid(), signal.SIGINT)
        return trace
    return trace

def run(number):
    if not leaves_blocks:
        end_when_asked(temporary.remove_all)
    try:
        sys.settrace(signals_from(number))
        work()
        sys.settrace(None)
    except (KeyboardInterrupt, OSError):  # the one may become the other in rmtree
        sys.settrace(None)
        temporary.remove_all()  # as Python does when it ends
        os._exit(130)
    os._exit(0)

number, code = 0, None
while code != 0:
    number += 1
    child = os.fork() or run(number)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    left = [path.name for path in folder.iterdir()]
    assert code in (0, 130) and not left, (number, code, left)
print(number)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not fork")
@pytest.mark.parametrize("way", ["ends at once", "leaves its blocks"])
def test_a_run_asked_to_end_at_any_point_leaves_no_temporary_file(tmp_path: Path, way: str) -> None:
    """Within the making of a folder, its removal, and the answer to an earlier signal too."""
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path), way],
        capture_output=True,
        check=False,
        text=True,
    )
    assert ended.returncode == 0, ended.stderr
    told = set(ended.stderr.splitlines())
    assert told <= {"stopped; no file is half written, but what was printed may be"}
    assert int(ended.stdout) > 300


def test_a_folder_is_made_for_its_user_alone_and_removed(tmp_path: Path) -> None:
    with TemporaryFolder(tmp_path) as folder:
        assert list(tmp_path.iterdir()) == [folder]
        assert sys.platform == "win32" or folder.stat().st_mode & 0o777 == 0o700
        (folder / "copy.csv").write_text("student_id")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_made_where_the_system_keeps_temporary_files() -> None:
    with TemporaryFolder() as folder:
        assert folder.parent == Path(tempfile.gettempdir()).absolute()


def test_a_folder_that_somebody_else_removed_is_no_trouble(tmp_path: Path) -> None:
    folder = TemporaryFolder(tmp_path)
    folder.path.rmdir()
    folder.remove()


def test_a_folder_that_cannot_be_made_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        TemporaryFolder(tmp_path / "nowhere")


def test_what_stands_at_the_end_is_removed(tmp_path: Path) -> None:
    folder = TemporaryFolder(tmp_path)
    (folder.path / "copy.csv").write_text("student_id")
    remove_all()
    assert list(tmp_path.iterdir()) == []
