"""Whatever a rulebook says can be shown to a reader, in both languages, with its figures."""

from __future__ import annotations

import io
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from formula_funding.cli.allocation_table import show_allocation
from formula_funding.cli.statement import show_statement
from formula_funding.exact.number_text import units_text
from formula_funding.explain.explanation_from_allocation import Explainer
from formula_funding.export.allocation_workbook.cells import shown
from formula_funding.export.allocation_workbook.explanation import explanation
from formula_funding.export.allocation_workbook.lines import lines
from formula_funding.export.allocation_workbook.summary import summary
from formula_funding.export.allocation_workbook.workings import Workings
from formula_funding.language.labels import Labels
from formula_funding.language.numbers import localised
from formula_funding.language.words import LANGUAGES
from tests.properties.budget import worlds_tried
from tests.properties.running import files_of
from tests.properties.worlds import World, worlds


@worlds_tried(14)
@given(worlds(), st.sampled_from(LANGUAGES))
def test_the_statement_the_table_and_the_workbook_show_every_amount(
    world: World, language: str
) -> None:
    with files_of(world) as files:
        finished = files.run_if_money_exists()
    allocation = finished.allocation
    explainer = Explainer(allocation, finished.evaluation)
    table, statements = io.StringIO(), io.StringIO()
    show_allocation(allocation, language, Console(file=table, width=400))
    labels = Labels(allocation.plan, language)
    workings = Workings(allocation, finished.evaluation, labels)
    assert list(explanation(workings).rows)
    assert len(list(lines(workings).rows)) == len(allocation.register.ids) * len(allocation.lines)
    *schools, _ = zip(*summary(workings).rows, strict=True)
    totals = schools[-1]
    for index, total in enumerate(allocation.school_totals):
        screen = Console(file=statements, width=400)
        show_statement(explainer.school(index), allocation.plan, language, screen)
        text = units_text(total, allocation.places)
        assert localised(text, language) in statements.getvalue()
        assert localised(text, language) in table.getvalue()
        assert Decimal(str(shown(totals[index]))) == Decimal(text)
