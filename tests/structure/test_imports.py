"""Imports point one way: the rooms of the house, from the cellar up."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "formula_funding"

LAYERS: tuple[frozenset[str], ...] = tuple(
    frozenset(names.split())
    for names in (
        "exact diagnostics",
        "formula",
        "rules",
        "model",
        "read",
        "compile tally",
        "allocate judge",
        "language explain",
        "pipeline examples",
        "export",
        "api",
        "cli",
    )
)
"""A module imports from its own layer or from one before it."""

PURE = frozenset(["exact", "diagnostics", "formula", "rules", "model", "allocate", "judge"])
"""The core: it knows no file, no clock, no terminal, no library that reads or draws."""

ONLY_IN = {
    "duckdb": {"read/table.py", "tally/duckdb_engine.py", "export/to_parquet.py"},
    "pandas": {"api.py", "export/frames.py"},
    "xlsxwriter": {"export/to_workbook.py"},
    "openpyxl": set(),
    "typer": {"cli"},
    "rich": {"cli"},
    "ruamel": {"read/nodes_from_yaml.py"},
    "lark": {"formula/parse.py"},
    "pydantic": {"rules", "read/rulebook_from_yaml.py"},
    "pydantic_core": {"rules", "read/rulebook_from_yaml.py"},
}

FILES = sorted(SOURCE.rglob("*.py"))


def _name(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


def _imports(path: Path) -> Iterator[str]:
    """The full names of all modules that a file imports, also inside functions."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def _room(module: str) -> str:
    """`formula_funding.read.table` stands in the room `read`."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "api"


def _layer(room: str) -> int:
    return next(i for i, rooms in enumerate(LAYERS) if room in rooms)


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_a_module_imports_nothing_from_a_layer_above_it(path: Path) -> None:
    room = path.relative_to(SOURCE).parts[0].removesuffix(".py")
    if room in {"__init__", "starter"}:
        return
    for module in _imports(path):
        if module.startswith("formula_funding"):
            assert _layer(_room(module)) <= _layer(room), f"{_name(path)} imports {module}"


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_each_library_stays_in_its_few_files(path: Path) -> None:
    name = _name(path)
    for module in _imports(path):
        allowed = ONLY_IN.get(module.partition(".")[0])
        if allowed is not None:
            assert name in allowed or name.split("/")[0] in allowed, f"{name} imports {module}"


def test_no_two_modules_import_each_other() -> None:
    """No circles, in however many steps."""
    known = {f"formula_funding.{_name(p)[:-3].replace('/', '.')}": p for p in FILES}
    graph = {name: [m for m in _imports(path) if m in known] for name, path in known.items()}
    done: set[str] = set()

    def visit(name: str, way: tuple[str, ...]) -> None:
        assert name not in way, " imports ".join((*way[way.index(name) :], name))
        if name not in done:
            for module in graph[name]:
                visit(module, (*way, name))
            done.add(name)

    for name in graph:
        visit(name, ())


@pytest.mark.parametrize(
    "path", [p for p in FILES if p.relative_to(SOURCE).parts[0] in PURE], ids=_name
)
def test_the_core_opens_no_file_and_reads_no_clock(path: Path) -> None:
    """The grammar, which is part of the package, is the one thing it reads."""
    forbidden = {"open", "print", "input", "read_text", "read_bytes", "write_text", "today", "now"}
    tree = ast.parse(path.read_text(encoding="utf-8"))
    called = {
        node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
    }
    if path.name == "parse.py":
        forbidden = forbidden - {"read_text"}
    assert called & forbidden == set()


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_money_is_never_a_float_and_a_file_is_read_in_one_sitting(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    names = {n.id for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Name)}
    assert "float" not in names
    assert len(text.splitlines()) <= 700
