"""The result document is written school by school, and is the one that is made as a whole."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given

from formula_funding.diagnostics.problem import InvariantBrokenError
from formula_funding.explain import document as documents
from formula_funding.explain.document import document, document_text
from formula_funding.explain.explanation_from_allocation import Explainer
from formula_funding.pipeline import Inputs, Run, run
from tests.properties.budget import worlds_tried
from tests.properties.running import files_of
from tests.properties.worlds import World, worlds

NAMED_LIKE_ITS_KEYS = """\
rulebook: '"schools":['
title: '"schools": []'
currency: RUB
sources: {schools: {title: '"schools":[]', published: 2025-01-15}}
schools: {n: count, kind: ["schools", "[]"]}
parameters: {norm: {kind: money, value: 10, source: schools}}
lines: {explanation: {title: A, for: each school, amount: norm * n, codes: {schools: "[]"}}}
"""


def _are_the_same(finished: Run) -> bool:
    explainer = Explainer(finished.allocation, finished.evaluation)
    whole = json.dumps(document(finished.allocation, explainer), ensure_ascii=False, indent=1)
    return "".join(document_text(finished.allocation, explainer)) == whole + "\n"


@worlds_tried(12)
@given(worlds())
def test_the_text_is_that_of_the_whole_document(world: World) -> None:
    with files_of(world) as files:
        assert _are_the_same(files.run_if_money_exists())


def test_texts_that_look_like_parts_of_the_document_are_texts(tmp_path: Path) -> None:
    (tmp_path / "rulebook.yaml").write_text(NAMED_LIKE_ITS_KEYS, encoding="utf-8")
    (tmp_path / "schools.csv").write_text(
        'school_id,name,n,kind\na,"""schools"":[",1,[]\nb,"]\n }\n}",2,schools\n', encoding="utf-8"
    )
    finished = run(Inputs(tmp_path / "rulebook.yaml", (tmp_path / "schools.csv",)))
    assert _are_the_same(finished)


def test_a_document_that_its_explained_schools_do_not_end_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "rulebook.yaml").write_text(NAMED_LIKE_ITS_KEYS, encoding="utf-8")
    (tmp_path / "schools.csv").write_text("school_id,name,n,kind\na,A,1,[]\n", encoding="utf-8")
    finished = run(Inputs(tmp_path / "rulebook.yaml", (tmp_path / "schools.csv",)))
    explainer = Explainer(finished.allocation, finished.evaluation)
    content = documents._without_explained_schools(finished.allocation, explainer)
    for longer in (content | {"more": "]"}, content | {"more": {"list": ["a"]}}):
        monkeypatch.setattr(documents, "_without_explained_schools", lambda *_, c=longer: c)
        with pytest.raises(InvariantBrokenError, match="do not end the document"):
            list(document_text(finished.allocation, explainer))
