"""The nation's formula in OpenFisca-core: students are persons, schools a group.

Vectorised in both writings, amounts in its own single precision. The plain writing has an amount of
each student for each line, as OpenFisca's own countries write it; pandas reads the roster, and
OpenFisca takes the words and joins students to schools. In the fast one DuckDB gives words as their
places in an enumeration, which is the quickest way in, a school's students are counted by masks,
and the join is set by hand.
"""

# mypy: ignore-errors

from __future__ import annotations

import duckdb
import numpy
from openfisca_core.entities import Entity, GroupEntity
from openfisca_core.indexed_enums import Enum, EnumArray
from openfisca_core.parameters import ParameterNode
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import Simulation, SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

from benchmarks import nation_measures as facts
from benchmarks.nation_in_duckdb import source

PERIOD = "2025"
AMOUNTS = {
    "site": facts.SITE,
    "small": facts.SMALL,
    "concentration": facts.CONCENTRATION,
    "threshold": facts.THRESHOLD,
    "minimum": facts.MINIMUM,
}
student = Entity("student", "students", "A student", "")
school = GroupEntity(
    "school", "schools", "A school", "", roles=[{"key": "pupil", "plural": "pupils"}]
)
ENUMS = {
    name: Enum(f"{name}_words", list(words))
    for name, words in (facts.ATTRIBUTES | {"area": facts.AREAS}).items()
}


def calculated(roster: str, schools: str, out: str, *, plainly: bool = False) -> None:
    """Read into arrays, calculate each line, write Parquet."""
    simulation, ids = _simulation(roster, schools, plainly)
    besides = ("tiers", "lump", "sites_line", "small", "concentration", "minimum_line")
    names = [*facts.measures(), *besides]
    found = {name: simulation.calculate(name, PERIOD) for name in names}
    result = {"school_number": ids} | found  # noqa: F841  # DuckDB reads it by its name
    duckdb.execute(
        f"COPY (SELECT lpad(school_number::VARCHAR, 6, '0') AS school_id, * EXCLUDE "
        f"(school_number) FROM result) TO '{out}' (FORMAT parquet)"
    )


def _simulation(roster: str, schools: str, plainly: bool) -> tuple[Simulation, numpy.ndarray]:
    """A simulation with all students as its input, and the numbers of its schools."""
    students = _students_plainly(roster) if plainly else _students(roster)
    register = duckdb.execute(
        "SELECT school_id::INTEGER AS school, sites::INTEGER AS sites, "
        f"{_codes({'area': facts.AREAS})} "
        f"FROM read_csv('{schools}', all_varchar = true) ORDER BY 1"
    ).fetchnumpy()
    attended = students.pop("school")
    ids, owners = numpy.unique(attended, return_inverse=True)
    rows = numpy.searchsorted(register.pop("school"), ids)
    builder, rules = SimulationBuilder(), _system(plainly)
    builder.create_entities(rules)
    builder.declare_person_entity("student", numpy.arange(len(owners)))
    group = builder.declare_entity("school", ids)
    if plainly:
        builder.join_with_persons(group, attended, numpy.zeros(len(owners), dtype=numpy.int8))
    else:
        group.members_entity_id = owners
    simulation = builder.build(rules)
    cells = students | {name: column[rows] for name, column in register.items()}
    for name, column in cells.items():
        coded = name in ENUMS and not (plainly and name in facts.ATTRIBUTES)
        simulation.set_input(name, PERIOD, EnumArray(column, ENUMS[name]) if coded else column)
    return simulation, ids


def _students_plainly(roster: str) -> dict[str, numpy.ndarray]:
    """Arrays of words and numbers, by attribute; pandas reads them."""
    from benchmarks.nation_in_pandas import read_plainly

    frame = read_plainly(roster)
    students = {"school": frame["school_id"].astype(int).to_numpy()}
    students["grade"] = frame["grade"].to_numpy()
    return students | {name: frame[name].to_numpy(dtype=str) for name in facts.ATTRIBUTES}


def _students(roster: str) -> dict[str, numpy.ndarray]:
    """Arrays of numbers, by attribute; DuckDB reads them."""
    return duckdb.execute(
        f"SELECT school_id::INTEGER AS school, grade::INTEGER AS grade, {_codes(facts.ATTRIBUTES)} "
        f"FROM {source(roster)}"
    ).fetchnumpy()


def _codes(words_of: dict[str, tuple[str, ...]]) -> str:
    """Each word as its place among the words."""
    parts = []
    for name, words in words_of.items():
        cases = " ".join(f"WHEN '{word}' THEN {code}" for code, word in enumerate(words))
        parts.append(f"(CASE {name} {cases} END)::UTINYINT AS {name}")
    return ", ".join(parts)


