"""The same formula in OpenFisca: `python scenarios_in_openfisca.py ROSTER.csv SCENARIOS`.

Prints the seconds of calculating the scenarios, those with building the simulations, and the
total of each scenario in kopecks. Each is a simulation of its own, as a changed parameter asks
for. The reading of the roster is not timed.
"""

# OpenFisca names a variable by its class and calls a formula on the entity.
# ruff: noqa: N801, N805
# mypy: ignore-errors

from __future__ import annotations

import csv
import sys
import time
from pathlib import Path

import numpy
from openfisca_core.entities import Entity, GroupEntity
from openfisca_core.parameters import ParameterNode
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import Simulation, SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

PERIOD = "2025"
STAGES = ("primary", "basic", "upper")
RATES = {"primary": 160300, "basic": 184600, "upper": 190100}
COEFFICIENTS = {"none": 0, "special": 1, "motor": 2}

student = Entity("student", "students", "A student", "")
school = GroupEntity(
    "school", "schools", "A school", "", roles=[{"key": "pupil", "plural": "pupils"}]
)


class grade(Variable):
    value_type = int
    entity = student
    definition_period = DateUnit.YEAR


class coefficient(Variable):
    value_type = float
    entity = student
    definition_period = DateUnit.YEAR


class base(Variable):
    value_type = float
    entity = student
    definition_period = DateUnit.YEAR

    def formula(students, period, parameters):
        norm = parameters(period).norm
        years = students("grade", period)
        return numpy.select(
            [years <= 4, years <= 9], [norm.primary, norm.basic], default=norm.upper
        )


class extra(Variable):
    value_type = float
    entity = student
    definition_period = DateUnit.YEAR

    def formula(students, period, parameters):
        return students("base", period) * students("coefficient", period)


class allocation(Variable):
    value_type = float
    entity = school
    definition_period = DateUnit.YEAR

    def formula(schools, period, parameters):
        amounts = schools.members("base", period) + schools.members("extra", period)
        # OpenFisca keeps single precision; the sum is asked for in double, to be fair to it.
        return schools.sum(amounts.astype(numpy.float64))


def system(rates: dict[str, float]) -> TaxBenefitSystem:
    """The rules with some rates."""
    made = TaxBenefitSystem([student, school])
    made.add_variables(grade, coefficient, base, extra, allocation)
    values = {name: {"values": {"2025-01-01": rate}} for name, rate in rates.items()}
    made.parameters = ParameterNode("", data={"norm": values})
    return made


def simulated(
    rules: TaxBenefitSystem,
    ids: numpy.ndarray,
    schools: numpy.ndarray,
    grades: numpy.ndarray,
    coefficients: numpy.ndarray,
) -> Simulation:
    """A simulation with all students as its input."""
    builder = SimulationBuilder()
    builder.create_entities(rules)
    builder.declare_person_entity("student", ids)
    names = numpy.unique(schools)
    owners = builder.declare_entity("school", names)
    builder.join_with_persons(owners, schools, numpy.array(["pupil"] * len(ids)))
    simulation = builder.build(rules)
    simulation.set_input("grade", PERIOD, grades)
    simulation.set_input("coefficient", PERIOD, coefficients)
    return simulation


def main() -> None:
    """Read the roster, then time the scenarios."""
    path, scenarios = Path(sys.argv[1]), int(sys.argv[2])
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    ids = numpy.arange(len(rows))
    schools = numpy.array([int(row["school_id"]) for row in rows])
    grades = numpy.array([int(row["grade"]) for row in rows])
    coefficients = numpy.array([COEFFICIENTS[row["needs"]] for row in rows], dtype=numpy.float32)
    calculating, totals = 0.0, []
    begin = time.perf_counter()
    for number in range(scenarios):
        rules = system({name: rate * (1 + number / 10_000) for name, rate in RATES.items()})
        simulation = simulated(rules, ids, schools, grades, coefficients)
        start = time.perf_counter()
        amounts = simulation.calculate("allocation", PERIOD)
        totals.append(float(amounts.astype(numpy.float64).sum()))
        calculating += time.perf_counter() - start
    told = (calculating, time.perf_counter() - begin, *(round(amount * 100) for amount in totals))
    sys.stdout.write(" ".join(map(str, told)))


if __name__ == "__main__":
    main()
