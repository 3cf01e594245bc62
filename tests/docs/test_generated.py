"""The generated parts of the documents are those of the program."""

from __future__ import annotations

import subprocess
import sys

from tests.docs.documents import PROJECT


def test_generated_documents_are_up_to_date() -> None:
    script = PROJECT / "tools" / "generate_docs.py"
    finished = subprocess.run(
        [sys.executable, str(script), "--check"], check=False, capture_output=True, text=True
    )
    assert finished.returncode == 0, finished.stderr
