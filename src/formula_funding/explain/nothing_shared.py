"""Whether 0 ÷ 0 occurred in what was computed, and counted as 0."""

from __future__ import annotations

from collections.abc import Iterable

from formula_funding.allocate.evaluation import Evaluation, StudentGroups
from formula_funding.allocate.units import Units, value_at
from formula_funding.formula.functions import CONDITIONAL
from formula_funding.formula.kinds import Level
from formula_funding.formula.tree import (
    SCHOOLS,
    Aggregate,
    Call,
    Name,
    Operation,
    Tree,
    walk,
)
from formula_funding.model.plan import Banding, Calculation


class NothingShared:
    """Finds it in formulas, in the definitions that they read and in what they add up.

    Steps and other lines say it of themselves, and so do other schools.
    """

    def __init__(self, evaluation: Evaluation) -> None:
        self._evaluation = evaluation
        self._dividing: dict[Tree, bool] = {}
        self._groups: dict[Aggregate, StudentGroups] = {}

    def of_school(self, tree: Tree, school: int) -> bool:
        """Whether it occurred in a formula of school number `school`."""
        return self._may(tree) and self._occurs(tree, self._evaluation.schools, school, school)

    def of_system(self, tree: Tree) -> bool:
        """Whether it occurred in a formula of the system."""
        return self._may(tree) and self._occurs(tree, self._evaluation.system, 0, None)

    def of_students(
        self, tree: Tree, groups: StudentGroups, school: int, rows: Iterable[int]
    ) -> bool:
        """Whether it occurred in a formula of the students of some rows of a school's groups."""
        return self._may(tree) and any(
            self._occurs(tree, groups.units, groups.unit[row], school)
            for row in rows
            if groups.table.students[row]
        )

    def _may(self, tree: Tree) -> bool:
        """Whether a formula divides at all, itself or in what it reads."""
        if tree not in self._dividing:
            plan = self._evaluation.plan
            read = (plan.item(name) for name in plan.reads([tree]))
            trees = [tree, *(item.tree for item in read if isinstance(item, Calculation))]
            self._dividing[tree] = any(
                isinstance(node, Operation) and node.operator == "/"
                for formula in trees
                for node in walk(formula)
            )
        return self._dividing[tree]

    def _occurs(self, tree: Tree, units: Units, index: int, school: int | None) -> bool:
        """`school` is the one whose students are added up in the formula."""
        seen: set[str] = set()

        def occurs(node: Tree) -> bool:
            parts: Iterable[Tree] = node.parts()
            match node:
                case Aggregate():
                    return school is not None and self._is_added_up(node, school)
                case Name(name):
                    parts = () if name in seen else self._definition(name)
                    seen.add(name)
                case Call(function, (condition, yes, no)) if function == CONDITIONAL:
                    parts = (condition, yes if value_at(units.keep(condition), index) else no)
                case Operation("/", operands):
                    if all(value_at(units.keep(operand), index) == 0 for operand in operands):
                        return True
            return any(occurs(part) for part in parts)

        return occurs(tree)

    def _definition(self, name: str) -> tuple[Tree, ...]:
        """What a definition of students is made of."""
        plan = self._evaluation.plan
        item = plan.item(name)
        if item is None or plan.level_of(name) is not Level.STUDENT:
            return ()
        if isinstance(item, Banding):
            return (Name(item.source),)
        return (item.tree,) if isinstance(item, Calculation) else ()

    def _is_added_up(self, aggregate: Aggregate, school: int) -> bool:
        """Whether it occurred in what an aggregate reads of a school's students."""
        if aggregate.units == SCHOOLS:
            return False
        if aggregate not in self._groups:
            parts = list(aggregate.parts())
            self._groups[aggregate] = self._evaluation.groups(parts, aggregate.units)
        groups, where = self._groups[aggregate], aggregate.where
        rows = groups.table.rows_by_school.get(school, ())
        if where is not None:
            if self.of_students(where, groups, school, rows):
                return True
            holds = groups.units.keep(where)
            rows = [row for row in rows if value_at(holds, groups.unit[row]) is True]
        return any(self.of_students(part, groups, school, rows) for part in aggregate.arguments)
