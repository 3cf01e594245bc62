"""What one more student does to a formula: sound, and refusing whatever it can't see.

Abstract interpretation over checked trees. Each value is an interval and a direction; a rule
holds for each two states of the data of which the second has one student, or one of a
register's count, more. Where both directions are possible, the cause is kept with its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import pairwise

from formula_funding.compile.directions import Cause, Direction, Trend, together
from formula_funding.exact.extent import NOT_NEGATIVE, Extent, largest, point, smallest
from formula_funding.formula.checking import written
from formula_funding.formula.functions import CONDITIONAL, FUNCTIONS
from formula_funding.formula.tree import (
    SCHOOL_ID,
    SCHOOLS,
    Aggregate,
    Call,
    Day,
    Lookup,
    Membership,
    Name,
    Number,
    Operation,
    Text,
    Tree,
)
from formula_funding.read.nodes_from_yaml import Path_

_ZERO = point(Fraction(0))
_SIGN_HINT = "say max(0, …), or give what it reads a range: {range: 0..}"
_OPPOSITE = {"=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_BY_VALUE = frozenset({"sum", "mean", "min", "max", "median", "kth_largest", "only"})
"""Aggregates that never fall when no unit's value falls and the units stay the same."""


@dataclass(frozen=True)
class Rates:
    """A keyed parameter: the values of each key, and the figures of each date under their keys."""

    key_values: tuple[tuple[str, ...], ...]
    versions: tuple[Mapping[tuple[str, ...], Fraction], ...]


