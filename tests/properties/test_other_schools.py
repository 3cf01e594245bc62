"""What schools read of each other, by random ids: by all engines, by the judge, and by replay."""

from __future__ import annotations

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from formula_funding.judge.evaluate import NoSuchNumberError
from tests.properties.budget import worlds_tried
from tests.properties.retold import amounts
from tests.properties.running import NO_AMOUNT, codes_raised, document_of, files_of, replayed
from tests.properties.worlds import World

RULEBOOK = """\
rulebook: random
title: Schools that read each other
currency: RUB
students: {{stage: [a, b]}}
schools:
  host: text
  county: [one, two]
  paid_by: [one, two]
  enrolled: count
  zero: count
  far: truth
define:
  size:
    from: enrolled
    bands:
      2024-01-01: {{small: ..<3, large: 3..}}
      2025-01-01: {{small: ..<2, middle: 2..<5, large: 5..}}
  chosen: if(far, county, paid_by)
  strange: if(enrolled / zero > 1, "one", if(far, "two", county))
parameters:
  coin: {{kind: money, value: 1}}
  rate:
    kind: money
    by: [size, county]
    values:
      2024-01-01: {{small: {{one: 1, two: 2}}, large: {{one: 3, two: 4}}}}
      2025-01-01:
        {{small: {{one: 5, two: 6}}, middle: {{one: 7, two: 8}}, large: {{one: 9, two: 10}}}}
steps:
  hosts: count(schools by school_id = host)
lines:
  first: {{title: First, for: each school, amount: "{first}"}}
  second: {{title: Second, for: each school, amount: "{second}"}}
  third: {{title: Third, for: each student, amount: "{first}"}}
"""
FORMULAS = (
    "if(hosts = 0, coin, coin * only(enrolled of schools by school_id = host))",
    "coin * only(enrolled of schools by school_id = host)",
    "coin * only(enrolled of schools by county, far)",
    "coin * sum(enrolled of schools by host = school_id)",
    "coin * count(schools where enrolled > 2 by county = paid_by, far)",
    "coin * max(enrolled of schools by county = strange)",
    "coin * median(enrolled of schools where not far by chosen = county)",
    "coin * sum(enrolled of schools by strange = county)",
    "coin * rank(enrolled, zero, -hosts of schools by chosen)",
    "coin * count(schools by strange)",
    "rate[size, chosen]",
    "rate[size, if(hosts = 0, one, county)] * if(strange = two, 2, 3)",
    "largest_remainder(coin * zero, 2, enrolled of schools where far by county)",
)
IDS = ("s1", "s2", "s3", "s4", "elsewhere")


@st.composite
def worlds_of_schools(draw: st.DrawFn) -> World:
    """Up to four schools that name each other, or one that there is not."""
    numbers = st.integers(0, 6)
    counties = st.sampled_from(["one", "two"])
    truths = st.sampled_from(["yes", "no"])
    schools = tuple(
        {
            "school_id": school,
            "host": draw(st.sampled_from(IDS)),
            "county": draw(counties),
            "paid_by": draw(counties),
            "enrolled": str(draw(numbers)),
            "zero": str(draw(st.sampled_from([0, 1, 1, 2]))),
            "far": draw(truths),
        }
        for school in IDS[: draw(st.integers(1, 4))]
    )
    first, second = draw(st.sampled_from(FORMULAS)), draw(st.sampled_from(FORMULAS))
    as_of = draw(st.sampled_from(["2024-05-01", "2025-01-01", "2024-09..2025-08"]))
    rulebook = RULEBOOK.format(first=first, second=second) + f"as_of: {as_of}\n"
    students = ({"school_id": "s1", "stage": "a"}, {"school_id": "s1", "stage": "b"})
    return World(rulebook, schools, students, None, ("first", "second", "third"))


@worlds_tried(40)
@given(worlds_of_schools())
def test_schools_read_each_other_alike_by_every_way(world: World) -> None:
    with files_of(world) as files:
        codes = codes_raised(files.run)
        assert set(codes) <= NO_AMOUNT
        if codes:
            event(" ".join(codes))
            with pytest.raises(NoSuchNumberError):
                files.judged(files.plan())
            return
        finished = files.run()
        assert amounts(finished) == files.judged(finished.allocation.plan)
        assert replayed(document_of(finished)) == []