def _system(plainly: bool) -> TaxBenefitSystem:
    """The rules: inputs, a variable for each line, and the rates as parameters."""
    system = TaxBenefitSystem([student, school])
    system.add_variables(
        _variable("grade", student, value_type=int),
        _variable("sites", school, value_type=int),
        *(_words(name, school if name == "area" else student) for name in ENUMS),
        *(
            variable
            for name, (condition, _) in facts.measures().items()
            for variable in (_plain_measure if plainly else _measure)(name, condition)
        ),
        _variable("highest_tier", student, _highest_tier),
        _variable("tiers", school, _tiers),
        _variable("pupils", school, _pupils, value_type=int),
        _variable("lump", school, _lump),
        _variable("sites_line", school, _sites_line),
        _variable("small", school, _small),
        _variable("concentration", school, _concentration),
        _variable("minimum_line", school, _minimum_line),
    )
    rates = {name: rate for name, (_, rate) in facts.measures().items()}
    data = {"rates": rates, "tiers": facts.TIERS, "lump": facts.LUMP, "amounts": AMOUNTS}
    system.parameters = ParameterNode("", data=_dated(data))
    return system


def _dated(data: dict) -> dict:
    """Every figure with the day since when it holds, as OpenFisca wants it."""
    return {
        name: _dated(value)
        if isinstance(value, dict)
        else {"values": {f"{PERIOD}-01-01": float(value)}}
        for name, value in data.items()
    }


def _variable(name, entity, formula=None, value_type=float, **more):
    """A variable of a year; an input if it has no formula."""
    fields = {"value_type": value_type, "entity": entity, "definition_period": DateUnit.YEAR}
    calculated = {"formula": formula} if formula else {}
    return type(name, (Variable,), fields | calculated | more)


def _words(name, entity):
    words = ENUMS[name]
    first = next(iter(words))
    return _variable(name, entity, value_type=Enum, possible_values=words, default_value=first)


def _holds(students, condition):
    """Whether each student meets the condition; `students` gives the cells of an attribute."""
    parts = []
    for attribute, is_ in condition.items():
        cells = students(attribute)
        if isinstance(is_, str):
            parts.append(cells == ENUMS[attribute][is_])
        elif is_[0] == is_[1]:
            parts.append(cells == is_[0])
        else:
            parts.append((cells >= is_[0]) & (cells <= is_[1]))
    return numpy.logical_and.reduce(parts)


def _measure(name, condition):
    """How many students of a school meet the condition, times the rate."""

    def formula(schools, period, parameters):
        counted = schools.sum(_holds(lambda a: schools.members(a, period), condition))
        return (counted * parameters(period).rates[name]).round(2)

    return [_variable(name, school, formula)]


def _plain_measure(name, condition):
    """What each student brings, and the sum of it for a school."""

    def brought(students, period, parameters):
        holds = _holds(lambda a: students(a, period), condition)
        return numpy.where(holds, parameters(period).rates[name], 0)

    def formula(schools, period):
        return schools.sum(schools.members(f"{name}_brought", period)).round(2)

    return [_variable(f"{name}_brought", student, brought), _variable(name, school, formula)]


def _highest_tier(students, period, parameters):
    tiers = parameters(period).tiers
    brought = [
        numpy.array([tiers[attribute][word] for word in rates], dtype=numpy.float32)[
            students(attribute, period).view(numpy.ndarray)
        ]
        for attribute, rates in facts.TIERS.items()
    ]
    return numpy.maximum.reduce(brought)


def _tiers(schools, period):
    return schools.sum(schools.members("highest_tier", period)).round(2)


def _pupils(schools, _period):
    return schools.nb_persons()


def _lump(schools, period, parameters):
    return parameters(period).lump[schools("area", period)]


def _sites_line(schools, period, parameters):
    return (parameters(period).amounts.site * schools("sites", period)).round(2)


def _small(schools, period, parameters):
    ramp = ((schools("pupils", period) - facts.SMALL_FROM) / facts.TAPER).clip(0, 1)
    return (parameters(period).amounts.small * (1 - ramp)).round(2)


def _concentration(schools, period, parameters):
    given = parameters(period).amounts
    words = ENUMS["deprivation"]
    level = schools.members("deprivation", period)
    deprived = schools.sum((level == words["middle"]) | (level == words["high"]))
    over = (deprived - given.threshold * schools("pupils", period)).clip(0)
    return (given.concentration * over).round(2)


def _minimum_line(schools, period, parameters):
    names = [*facts.measures(), "tiers", "lump", "sites_line", "small", "concentration"]
    before = sum(schools(name, period).astype(numpy.float64) for name in names)
    lacking = parameters(period).amounts.minimum * schools("pupils", period) - before
    return lacking.clip(0).round(2)
