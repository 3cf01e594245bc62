"""The allocation as a workbook that calculates, and that can be read, filtered and printed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from formula_funding.export.allocation_workbook.cells import Sheet, sheet_reference
from formula_funding.export.allocation_workbook.charts import write_charts
from formula_funding.export.allocation_workbook.checks import checks
from formula_funding.export.allocation_workbook.cover import cover
from formula_funding.export.allocation_workbook.explanation import explanation
from formula_funding.export.allocation_workbook.figures import figures
from formula_funding.export.allocation_workbook.instalments import instalments
from formula_funding.export.allocation_workbook.ledger import ledger_sheet
from formula_funding.export.allocation_workbook.leftovers import excluded, held
from formula_funding.export.allocation_workbook.lines import lines
from formula_funding.export.allocation_workbook.notes import notes
from formula_funding.export.allocation_workbook.properties import (
    file_hashes,
    program,
    set_properties,
)
from formula_funding.export.allocation_workbook.record import Record, RecordedSheet
from formula_funding.export.allocation_workbook.schools import schools
from formula_funding.export.allocation_workbook.sheet_writer import SheetWriter
from formula_funding.export.allocation_workbook.statement import statement
from formula_funding.export.allocation_workbook.styles import Styles
from formula_funding.export.allocation_workbook.summary import summary
from formula_funding.export.allocation_workbook.workings import Workings
from formula_funding.export.workbook_file import workbook_file
from formula_funding.language.labels import Labels
from formula_funding.pipeline import Run


def write_workbook(run: Run, path: Path, language: str) -> None:
    """Write the workbook. Its bytes depend on the run alone; texts never become formulas."""
    with workbook_file(path, run.inputs.resources.folder, row_by_row=True) as book:
        _Book(run, book, language).write()


class _Book:
    """The sheets in their order, each written when what it reads is known."""

    def __init__(self, run: Run, book: Any, language: str) -> None:
        self._run = run
        self._book = book
        self._labels = Labels(run.allocation.plan, language)
        self._words = self._labels.words
        self._workings = Workings(run.allocation, run.evaluation, self._labels, run.inputs.progress)
        plan = run.allocation.plan
        footer = f"{plan.rulebook}, {self._words('version')} {plan.version}"
        self._writer = SheetWriter(book, Styles(book, run.allocation.places), footer)
        self._record = Record()
        self._sheets = {key: self._add(key) for key in self._keys()}

    def _add(self, key: str) -> RecordedSheet:
        name = self._words(key)
        return self._record.sheet(name, self._book.add_worksheet(name))

    def _keys(self) -> list[str]:
        """The sheets that come before those without formulas, which are known last."""
        allocation = self._run.allocation
        keys = ["cover", "summary", "charts", "statement_sheet", "lines", "explanation"]
        keys += ["schools", "figures"]
        keys += ["payments"] if allocation.plan.payment else []
        keys += ["checks"]
        keys += ["excluded"] if allocation.ledger.excluded else []
        return keys + (["ledger_title"] if allocation.ledger.students else [])

    def write(self) -> None:
        """Write every sheet; the explanation first, for the others tell where in it they stand."""
        workings, allocation = self._workings, self._run.allocation
        hashes = file_hashes(self._run)
        last_explained = self._table("explanation", explanation(workings))
        self._table("summary", summary(workings))
        self._table("lines", lines(workings))
        self._table("schools", schools(workings))
        self._table("figures", figures(workings, workings.formulas()))
        if allocation.plan.payment:
            self._table("payments", instalments(workings, allocation.plan.payment))
        self._table("checks", checks(workings, last_explained))
        if "excluded" in self._sheets:
            self._table("excluded", excluded(workings))
        if "ledger_title" in self._sheets:
            ledger = ledger_sheet(allocation.ledger, allocation.register, self._words)
            self._table("ledger_title", ledger)
        self._writer.form(self._sheets["statement_sheet"], statement(workings, last_explained))
        self._charts()
        if workings.held:
            self._sheets["held_cells"] = self._add("held_cells")
            self._table("held_cells", held(workings))
        others = [key for key in self._sheets if key != "cover"]
        self._writer.form(self._sheets["cover"], cover(workings, others, hashes, program()))
        self._sheets["cover"].activate()
        record = self._book.add_worksheet(self._words("record"))
        about = self._words("about_record")
        told = notes(allocation, self._labels)
        self._record.write(record, about, told, allocation.places)
        set_properties(self._book, self._labels, hashes)

    def _table(self, key: str, sheet: Sheet) -> int:
        """Write a table; returns the number of its last row."""
        self._head(key)
        for name, cell in sheet.names.items():
            self._record.name(name, f"{sheet_reference(sheet.name)}!{cell}")
        return self._writer.table(self._sheets[key], sheet)

    def _charts(self) -> None:
        self._head("charts")
        write_charts(self._workings, self._book, self._sheets["charts"])
        self._writer.set_up_pages(self._sheets["charts"])

    def _head(self, key: str) -> None:
        labels = self._labels
        title = f"{self._words(key)}: {labels.plan.title.in_language(labels.language)}"
        title = ", ".join(part for part in (title, labels.when, labels.measure) if part)
        told = notes(self._run.allocation, labels)
        self._writer.head(self._sheets[key], title, told, self._words("cover"))
