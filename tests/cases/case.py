"""A case: a rulebook, its data and what must come of them, in one small YAML file.

Every scalar of a case is text, so that `100.00` is compared as it is printed. README.md beside
this file tells the fields.
"""

from __future__ import annotations

import csv
import shlex
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

FOLDER = Path(__file__).parent
_INPUTS = {
    "rulebook": "rulebook.yaml",
    "roster": "roster.csv",
    "schools": "schools.csv",
    "layout": "layout.yaml",
}
_FIELDS = {
    "good": {
        *("claim", *_INPUTS, "files", "options", "warnings", "encoding"),
        *("gives", "total", "ledger", "prints"),
    },
    "bad": {
        *("claim", *_INPUTS, "files", "options", "command", "encoding"),
        *("exit", "problems", "prints", "stdout"),
    },
}


def case_files(kind: str) -> list[Path]:
    """The case files of a kind, `good` or `bad`."""
    return sorted((FOLDER / kind).glob("*/*.yaml"))


def name_of(file: Path) -> str:
    """`bands/holes` for .../bad/bands/holes.yaml."""
    return f"{file.parent.name}/{file.stem}"


class Case:
    """One case file."""

    def __init__(self, file: Path) -> None:
        loader = YAML(typ="base", pure=True)
        self.fields: dict[str, Any] = loader.load(file)
        unknown = set(self.fields) - _FIELDS[file.parent.parent.name]
        assert not unknown, f"{file}: unknown fields {unknown}"

    def write(self, folder: Path) -> None:
        """Write the inputs as files."""
        encodings = self.fields.get("encoding", {})
        texts = {name: self.fields[key] for key, name in _INPUTS.items() if key in self.fields}
        for name, text in (texts | self.fields.get("files", {})).items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(text.encode(encodings.get(name, "utf-8")))

    @property
    def command(self) -> list[str]:
        """The command line without `funding`."""
        if "command" in self.fields:
            return shlex.split(self.fields["command"])
        return ["compute", *self.inputs]

    @property
    def inputs(self) -> list[str]:
        """The input files and options, as `compute`, `explain` and `check` take them."""
        words = [name for key, name in _INPUTS.items() if key in ("rulebook", "roster")]
        if "roster" not in self.fields:
            words.remove("roster.csv")
        if "schools" in self.fields:
            words += ["--schools", "schools.csv"]
        return words + shlex.split(self.fields.get("options", ""))

    @property
    def student_ids(self) -> list[str]:
        """The ids of the students, which no output may show."""
        rows = csv.DictReader(self.fields.get("roster", "").splitlines())
        return [row["student_id"] for row in rows if row.get("student_id")]
