"""The documents say what the program does: their commands and code are executed."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.documents import PROJECT, blocks, commands, shows

DOCUMENTS = [
    PROJECT / name
    for name in (
        *("README.md", "README.ru.md", "CONTRIBUTING.md"),
        *(
            "docs/language.md",
            "docs/what-the-reform-did.md",
            "docs/audit.md",
            "docs/from-your-export.md",
            "docs/what-if.md",
            "docs/hold-harmless.md",
            "docs/verify.md",
        ),
    )
]


def _id(path: Path) -> str:
    return path.relative_to(PROJECT).as_posix()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A folder with everything that commands of the documents read."""
    for name in ("rules", "sample_data", "tests/docs"):
        shutil.copytree(PROJECT / name, tmp_path / name)
    return tmp_path


def _run(arguments: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "NO_COLOR": "1", "PYTHONUTF8": "1"}
    return subprocess.run(
        arguments,
        cwd=folder,
        env=environment,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=60,
    )


@pytest.mark.parametrize("document", DOCUMENTS, ids=_id)
def test_each_command_of_a_document_prints_what_the_document_shows(
    document: Path, copy: Path
) -> None:
    for command in commands(document):
        program, *arguments = shlex.split(command.text)
        assert program == "funding", f"{command.text} is not a command of this project"
        finished = _run([sys.executable, "-m", "formula_funding", *arguments], copy)
        shows_a_problem = any(
            " error " in line or line.startswith(("FAILED", "error ")) for line in command.shown
        )
        assert finished.returncode == int(shows_a_problem), finished.stdout
        difference = shows(command.shown, finished.stdout) if command.shown else None
        assert difference is None, f"{command.text}\n{difference}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=_id)
def test_the_python_code_of_a_document_runs(document: Path, copy: Path) -> None:
    for code in blocks(document, "python"):
        finished = _run([sys.executable, "-c", code], copy)
        assert finished.returncode == 0, finished.stdout
        for stated in re.findall(r"print\(.*\)\s+# ([0-9.]+)$", code, flags=re.MULTILINE):
            assert stated in finished.stdout


def test_a_recipe_shows_the_rulebook_that_its_commands_run() -> None:
    (shown,) = blocks(PROJECT / "docs" / "hold-harmless.md", "yaml")
    rulebook = PROJECT / "sample_data" / "what_if" / "protected.yaml"
    assert rulebook.read_text(encoding="utf-8").endswith(shown)


@pytest.mark.parametrize("name", ["README.md", "README.ru.md"])
def test_the_first_screen_has_the_two_commands_and_make_knows_them(name: str) -> None:
    first_screen = (PROJECT / name).read_text(encoding="utf-8").split("\n## ")[0]
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    for target in ("demo", "test"):
        assert f"make {target}" in first_screen
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE)
    assert "pipx install formula-funding" in first_screen


@pytest.mark.parametrize(
    "document",
    [path for path in PROJECT.rglob("*.md") if not {".venv", "build"} & set(path.parts)],
    ids=_id,
)
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text):
        if "://" not in target:
            assert (document.parent / target).exists(), target
