"""The language reference: a page for each construct, made from a rulebook that is executed.

docs/reference/NAME.yaml is a small rulebook: comments above it say what the construct is for, the
rulebook shows it, and its worked examples were computed by hand. The page NAME.md adds how the
result explains itself. Run by `make docs`.
"""

from __future__ import annotations

import io
from pathlib import Path

from rich.console import Console

from formula_funding.allocate.allocation_from_counts import allocation_from_counts
from formula_funding.cli.statement import show_statement
from formula_funding.diagnostics.problem import Problems
from formula_funding.examples import evaluated_examples
from formula_funding.explain.explanation_from_allocation import Explainer
from formula_funding.pipeline import checked_rulebook

REFERENCE = Path(__file__).parents[1] / "docs" / "reference"


def pages() -> dict[Path, str]:
    """The text of each page, and of the list of them. Raises ValueError for a wrong example."""
    sources = sorted(REFERENCE.glob("*.yaml"))
    found = {source.with_suffix(".md"): _page(source) for source in sources}
    rows = [f"- [{_heading(source)}]({source.stem}.md)" for source in sources]
    found[REFERENCE / "README.md"] = "\n".join(
        [
            "# Language reference",
            "",
            "A page for each construct: what it is for, a small rulebook with worked examples that",
            "were computed by hand and are executed, and how the result explains itself. Made by",
            "`make docs` from the .yaml files beside the pages; try `funding test` on one of them.",
            "",
            *rows,
            "",
        ]
    )
    return found


def _heading(source: Path) -> str:
    return told_above(source.read_text(encoding="utf-8"))[0]


def told_above(text: str) -> list[str]:
    """The lines of the comment above a rulebook: the heading, then prose."""
    lines = text.splitlines()
    comment = lines[: next(i for i, line in enumerate(lines) if not line.startswith("#"))]
    return [line.removeprefix("#").strip() for line in comment]


def _page(source: Path) -> str:
    text = source.read_text(encoding="utf-8")
    heading, *prose = told_above(text)
    rulebook = "\n".join(text.splitlines()[len(prose) + 1 :]).strip()
    return "\n".join(
        [
            f"# {heading}",
            "",
            "\n".join(prose).strip(),
            "",
            "```yaml",
            rulebook,
            "```",
            "",
            "## How it explains itself",
            "",
            "```text",
            _statements(source).rstrip(),
            "```",
            "",
        ]
    )


def _statements(source: Path) -> str:
    """The statements of the schools of the first worked example."""
    problems = Problems()
    checked = checked_rulebook(source.relative_to(Path.cwd()), problems)
    found = dict(evaluated_examples(checked, problems))
    if problems.has_errors:
        raise ValueError(f"{source.name}: {[problem.message for problem in problems]}")
    evaluation = next(iter(found.values()))
    allocation, evaluation = allocation_from_counts(
        evaluation.plan, evaluation.counts, evaluation.register, problems
    )
    explainer = Explainer(allocation, evaluation)
    told = io.StringIO()
    console = Console(file=told, width=100, highlight=False, emoji=False)
    for index in range(len(allocation.register.ids)):
        show_statement(explainer.school(index), allocation.plan, "en", console)
        told.write("\n")
    lines = [line.rstrip() for line in told.getvalue().splitlines()]
    return "\n".join(line for line in lines if not line.startswith("    Rule:"))
