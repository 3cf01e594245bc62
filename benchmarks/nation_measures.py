"""The nation's formula as facts: conditions on students with a rate each, and what schools get.

From them are written the rulebook (`rulebook_text`) and the hand-written queries of contenders, so
that all compute the same 38 lines.
"""

from __future__ import annotations

ATTRIBUTES = {
    "shift": ("first", "second"),
    "language": ("main", "minority", "bilingual"),
    "need": ("none", "speech", "learning", "severe"),
    "deprivation": ("none", "low", "middle", "high"),
    "newcomer": ("no", "yes"),
    "home": ("family", "care", "boarding"),
    "meals": ("none", "part", "full"),
    "stayed": ("no", "yes"),
}
AREAS = ("city", "town", "village")
STAGES = {"primary": (1, 4), "basic": (5, 9), "upper": (10, 11)}
WORDS = {
    "language": {"minority": "151.15", "bilingual": "252.27"},
    "meals": {"part": "88.83", "full": "177.61"},
    "newcomer": {"yes": "333.33"},
    "home": {"care": "909.09", "boarding": "777.77"},
    "shift": {"second": "12.34"},
    "stayed": {"no": "45.67"},
}
TIERS = {
    "deprivation": {"none": "0", "low": "111.11", "middle": "222.22", "high": "444.44"},
    "home": {"family": "0", "care": "400.05", "boarding": "300.03"},
    "newcomer": {"no": "0", "yes": "250.25"},
}
"""A student brings the highest of three rates: the line `tiers`."""
LUMP = {"city": "50000.55", "town": "60000.66", "village": "70000.77"}
SITE, SMALL, SMALL_FROM, SMALL_TO = "12345.67", "98765.43", 100, 400
TAPER = SMALL_TO - SMALL_FROM
"""The addition for small schools goes down to nothing over so many students."""
CONCENTRATION, THRESHOLD, MINIMUM = "321.09", "0.2", "2100.10"

Condition = dict[str, str | tuple[int, int]]
"""What a student's attributes must be: a word, or a grade from … to …"""


def measures() -> dict[str, tuple[Condition, str]]:
    """The lines that pay a rate for each student of a condition."""
    found: dict[str, tuple[Condition, str]] = {}
    for i, (stage, span) in enumerate(STAGES.items()):
        found[f"base_{stage}"] = ({"grade": span}, f"{1478 + 190 * i}.35")
        for j, need in enumerate(("speech", "learning", "severe")):
            rate = f"{213 * (j + 1) ** 2 + 31 * i}.4{j}"
            found[f"{need}_{stage}"] = ({"grade": span, "need": need}, rate)
    for grade in range(1, 12):
        found[f"books_{grade}"] = ({"grade": (grade, grade)}, f"{10 + grade}.{grade:02}")
    for attribute, rates in WORDS.items():
        for word, rate in rates.items():
            found[f"{attribute}_{word}"] = ({attribute: word}, rate)
    return found


def rulebook_text() -> str:
    """The formula as a rulebook."""
    attributes = [f"  {name}: [{', '.join(words)}]" for name, words in ATTRIBUTES.items()]
    parameters, lines = [], []
    for name, (condition, rate) in measures().items():
        parameters.append(f"  rate_{name}: {{kind: money, value: {rate}}}")
        when = " and ".join(
            f"{attribute} = {word}"
            if isinstance(word, str)
            else f"{attribute} in {word[0]}..{word[1]}"
            for attribute, word in condition.items()
        )
        lines.append(
            f"  {name}: {{title: {name}, for: each student, when: {when}, amount: rate_{name}}}"
        )
    for attribute, rates in TIERS.items():
        values = ", ".join(f"{word}: {rate}" for word, rate in rates.items())
        parameters.append(
            f"  tier_{attribute}: {{kind: money, by: {attribute}, "
            f"values: {{2025-01-01: {{{values}}}}}}}"
        )
    tiers = ", ".join(f"tier_{attribute}[{attribute}]" for attribute in TIERS)
    values = ", ".join(f"{word}: {rate}" for word, rate in LUMP.items())
    before = " + ".join([*measures(), "tiers", "lump", "sites_line", "small", "concentration"])
    return f"""\
rulebook: benchmark-nation
title: A nation
currency: EUR
students:
  grade: 1..11
{chr(10).join(attributes)}
schools:
  area: [{", ".join(AREAS)}]
  sites: {{kind: count, whole: true}}
parameters:
{chr(10).join(parameters)}
  lump_sum: {{kind: money, by: area, values: {{2025-01-01: {{{values}}}}}}}
  site: {{kind: money, value: {SITE}}}
  small_school: {{kind: money, value: {SMALL}}}
  concentrated: {{kind: money, value: {CONCENTRATION}}}
  threshold: {{kind: ratio, value: {THRESHOLD}}}
  minimum: {{kind: money, value: {MINIMUM}}}
steps:
  pupils: count(students)
  deprived: count(students where deprivation in [middle, high])
lines:
{chr(10).join(lines)}
  tiers: {{title: Tiers, for: each student, amount: "max({tiers})"}}
  lump: {{title: Lump sum, for: each school, amount: "lump_sum[area]"}}
  sites_line: {{title: Sites, for: each school, amount: site * sites}}
  small:
    title: Small
    for: each school
    amount: small_school * (1 - ramp(pupils, {SMALL_FROM}, {SMALL_TO}))
  concentration:
    title: Concentration
    for: each school
    amount: concentrated * max(0, deprived - threshold * pupils)
  minimum_line:
    title: Minimum
    for: each school
    amount: max(0, minimum * pupils - ({before}))
"""
