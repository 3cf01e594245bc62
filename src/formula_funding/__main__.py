"""The command `funding` as a process of its own, which can be asked to end at any moment.

Before it can be, hardly anything is imported; the commands are afterwards.
"""

from __future__ import annotations

import os
import sys

from formula_funding.cli.interrupts import INTERRUPTED, end_when_asked, tell


def program() -> None:
    """Run the command line and end the process.

    One that is done ends at once: Python would take every object apart, in which a signal gives
    another exit code, and the system frees all memory anyway.
    """
    end_when_asked()
    try:
        from formula_funding.sources.temporary import remove_all

        end_when_asked(remove_all)
        from formula_funding.cli.app import main

        main()
    except KeyboardInterrupt:
        tell()
        sys.exit(INTERRUPTED)
    except SystemExit as ended:
        if isinstance(ended.code, int | None) and _is_all_said():
            remove_all()
            os._exit(ended.code or 0)
        raise


def _is_all_said() -> bool:
    """Whether both streams could be written to their ends."""
    try:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
    except OSError:
        return False
    return True


if __name__ == "__main__":
    program()
