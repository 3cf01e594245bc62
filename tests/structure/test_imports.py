"""The house has one direction: every room imports only from rooms before it."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = "formula_funding"
SOURCE = Path(__file__).parents[2] / "src" / PACKAGE
MODULES = {path.relative_to(SOURCE).as_posix(): path for path in sorted(SOURCE.rglob("*.py"))}
TREES = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in MODULES.items()}

ORDER = [
    "exact",
    "diagnostics",
    "formula",
    "rules",
    "model",
    "sources",
    "read",
    "judge",
    "compile",
    "tally",
    "allocate",
    "analysis",
    "audit",
    "explain",
    "scenario",
    "language",
    "workbook",
    "pipeline.py",
    "whatif.py",
    "draft",
    "report",
    "solve.py",
    "sweep.py",
    "project.py",
    "export",
    "verify",
    "examples.py",
    "api.py",
    "__init__.py",
    "starter",
    "cli",
    "__main__.py",
]
"""From what knows nothing of the others to what knows them all."""

CORE = [
    "exact",
    "diagnostics",
    "formula",
    "rules",
    "model",
    "compile",
    "judge",
    "allocate",
    "analysis",
    "audit",
    "explain",
    "scenario",
]
"""Knows neither files nor the terminal nor the time of day."""

ONLY_IN = {
    "duckdb": {
        "sources/parquet.py",
        "tally/coded_rows.py",
        "tally/coding.py",
        "sources/workspace.py",
        "tally/duckdb_engine.py",
        "tally/joint_count.py",
        "tally/kept_file.py",
        "tally/kept_groups.py",
        "export/to_parquet.py",
    },
    "numpy": {
        "tally/coded_rows.py",
        "tally/kept_groups.py",
        "tally/whole_numbers.py",
        "exact/sums_of_spans.py",
        "export/to_parquet.py",
    },
    "pyspark": {
        "tally/bands_in_spark.py",
        "tally/spark_engine.py",
        "tally/spark_files.py",
        "tally/spark_session.py",
        "tally/spark_text.py",
    },
    "py4j": {"tally/spark_session.py"},
    "pandas": {"export/frames.py", "api.py"},
    "xlsxwriter": {"export/workbook_file.py"},
    "openpyxl": {"export/to_annotated_workbook.py"},
    "ruamel": {"read/nodes_from_yaml.py"},
    "pydantic": {
        "rules/fields.py",
        "rules/rulebook.py",
        "rules/worked_examples.py",
        "rules/layout.py",
        "rules/scenario.py",
        "rules/projection.py",
        "read/rulebook_from_yaml.py",
        "read/result_document.py",
        "explain/document_form.py",
        "explain/replay.py",
    },
    "pydantic_core": {
        "rules/fields.py",
        "rules/instalments.py",
        "rules/rulebook.py",
        "rules/scenario.py",
        "rules/worked_examples.py",
        "read/rulebook_from_yaml.py",
    },
}
"""Each heavy library and the few files that know it."""


def _room(module: str) -> str:
    return module.split("/", maxsplit=1)[0]


def _imported(module: str) -> Iterator[str]:
    """The dotted names that a module imports, wherever in it."""
    for node in ast.walk(TREES[module]):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports relatively"
            assert node.module is not None
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _own(module: str) -> set[str]:
    """The modules of this package that a module imports."""
    found: set[str] = set()
    for name in _imported(module):
        if name.split(".")[0] != PACKAGE:
            continue
        path = "/".join(name.split(".")[1:])
        for candidate in (f"{path}.py", f"{path}/__init__.py", "__init__.py" if not path else ""):
            if candidate in MODULES and candidate != module:
                found.add(candidate)
    return found


def test_every_folder_and_file_has_its_place_in_the_order() -> None:
    rooms = {_room(module) for module in MODULES}
    assert rooms == set(ORDER)
    assert len(ORDER) == len(set(ORDER))


def test_a_module_imports_only_from_its_own_room_and_those_before() -> None:
    wrong = [
        f"{module} imports {other}"
        for module in MODULES
        for other in _own(module)
        if ORDER.index(_room(other)) > ORDER.index(_room(module))
    ]
    assert wrong == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph = {module: _own(module) for module in MODULES}
    try:
        order = list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        pytest.fail(" imports ".join(error.args[1]))
    assert len(order) == len(MODULES)


@pytest.mark.parametrize("library", ONLY_IN)
def test_a_heavy_library_is_known_to_its_own_few_files(library: str) -> None:
    users = {
        module
        for module in MODULES
        if any(name.split(".")[0] == library for name in _imported(module))
    }
    assert users == ONLY_IN[library]


@pytest.mark.parametrize("library", ["typer", "rich"])
def test_the_terminal_is_known_to_the_command_line_alone(library: str) -> None:
    users = {
        _room(module)
        for module in MODULES
        if any(name.split(".")[0] == library for name in _imported(module))
    }
    assert users == {"cli"}


# what the core must not do

IN_CORE = [module for module in MODULES if _room(module) in CORE]
OPENS = {"open", "read_text", "read_bytes", "write_text", "write_bytes", "unlink", "mkdir"}


def _called(module: str) -> set[str]:
    """The names of the functions and methods that a module calls."""
    found: set[str] = set()
    for node in ast.walk(TREES[module]):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute):
                found.add(node.func.attr)
            elif isinstance(node.func, ast.Name):
                found.add(node.func.id)
    return found


def test_the_core_opens_no_file() -> None:
    for module in IN_CORE:
        assert not _called(module) & OPENS, module
        libraries = {name.split(".")[0] for name in _imported(module)}
        assert not libraries & {"io", "os", "shutil", "tempfile", "csv", "socket"}, module


def test_nothing_reads_the_clock_the_locale_or_chance() -> None:
    for module in MODULES:
        libraries = {name.split(".")[0] for name in _imported(module)}
        assert not libraries & {"time", "locale", "random", "secrets", "uuid"}, module
        assert not _called(module) & {"now", "utcnow", "today", "getenv", "eval", "exec"}, module


# money

LIKENESS = ("diagnostics/wording.py", "0.6")
"""How like a word must be to be suggested: a float that no money ever meets."""


def test_there_is_no_binary_float() -> None:
    found = [
        (module, ast.unparse(node))
        for module, tree in TREES.items()
        for node in ast.walk(tree)
        if (isinstance(node, ast.Name) and node.id == "float")
        or (isinstance(node, ast.Constant) and isinstance(node.value, float | complex))
    ]
    assert found == [LIKENESS]


def test_every_file_can_be_read_in_one_sitting() -> None:
    lines = {
        module: len(path.read_text(encoding="utf-8").splitlines())
        for module, path in MODULES.items()
    }
    del lines["diagnostics/codes.py"]  # a list to look things up in
    assert {module: number for module, number in lines.items() if number > 600} == {}


# quick to start


@pytest.mark.parametrize(
    "start", ["formula_funding.__main__", "formula_funding.cli.app", "formula_funding"]
)
def test_starting_loads_nothing_heavy(start: str) -> None:
    script = f"import sys, {start}; print(*sorted({{m.split('.')[0] for m in sys.modules}}))"
    shown = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert not set(shown.stdout.split()) & {*ONLY_IN, "numpy"}
