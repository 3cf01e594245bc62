"""What Spark is asked to do: on a cluster each query costs a second, however little it counts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from formula_funding.diagnostics.problem import Problems
from formula_funding.read.roster import Roster, open_roster
from formula_funding.rules.layout import Layout
from formula_funding.sources.workspace import Workspace
from formula_funding.tally.engines import engine
from tests import spark
from tests.text_attribute import text_attribute

NAMES = ("grade", "need", "home")
ROWS = [f"s{i},{i % 3},{i % 5},{'x' * (i % 2)},{i % 7}" for i in range(60)]


def test_more_cuts_are_counted_in_no_more_queries(tmp_path: Path) -> None:
    spark.needs_spark()
    path = tmp_path / "roster.csv"
    path.write_text("\n".join([",".join(("student_id", "school_id", *NAMES)), *ROWS]))
    attributes = [text_attribute(name) for name in NAMES]
    with Workspace() as workspace:
        roster = open_roster([path], Layout().roster, attributes, Problems(), workspace)
        cuts = ((), ("grade",), ("need",), ("grade", "need"), NAMES)
        assert _jobs(lambda: _count(roster, *cuts)) == _jobs(lambda: _count(roster, ("grade",))) > 0


def _count(roster: Roster, *cuts: tuple[str, ...]) -> None:
    tally = engine("spark", spark.MASTER).tally(roster, cuts, ("grade",))
    assert [sum(tally.cuts[cut].students) for cut in cuts] == [len(ROWS)] * len(cuts)


def _jobs(action: Callable[[], None]) -> int:
    """The number of jobs that Spark ran for an action."""
    from formula_funding.tally.spark_session import spark_session

    context = spark_session(spark.MASTER).sparkContext
    group = uuid4().hex
    context.setJobGroup(group, "counted by a test")
    try:
        action()
    finally:
        context.setLocalProperty("spark.jobGroup.id", "")
    return len(context.statusTracker().getJobIdsForGroup(group))
