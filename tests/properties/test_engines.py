"""Every engine and the judge find the same amounts, and the explanation gives them again."""

from __future__ import annotations

from fractions import Fraction
from functools import partial

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from formula_funding.judge.evaluate import NoSuchNumberError
from tests.properties.budget import worlds_tried
from tests.properties.retold import TOLD, amounts
from tests.properties.running import NO_AMOUNT, codes_raised, document_of, files_of, replayed
from tests.properties.worlds import World, worlds


@worlds_tried(50)
@given(st.one_of(TOLD))
def test_engines_and_judge_find_the_same_amounts_or_that_there_are_none(
    world: World,
) -> None:
    with files_of(world) as files:
        codes = codes_raised(lambda: files.run(engine="plain"))
        assert set(codes) <= NO_AMOUNT
        if codes:
            event(" ".join(codes))
            for engine in ("auto", "duckdb"):
                assert codes_raised(partial(files.run, engine=engine)) == codes
            plan = files.plan()
            for figure in plan.solved:
                plan = plan.with_value(figure.name, Fraction(1))
            with pytest.raises(NoSuchNumberError):
                files.judged(plan)
            return
        plain = files.run(engine="plain")
        assert amounts(plain) == files.judged(plain.allocation.plan)
        for engine in ("auto", "duckdb"):
            fast = files.run(engine=engine)
            assert amounts(fast) == amounts(plain)
            assert document_of(fast) == document_of(plain)


@worlds_tried(50)
@given(st.one_of(TOLD))
def test_the_explanation_alone_gives_every_amount_again(world: World) -> None:
    with files_of(world) as files:
        assert replayed(document_of(files.run_if_money_exists())) == []


@worlds_tried(20)
@given(worlds())
def test_lines_add_up_to_schools_and_schools_to_the_total(world: World) -> None:
    with files_of(world) as files:
        found = document_of(files.run_if_money_exists())
    together = Fraction(0)
    for school in found["schools"]:
        total = sum((Fraction(line["amount"]) for line in school["lines"]), Fraction(0))
        assert Fraction(school["total"]) == total
        together += total
    assert Fraction(found["total"]) == together
    for explained, listed in zip(found["explanation"]["schools"], found["schools"], strict=True):
        assert explained["total"] == listed["total"]
        for line in explained["lines"]:
            groups = line.get("groups")
            if groups is not None:
                amounts = [Fraction(group["amount"]) for group in groups]
                assert sum(amounts, Fraction(0)) == Fraction(line["unrounded"])
                for group in groups:
                    product = group["students"] * Fraction(group["rate"])
                    assert product == Fraction(group["amount"])