@dataclass(frozen=True)
class Trends:
    """Evaluates formulas to trends.

    `names` has the trends of all names that stand before; `tables` the keyed parameters;
    `path` is the formula's place. `units_grow` says that there may be one more student or other
    unit; otherwise they stay, and only what `names` says of moves. `known` bounds parts as the
    conditions around them do.
    """

    names: Mapping[str, Trend]
    tables: Mapping[str, Rates]
    path: Path_ = ()
    units_grow: bool = True
    known: Mapping[Tree, Extent] = field(default_factory=dict)
    _found: dict[int, Trend] = field(default_factory=dict, init=False, repr=False)

    def of(self, tree: Tree) -> Trend:
        """The trend of any part of a checked formula."""
        if id(tree) not in self._found:
            trend = self._of(tree)
            if tree in self.known:
                trend = replace(trend, bounds=trend.bounds.meet(self.known[tree]))
            self._found[id(tree)] = _settled(trend)
        return self._found[id(tree)]

    def where(self, condition: Tree, *, holds: bool = True) -> Trends:
        """As this, for what is only computed where a condition holds (or does not)."""
        known = dict(self.known)
        for part, bounds in self._facts(condition, holds=holds):
            known[part] = known.get(part, Extent()).meet(bounds)
        return replace(self, known=known)

    def joined(
        self, tree: Tree, parts: Sequence[Trend], direction: Direction, bounds: Extent, *why: str
    ) -> Trend:
        """A trend made of parts; `why` and a hint are told where its direction is unknown."""
        reads = frozenset[str]().union(*(part.reads for part in parts))
        cause = next((part.cause for part in parts if part.cause is not None), None)
        if cause is not None:
            direction = Direction.UNKNOWN
        elif direction is Direction.UNKNOWN:
            cause = Cause(self.path, tree.span, why[0], why[1])
        return Trend(bounds, direction, reads, cause=cause)

    def _of(self, tree: Tree) -> Trend:
        match tree:
            case Number(value):
                return Trend(point(value))
            case Text() | Day():
                return Trend()
            case Name(name):
                return self.names[name]
            case Lookup():
                return self._lookup(tree)
            case Call():
                return self._call(tree)
            case Operation():
                return self._operation(tree)
            case Membership():
                return self._membership(tree)
            case Aggregate():
                return self._aggregate(tree)

    # operators

    def _operation(self, tree: Operation) -> Trend:
        operator = tree.operator
        parts = [self.of(operand) for operand in tree.operands]
        directions = [part.direction for part in parts]
        if operator in {"and", "or"}:
            return self.joined(
                tree,
                parts,
                together(*directions),
                Extent(),
                "some of the conditions may begin to hold and others cease to",
                "use conditions that all go one way",
            )
        if operator == "not":
            return self.joined(tree, parts, -directions[0], Extent())
        if operator in _OPPOSITE:
            return self._comparison(tree, *parts)
        if operator == "negative":
            return self.joined(tree, parts, -directions[0], -parts[0].bounds)
        left, right = parts[0], parts[-1]
        if operator == "+":
            return self._sum(tree, left, right, left.bounds + right.bounds)
        if operator == "-":
            turned = replace(right, direction=-right.direction)
            return self._sum(tree, left, turned, left.bounds + -right.bounds)
        if operator == "*":
            return self._product(tree, left, right)
        if operator == "/":
            return self._quotient(tree, left, right)
        return self._power(tree, left)

    def _sum(self, tree: Tree, left: Trend, right: Trend, bounds: Extent) -> Trend:
        return self.joined(
            tree,
            (left, right),
            together(left.direction, right.direction),
            bounds,
            "one part rises with one more student, the other takes away from it",
            "take nothing away that grows with the students",
        )

    def _product(self, tree: Tree, left: Trend, right: Trend) -> Trend:
        direction = together(
            _times_sign(left.direction, right.bounds), _times_sign(right.direction, left.bounds)
        )
        signed = all(_sign(part.bounds) is not None for part in (left, right))
        return self.joined(
            tree,
            (left, right),
            direction,
            left.bounds * right.bounds,
            "one factor rises and the other falls" if signed else "a factor may be negative",
            "multiply by what does not fall" if signed else _SIGN_HINT,
        )

    def _quotient(self, tree: Tree, left: Trend, right: Trend) -> Trend:
        """0 ÷ 0 is 0 and other divisions by 0 stop the run, so a divisor may begin at 0."""
        bounds = left.bounds / right.bounds
        sign = _sign(right.bounds)
        if sign is None:
            constant = together(left.direction, right.direction) is Direction.CONSTANT
            direction = Direction.CONSTANT if constant else Direction.UNKNOWN
            why = ("the divisor may be negative", _SIGN_HINT)
        else:
            divided = left.direction if sign > 0 else -left.direction
            direction = together(divided, _times_sign(-right.direction, left.bounds))
            why = (
                "what it is divided by may rise too",
                "a share or a mean can fall: pay by a count or a sum",
            )
        return self.joined(tree, (left, right), direction, bounds, *why)

    def _power(self, tree: Operation, base: Trend) -> Trend:
        exponent = tree.operands[1]
        assert isinstance(exponent, Number)
        power = int(exponent.value)
        direction = base.direction
        if power % 2 == 0:
            direction = _times_sign(direction, base.bounds)
        return self.joined(
            tree, (base,), direction, base.bounds**power, "the base may be negative", _SIGN_HINT
        )

    # conditions: RISES says that what holds goes on to hold

    def _comparison(self, tree: Operation, left: Trend, right: Trend) -> Trend:
        operator = tree.operator
        if operator in {"=", "!="}:
            direction = self._equality(tree, left, right)
            direction = direction if operator == "=" else -direction
        else:
            direction = together(left.direction, -right.direction)
            direction = direction if operator in {">", ">="} else -direction
        return self.joined(
            tree,
            (left, right),
            direction,
            Extent(),
            "one more student may make the condition hold or cease to hold",
            "compare with a figure that does not move: count(students) >= 100",
        )

    def _equality(self, tree: Operation, left: Trend, right: Trend) -> Direction:
        if together(left.direction, right.direction) is Direction.CONSTANT:
            return Direction.CONSTANT
        for side, value in ((left, tree.operands[1]), (right, tree.operands[0])):
            if side.rising and isinstance(value, Text):
                return _among(side, {value.value})
        # Where the left is never below the right, `=` is `<=`, and the other way round.
        difference = together(left.direction, -right.direction)
        apart = left.bounds + -right.bounds
        if apart.never_negative:
            return -difference
        return difference if apart.never_positive else Direction.UNKNOWN

    def _membership(self, tree: Membership) -> Trend:
        item = self.of(tree.item)
        words = {member.value for member in tree.members if isinstance(member, Text)}
        if item.direction is Direction.CONSTANT:
            direction = Direction.CONSTANT
        else:
            direction = _among(item, words) if item.rising else Direction.UNKNOWN
        return self.joined(
            tree,
            (item,),
            direction,
            Extent(),
            "one more student may move it into the list or out of it",
            "compare with one figure: count(students) >= 100",
        )

    def _facts(self, condition: Tree, *, holds: bool) -> Iterable[tuple[Tree, Extent]]:
        """Between which bounds the compared parts lie where a condition holds, or does not."""
        match condition:
            case Operation("not", (operand,)):
                yield from self._facts(operand, holds=not holds)
            case Operation("and" | "or", operands) if (condition.operator == "and") == holds:
                for operand in operands:
                    yield from self._facts(operand, holds=holds)
            case Operation(operator, (left, right)) if operator in _OPPOSITE:
                told = operator if holds else _OPPOSITE[operator]
                low, high = self.of(left).bounds, self.of(right).bounds
                yield left, _beside(told, high)
                yield right, _beside(_TURNED.get(told, told), low)

    # functions

    def _call(self, tree: Call) -> Trend:
        if tree.function == CONDITIONAL:
            return self._chosen(tree, *tree.arguments)
        parts = [self.of(argument) for argument in tree.arguments]
        directions = [part.direction for part in parts]
        bounds = [part.bounds for part in parts]
        direction = together(*directions)
        if tree.function == "abs":
            return self._absolute(tree, parts[0])
        if tree.function == "ramp":
            direction = together(directions[0], -directions[1], -directions[2])
            made = Extent(Fraction(0), Fraction(1))
        elif tree.function == "min":
            made = smallest(bounds)
        elif tree.function == "max":
            made = largest(bounds)
        elif tree.function == "clamp":
            made = smallest([largest(bounds[:2]), bounds[2]])
        else:
            made = _of_one_number(tree, bounds[0])
        return self.joined(
            tree,
            parts,
            direction,
            made,
            f"the arguments of `{tree.function}` go different ways",
            "give it arguments that all rise with the students, or stay",
        )

    def _absolute(self, tree: Call, part: Trend) -> Trend:
        return self.joined(
            tree,
            (part,),
            _times_sign(part.direction, part.bounds),
            largest([part.bounds, -part.bounds, _ZERO]),
            "without its sign, a negative number falls when it rises",
            _SIGN_HINT,
        )

    def _chosen(self, tree: Tree, condition: Tree, yes: Tree, no: Tree) -> Trend:
        """`if`: each branch by itself, and the step from one to the other."""
        first = self.where(condition).of(yes)
        second = self.where(condition, holds=False).of(no)
        asked = self.of(condition)
        trend = self._between(tree, asked, first, second)
        if not first.rising and not second.rising:
            return trend
        if first.rising == second.rising and asked.direction is Direction.CONSTANT:
            return replace(trend, rising=first.rising)
        return self.joined(
            tree,
            (asked, first, second),
            together(trend.direction, Direction.UNKNOWN),
            Extent(),
            "one more student may lead to another category",
            "choose between amounts, not between categories",
        )

    def guarded(self, amount: Tree, condition: Tree, asked: Trend) -> Trend:
        """An amount where a condition, of the trend `asked`, holds; else 0."""
        first = self.where(condition).of(amount)
        return _settled(self._between(amount, asked, first, Trend(_ZERO)))

    def summed(self, amount: Tree, of_each: Trend, asked: Trend) -> Trend:
        """The sum of an amount over the students of whom a condition, of `asked`, holds."""
        if not asked.direction.never_falls:
            why = "it may cease to apply to a student", "let the condition hold for good"
        elif of_each.bounds.never_negative:
            why = "the amount for a student may fall", "let it stay or rise with their number"
        else:
            why = "the amount may be negative", _SIGN_HINT
        direction = _of_more_units("sum", asked, (of_each,))
        if not self.units_grow and asked.direction is Direction.CONSTANT:
            direction = of_each.direction
        trend = self.joined(
            amount,
            (of_each, asked),
            direction,
            of_each.bounds * NOT_NEGATIVE,
            *why,
        )
        return _settled(replace(trend, reads=trend.reads | {"students"}))

    def _between(self, tree: Tree, asked: Trend, first: Trend, second: Trend) -> Trend:
        direction = together(first.direction, second.direction)
        if asked.direction is not Direction.CONSTANT:
            before, after = second.bounds, first.bounds
            if asked.direction is Direction.FALLS:
                before, after = after, before
            direction = together(direction, _step(before, after))
        return self.joined(
            tree,
            (asked, first, second),
            direction,
            first.bounds.around(second.bounds),
            "one more student may lead from the larger of the two amounts to the smaller",
            "give the amount after the threshold a floor: max(what was paid before, …)",
        )

    # tables

    def _lookup(self, tree: Lookup) -> Trend:
        """The direction of a key that is a band: that of its figures from band to band."""
        table = self.tables[tree.table]
        keys = [self.of(key) for key in tree.keys]
        fixed = {i: key.value for i, key in enumerate(tree.keys) if isinstance(key, Text)}
        figures = [
            {entry: v for entry, v in version.items() if _fits(entry, fixed)}
            for version in table.versions
        ]
        values = [value for version in figures for value in version.values()]
        bounds = Extent(min(values), max(values)) if values else Extent()
        directions = []
        for position, key in enumerate(keys):
            if key.direction is not Direction.CONSTANT:
                order = key.rising or table.key_values[position]
                along = [_along(version, position, order) for version in figures]
                directions.append(_composed(together(*along), key.direction))
        return self.joined(
            tree,
            keys,
            together(*directions),
            bounds,
            f"a figure of `{tree.table}` lies below that of the band before it",
            "one more student may lead to the lower one: let figures only rise, or only fall",
        )

    # aggregates

    def _aggregate(self, tree: Aggregate) -> Trend:
        inside = replace(self, known={})
        where = Trend() if tree.where is None else inside.of(tree.where)
        inside = inside if tree.where is None else inside.where(tree.where)
        parts = [inside.of(argument) for argument in tree.arguments]
        bounds = _bounds_of_aggregate(tree.function, parts)
        grows = self.units_grow and tree.units != SCHOOLS
        if grows or where.direction is not Direction.CONSTANT:
            direction = _of_more_units(tree.function, where, parts)
        elif tree.function in _BY_VALUE:
            direction = parts[-1].direction
        else:
            constant = all(part.direction is Direction.CONSTANT for part in parts)
            direction = Direction.CONSTANT if constant else Direction.UNKNOWN
        groups = [self.names[key] for key in (*tree.by, *tree.own) if key != SCHOOL_ID]
        if any(group.direction is not Direction.CONSTANT for group in groups):
            direction = Direction.UNKNOWN  # one more student may lead into another group
        trend = self.joined(
            tree,
            (where, *parts, *groups),
            direction,
            bounds,
            f"what `{tree.function}` gives may fall",
            "pay by count(…), or by sum(x of …) of what is never negative",
        )
        return replace(trend, reads=trend.reads | {tree.units}) if grows else trend


