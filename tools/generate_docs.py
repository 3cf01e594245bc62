"""Writes the parts of the documents that come from the code itself. Run by `make docs`.

`--check` writes nothing and exits with 1 if a document is not up to date.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tools.layout_page import layout_page
from tools.reference_pages import pages
from tools.reform_pictures import reform_pictures

from formula_funding.diagnostics.codes import CODES
from formula_funding.formula.aggregates import AGGREGATES
from formula_funding.formula.functions import CONDITIONAL, FUNCTIONS

DOCS = Path(__file__).parents[1] / "docs"
BEGIN, END = "<!-- functions: begin -->\n", "<!-- functions: end -->\n"


def functions() -> str:
    """The table of functions for docs/language.md."""
    rows = ["| function | what it gives | example |", "|---|---|---|"]
    rows += [f"| `{f.signature}` | {f.purpose} | `{f.example}` |" for f in FUNCTIONS.values()]
    rows.append(
        f"| `{CONDITIONAL}(condition, yes, no)` | `yes` where the condition holds, else `no`; "
        "what is not chosen is not computed. | `if(2 > 1, 5, 7) = 5` |"
    )
    rows += [f"| `{a.signature}` | {a.purpose} | |" for a in AGGREGATES.values()]
    return "\n".join(rows) + "\n"


def language(text: str) -> str:
    """docs/language.md with its table of functions renewed."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}{functions()}{END}{after}"


def diagnostics() -> str:
    """docs/diagnostics.md."""
    parts = [
        "# The codes of problems\n",
        "Made from the program by `make docs`; `funding explain-code CODE` shows the same.\n",
    ]
    parts += [
        f"## {code.id}: {code.title}\n\n*{code.severity.value}.* {code.explanation}\n"
        + (f"\nWith `--accept {code.id}`: {code.accepting}\n" if code.accepting else "")
        for code in CODES.values()
    ]
    return "\n".join(parts)


def documents() -> dict[Path, str]:
    """What each generated document should hold."""
    path = DOCS / "language.md"
    return {
        path: language(path.read_text(encoding="utf-8")),
        DOCS / "diagnostics.md": diagnostics(),
        **pages(),
        **layout_page(),
        **reform_pictures(),
    }


def main() -> int:
    """Write the documents, or check them."""
    stale = [
        path
        for path, text in documents().items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    if "--check" in sys.argv:
        for path in stale:
            sys.stderr.write(f"{path.name} is not up to date: run `make docs`\n")
        return 1 if stale else 0
    for path in stale:
        path.write_text(documents()[path], encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
