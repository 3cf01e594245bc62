"""The result document as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from formula_funding.explain.document import document
from formula_funding.explain.explanation_from_allocation import Explainer
from formula_funding.pipeline import Run


def json_text(run: Run) -> str:
    """The document as text; the same run gives the same bytes."""
    explainer = Explainer(run.allocation, run.evaluation)
    found: dict[str, Any] = document(run.allocation, explainer)
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"


def write_json(run: Run, path: Path) -> None:
    """Write the document, UTF-8 with line feeds."""
    path.write_text(json_text(run), encoding="utf-8", newline="\n")
