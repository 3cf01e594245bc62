"""The result document as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from formula_funding.explain.document import document_text
from formula_funding.explain.explanation_from_allocation import Explainer
from formula_funding.pipeline import Run


def json_parts(run: Run) -> Iterator[str]:
    """The text of the document, part by part; the same run gives the same bytes."""
    explainer = Explainer(run.allocation, run.evaluation)
    return document_text(run.allocation, explainer, run.inputs.progress)


def write_json(run: Run, path: Path) -> None:
    """Write the document, UTF-8 with line feeds."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(json_parts(run))