def _settled(trend: Trend) -> Trend:
    """What can have one value only does not move."""
    low, high = trend.bounds.low, trend.bounds.high
    return Trend(trend.bounds) if low is not None and low == high else trend


def _sign(bounds: Extent) -> int | None:
    if bounds.never_negative:
        return 1
    return -1 if bounds.never_positive else None


def _times_sign(direction: Direction, bounds: Extent) -> Direction:
    """The direction of what moves times what stays within `bounds`."""
    if direction is Direction.CONSTANT:
        return direction
    sign = _sign(bounds)
    if sign is None:
        return Direction.UNKNOWN
    return direction if sign > 0 else -direction


def _composed(outer: Direction, inner: Direction) -> Direction:
    """The direction of a function that goes one way, of a value that goes another."""
    return -outer if inner is Direction.FALLS else outer


def _step(before: Extent, after: Extent) -> Direction:
    """The direction of the change from any value of `before` to any of `after`."""
    change = after + -before
    if change.low == 0 == change.high:
        return Direction.CONSTANT
    if change.never_negative:
        return Direction.RISES
    return Direction.FALLS if change.never_positive else Direction.UNKNOWN


def _beside(operator: str, other: Extent) -> Extent:
    """The bounds of what stands before `operator`, beside a value within `other`."""
    match operator:
        case "=":
            return other
        case "<" | "<=":
            return Extent(None, other.high)
        case ">" | ">=":
            return Extent(other.low, None)
    return Extent()


