"""What the parts of a formula can come out as, whatever the data: numbers, words, truths.

A formula is looked at with extents in place of numbers and sets in place of words and truths. The
answers hold everything that can occur, over all dates of the figures, and perhaps more.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from formula_funding.compile.checked_rulebook import CheckedRulebook
from formula_funding.compile.names import AS_OF
from formula_funding.exact import extent
from formula_funding.exact.extent import ANYTHING, NOT_NEGATIVE, ONE, SHARE, ZERO, Extent, point
from formula_funding.exact.number_text import NotANumberError, number_from_text, number_to_text
from formula_funding.formula.checking import is_choice
from formula_funding.formula.functions import CONDITIONAL, FUNCTIONS
from formula_funding.formula.kinds import Kind
from formula_funding.formula.tree import (
    Aggregate,
    Call,
    Day,
    Interval,
    Lookup,
    Membership,
    Name,
    Number,
    Operation,
    Text,
    Tree,
)
from formula_funding.model.plan import Attribute, Band, Banding, Calculation, Line

Words = frozenset[str]
Truths = frozenset[bool]
Known = Mapping[Tree, Extent | Words | Truths]
"""What some parts (names, aggregates) are taken to be."""

BOTH: Truths = frozenset({True, False})
COMPARING = frozenset({"=", "!=", "<", "<=", ">", ">="})
NOTHING_KNOWN: Known = {}


class Possible:
    """What the names and formulas of a checked rulebook can come out as."""

    def __init__(self, checked: CheckedRulebook) -> None:
        self.checked = checked
        self.items = {item.name: item for item in checked.items}
        self._free: dict[str, Extent | Words | Truths | None] = {}

    # numbers

    def number(self, tree: Tree, known: Known = NOTHING_KNOWN) -> Extent:
        """The numbers that a numeric part can be; all of them where nothing better is known."""
        taken = known.get(tree)
        if isinstance(taken, Extent):
            return taken
        match tree:
            case Number():
                return point(tree.value)
            case Day():
                return point(Fraction(tree.value.toordinal()))
            case Name():
                found = self.of_name(tree.name, known)
                return found if isinstance(found, Extent) else ANYTHING
            case Lookup():
                return self._rates(tree, known)
            case Call():
                return self._called(tree, known)
            case Operation():
                return self._computed(tree, known)
            case Aggregate():
                return self._aggregated(tree)
        return ANYTHING

    def _rates(self, tree: Lookup, known: Known) -> Extent:
        keys = [self.word(key, known) for key in tree.keys]
        rates = extent.hull(
            point(value)
            for version in self.checked.parameters[tree.table].versions
            for entry, value in version.values.items()
            if all(can_be is None or key in can_be for key, can_be in zip(entry, keys, strict=True))
        )
        return ANYTHING if rates.is_empty else rates

    def _called(self, tree: Call, known: Known) -> Extent:
        if tree.function == CONDITIONAL:
            condition, *branches = tree.arguments
            truths = self.truth(condition, known)
            taken = zip((True, False), branches, strict=True)
            return extent.hull(self.number(part, known) for truth, part in taken if truth in truths)
        arguments = [self.number(argument, known) for argument in tree.arguments]
        match tree.function:
            case "min":
                return extent.smallest(arguments)
            case "max":
                return extent.largest(arguments)
            case "clamp":
                return extent.smallest([extent.largest(arguments[:2]), arguments[2]])
            case "abs":
                return extent.absolute(arguments[0])
            case "ramp":
                return SHARE
            case "round" | "round_half_even" | "round_up" | "round_down":
                return self._rounded(tree, arguments[0])
            case "root":
                return NOT_NEGATIVE
        return ANYTHING

    @staticmethod
    def _rounded(tree: Call, argument: Extent) -> Extent:
        (_, digits), function = tree.arguments, FUNCTIONS[tree.function]
        places = _written(digits)
        return extent.rising(
            argument, lambda end: function.on_fractions([end, places]), whole=places <= 0
        )

    def _computed(self, tree: Operation, known: Known) -> Extent:
        numbers = [self.number(operand, known) for operand in tree.operands]
        match tree.operator, numbers:
            case "+", (a, b):
                return a + b
            case "-", (a, b):
                return a + -b
            case "*", (a, b):
                return a * b
            case "/", (a, b):
                return a / b
            case "negative", (a,):
                return -a
            case "^", (a, _):
                return a ** _written(tree.operands[1]).numerator
        return ANYTHING

    def _aggregated(self, tree: Aggregate) -> Extent:
        """An aggregate over units of which nothing is known, perhaps over none."""
        if tree.function in {"count", "rank"}:
            return Extent(ZERO, whole=True)
        if tree.function == "share":
            return SHARE
        if tree.function not in {"sum", "mean", "min", "max", "median", "kth_largest"}:
            return ANYTHING
        of_one = extent.hull([self.number(tree.arguments[-1]), point(ZERO)])
        if tree.function == "sum":
            return Extent(
                None if of_one.low != 0 else ZERO,
                None if of_one.high != 0 else ZERO,
                whole=of_one.whole,
            )
        return (
            of_one if tree.function not in {"mean", "median"} else Extent(of_one.low, of_one.high)
        )

    # words and truths

    def word(self, tree: Tree, known: Known = NOTHING_KNOWN) -> Words | None:
        """The words that a category or a key of a table can be; None if any."""
        taken = known.get(tree)
        if isinstance(tree, Text):
            return frozenset({tree.value})
        if isinstance(tree, Call):
            return self._chosen_word(tree, known)
        if taken is None and isinstance(tree, Name):
            taken = self.of_name(tree.name, known)
        if isinstance(taken, Extent):
            return _words_of_numbers(taken)
        return frozenset(str(word) for word in taken) if taken is not None else None

    def _chosen_word(self, tree: Call, known: Known) -> Words | None:
        """The words that an `if(…)` can choose."""
        condition, *branches = tree.arguments
        truths = self.truth(condition, known)
        words = [
            self.word(part, known)
            for truth, part in zip((True, False), branches, strict=True)
            if truth in truths
        ]
        exact = [word for word in words if word is not None]
        return frozenset[str]().union(*exact) if len(exact) == len(words) else None

    def truth(self, tree: Tree, known: Known = NOTHING_KNOWN) -> Truths:
        """The truths that a condition can have."""
        taken = known.get(tree)
        if taken is not None and not isinstance(taken, Extent):
            return frozenset(truth for truth in taken if isinstance(truth, bool)) or BOTH
        match tree:
            case Name():
                found = self.of_name(tree.name, known)
                if not isinstance(found, frozenset):
                    return BOTH
                return frozenset(truth for truth in found if isinstance(truth, bool)) or BOTH
            case Operation("not", (operand,)):
                return frozenset(not truth for truth in self.truth(operand, known))
            case Operation("and" | "or", operands):
                return self._joined(tree.operator, operands, known)
            case Operation(operator, (left, right)) if operator in COMPARING:
                return self._compared(operator, left, right, known)
            case Membership():
                return self._is_member(tree, known)
        return BOTH

    def _joined(self, operator: str, operands: tuple[Tree, ...], known: Known) -> Truths:
        decisive = operator == "or"
        found = [self.truth(operand, known) for operand in operands]
        truths = {decisive} if any(decisive in truths for truths in found) else set()
        if all((not decisive) in truths for truths in found):
            truths.add(not decisive)
        if any(truths == {decisive} for truths in found):
            truths = {decisive}
        return frozenset(truths)

    def _compared(self, operator: str, left: Tree, right: Tree, known: Known) -> Truths:
        if not self._is_worded(left) and not self._is_worded(right):
            return extent.compared(operator, self.number(left, known), self.number(right, known))
        a, b = self._any_word(left, known), self._any_word(right, known)
        if a is None or b is None or operator not in {"=", "!="}:
            return BOTH
        same = {True} if a & b else set()
        truths = frozenset(same | ({False} if len(a | b) > 1 else set()))
        return truths if operator == "=" else frozenset(not truth for truth in truths)

    def _is_worded(self, tree: Tree) -> bool:
        """Whether a side of a comparison is a category, a text or a truth rather than a number."""
        if isinstance(tree, Name):
            return self.kind_of(tree.name) in {Kind.CATEGORY, Kind.TEXT, Kind.TRUTH}
        if is_choice(tree):
            assert isinstance(tree, Call)
            return self._is_worded(tree.arguments[1])
        return isinstance(tree, Text | Membership) or (
            isinstance(tree, Operation) and tree.operator in COMPARING | {"and", "or", "not"}
        )

    def _any_word(self, tree: Tree, known: Known) -> frozenset[str] | None:
        if is_choice(tree) or (
            isinstance(tree, Text | Name) and self._kind(tree) is not Kind.TRUTH
        ):
            return self.word(tree, known)
        return frozenset(str(truth) for truth in self.truth(tree, known))

    def _kind(self, tree: Text | Name) -> Kind:
        return self.kind_of(tree.name) if isinstance(tree, Name) else Kind.TEXT

    def _is_member(self, tree: Membership, known: Known) -> Truths:
        if self._is_worded(tree.item):
            words = self.word(tree.item, known)
            listed = {member.value for member in tree.members if isinstance(member, Text)}
            if words is None:
                return BOTH
            return frozenset({word in listed for word in words})
        number = self.number(tree.item, known)
        pieces = [_member_extent(member) for member in tree.members]
        can_hold = any(not number.common(piece).is_empty for piece in pieces)
        inside = any(number == number.common(piece) for piece in pieces)
        return frozenset({*([True] if can_hold else []), *([] if inside else [False])})

    # names

    def kind_of(self, name: str) -> Kind:
        """The kind of what a name stands for."""
        if name in self.checked.attributes:
            return self.checked.attributes[name].kind
        item = self.items.get(name)
        if isinstance(item, Banding):
            return Kind.CATEGORY
        if isinstance(item, Calculation):
            return item.kind
        if isinstance(item, Line):
            return Kind.MONEY
        parameter = self.checked.parameters.get(name)
        return parameter.kind if parameter is not None else Kind.DATE

    def of_name(self, name: str, known: Known = NOTHING_KNOWN) -> Extent | Words | Truths | None:
        """What a name can stand for; None where nothing is known."""
        taken = known.get(Name(name))
        if taken is not None:
            return taken
        if known:
            return self._of_name(name, known)
        if name not in self._free:
            self._free[name] = self._of_name(name, known)
        return self._free[name]

    def _of_name(self, name: str, known: Known) -> Extent | Words | Truths | None:
        attribute, item = self.checked.attributes.get(name), self.items.get(name)
        if attribute is not None:
            return of_attribute(attribute)
        if isinstance(item, Banding):
            return self.bands_reached(item, known)
        if isinstance(item, Calculation):
            if item.kind is Kind.TRUTH:
                return self.truth(item.tree, known)
            return (
                self.word(item.tree, known)
                if self._is_worded(item.tree)
                else self.number(item.tree, known)
            )
        if isinstance(item, Line):
            return self._line(item)
        if name in self.checked.parameters:
            figures = self.figures(name)  # none of one that is solved for
            return extent.hull(point(figure) for figure in figures) if figures else ANYTHING
        return Extent(whole=True) if name == AS_OF else None

    def figures(self, name: str) -> list[Fraction]:
        """The values of a parameter without keys, of all dates; none of anything else."""
        parameter = self.checked.parameters.get(name)
        if parameter is None:
            return []
        return sorted({v.values[()] for v in parameter.versions if () in v.values})

    def _line(self, line: Line) -> Extent:
        """The amount of a line for a school: of no student, or out of force, it is 0."""
        amount = extent.hull([self.number(line.amount), point(ZERO)])
        low = ZERO if amount.low == 0 else None
        high = ZERO if amount.high == 0 else None
        return Extent(low, high)

    def bands_reached(self, banding: Banding, known: Known = NOTHING_KNOWN) -> Words | None:
        """The bands that some possible value of the source falls into."""
        source = self.of_name(banding.source, known)
        if source is None:
            return None
        return frozenset(
            band.name
            for band in banding.bands
            if (
                not source.common(band_extent(band)).is_empty
                if isinstance(source, Extent)
                else band.value in source
            )
        )


def of_attribute(attribute: Attribute) -> Extent | Words | Truths | None:
    """What the cells of an attribute can hold."""
    match attribute.kind:
        case Kind.CATEGORY:
            return frozenset(attribute.values)
        case Kind.TRUTH:
            return BOTH
        case Kind.DATE:
            return Extent(whole=True)
        case Kind.TEXT:
            return None
    given = Extent(attribute.low, attribute.high, whole=attribute.whole)
    try:
        empty = [point(number_from_text(attribute.if_empty))] if attribute.if_empty else []
    except NotANumberError:
        return ANYTHING
    return extent.hull([given, *empty])


def band_extent(band: Band) -> Extent:
    """The numbers of a band of numbers."""
    return Extent(band.low, band.high, without_high=band.without_high)


def _member_extent(member: Text | Number | Interval) -> Extent:
    if isinstance(member, Interval):
        return Extent(member.first, member.last)
    assert isinstance(member, Number)
    return point(member.value)


def _written(tree: Tree) -> Fraction:
    """A number written in the formula, perhaps with a minus."""
    if isinstance(tree, Operation):
        return -_written(tree.operands[0])
    assert isinstance(tree, Number)
    return tree.value


_MOST_KEYS = 1_000


def _words_of_numbers(numbers: Extent) -> Words | None:
    """Whole numbers as keys of a table; None if there are too many."""
    low, high = numbers.low, numbers.high
    if not numbers.whole or low is None or high is None or high - low > _MOST_KEYS:
        return None
    return frozenset(number_to_text(low + n * ONE) for n in range(int(high - low) + 1))
