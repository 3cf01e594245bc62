"""OneRoster bundles."""

from __future__ import annotations

from pathlib import Path

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Place, Problems
from formula_funding.rules.layout import TableLayout
from formula_funding.sources.table import Table, stopped
from formula_funding.sources.workspace import Workspace


def bundle_table(
    path: Path, name: str, layout: TableLayout, part: str, workspace: Workspace, problems: Problems
) -> Table:
    raise stopped(codes.UNKNOWN_FORMAT, "no table", Place(name))