def _among(item: Trend, words: set[str]) -> Direction:
    """Whether a rising category comes into a list of its values, or leaves it."""
    held = [Fraction(value in words) for value in item.rising]
    return _composed(_order_of(held), item.direction)


def _order_of(values: Sequence[Fraction]) -> Direction:
    """The direction of figures in their order."""
    steps = (_step(point(a), point(b)) for a, b in pairwise(values))
    return together(*steps)


def _along(
    figures: Mapping[tuple[str, ...], Fraction], position: int, order: tuple[str, ...]
) -> Direction:
    """The direction of a table's figures along the values of one key, whatever the others."""
    others = {(*entry[:position], *entry[position + 1 :]) for entry in figures}
    found = []
    for other in others:
        entries = [(*other[:position], value, *other[position:]) for value in order]
        found.append(_order_of([figures[entry] for entry in entries if entry in figures]))
    return together(*found)


def _fits(entry: tuple[str, ...], fixed: Mapping[int, str]) -> bool:
    return all(entry[position] == value for position, value in fixed.items())


def _of_one_number(tree: Call, bounds: Extent) -> Extent:
    """The bounds of a rounding, a root or a logarithm: each never falls."""
    exists_from = {"root": bounds.never_negative, "ln": bounds.low is not None and bounds.low > 0}
    if not exists_from.get(tree.function, True):
        return Extent()
    shape = [written(part) for part in tree.arguments[1:]]
    compute = FUNCTIONS[tree.function].on_fractions
    return bounds.mapped(lambda value: compute([value, *shape]))


def _of_more_units(function: str, where: Trend, parts: Sequence[Trend]) -> Direction:
    """The direction of an aggregate over units of which there may be one more."""
    if not where.direction.never_falls:
        return Direction.UNKNOWN
    if function == "count":
        return Direction.RISES
    if not parts:
        return Direction.UNKNOWN
    value = parts[-1]
    may_rise = value.bounds.never_negative and value.direction.never_falls
    if function in {"sum", "max", "kth_largest"} and may_rise:
        return Direction.RISES
    if function in {"sum", "min"} and value.bounds.never_positive and value.direction.never_rises:
        return Direction.FALLS
    return Direction.UNKNOWN


def _bounds_of_aggregate(function: str, parts: Sequence[Trend]) -> Extent:
    if function in {"count", "rank"}:
        return NOT_NEGATIVE
    if function == "share":
        return Extent(Fraction(0), Fraction(1))
    if function == "sum":
        return parts[-1].bounds * NOT_NEGATIVE
    if function in _BY_VALUE:
        return parts[-1].bounds.around(_ZERO)
    if function in {"largest_remainder", "sainte_lague"} and parts[0].bounds.never_negative:
        return Extent(Fraction(0), parts[0].bounds.high)
    return Extent()
