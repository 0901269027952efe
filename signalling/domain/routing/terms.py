"""What an expression is made of: values, names, comparisons, and how they are joined.

Each term writes itself as text that is read as the same term, and compiles to a function of two
mappings. The first is the *subject*, which bare names are looked up in; the second is the task, for
names that begin with `task.`. Whoever evaluates says what the subject is: the agent when agents are
chosen, the task itself in the filters of a workflow, `{"workers": …}` when a step may be skipped.

What is null or missing is *nothing*. `== null` and `!= null` ask for it; every other comparison
with nothing is false, also `!=`, NOT IN and NOT HAS. A skill that the subject does not have is
level 0 instead. Numbers are ordered among numbers and texts among texts; anything else is neither
less nor more. A list or an object equals nothing at all.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

#: Looks a value up in the subject and the task.
Lookup = Callable[[Mapping[str, Any], Mapping[str, Any]], Any]
#: Whether something holds of the subject and the task.
Test = Callable[[Mapping[str, Any], Mapping[str, Any]], bool]
Scalar = str | int | float | bool | None

SKILLS = "skills"
#: What a part of a name may be without quotes, at the beginning and after a dot.
FIRST, PART = re.compile(r"[^\W\d][\w-]*"), re.compile(r"\w[\w-]*")

_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_KINDS: dict[type, type] = {bool: bool, int: float, float: float, str: str}
#: The operators of a `Comparison`.
OPERATORS = ("==", "!=", *_ORDER)


@dataclass(frozen=True, slots=True)
class Literal:
    """A text, a number, true, false or null as it was written."""

    value: Scalar

    def __str__(self) -> str:
        if isinstance(self.value, str):
            return quoted(self.value)
        if self.value is None:
            return "null"
        text = repr(self.value)
        return text.lower() if isinstance(self.value, bool) else text

    def __eq__(self, other: object) -> bool:
        """1, 1.0 and true are three values here."""
        return (
            isinstance(other, Literal)
            and type(self.value) is type(other.value)
            and self.value == other.value
        )

    def __hash__(self) -> int:
        return hash((type(self.value), self.value))

    def lookup(self) -> Lookup:
        """The value itself."""
        value = self.value
        return lambda subject, task: value


@dataclass(frozen=True, slots=True)
class Values:
    """A list of literals, for IN and HAS."""

    items: tuple[Literal, ...]

    def __str__(self) -> str:
        return f"[{', '.join(map(str, self.items))}]"

    def lookup(self) -> Lookup:
        """The list as it was written."""
        values = [item.value for item in self.items]
        return lambda subject, task: values


@dataclass(frozen=True, slots=True)
class Name:
    """A dotted name; with `of_task` it is looked up in the task, else in the subject."""

    path: tuple[str, ...]
    of_task: bool = False

    def __str__(self) -> str:
        first, *rest = ("task", *self.path) if self.of_task else self.path
        parts = (part if PART.fullmatch(part) else quoted(part) for part in rest)
        return ".".join((first, *parts))

    def lookup(self) -> Lookup:
        """What stands there; None when nothing does, and 0 for a skill."""
        path, of_task = self.path, self.of_task
        nothing = 0 if not of_task and len(path) == 2 and path[0] == SKILLS else None

        def find(subject: Mapping[str, Any], task: Mapping[str, Any]) -> Any:
            value: Any = task if of_task else subject
            for part in path:
                if type(value) is not dict and not isinstance(value, Mapping):
                    return nothing
                value = value.get(part)
            return nothing if value is None else value

        return find


Operand = Literal | Values | Name


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two operands and one of `OPERATORS` between them."""

    left: Literal | Name
    operator: str
    right: Literal | Name

    def __str__(self) -> str:
        return f"{self.left} {self.operator} {self.right}"

    def test(self) -> Test:
        """Whether the comparison is true."""
        left, right = self.left.lookup(), self.right.lookup()
        if self.operator in _ORDER:
            return _ordered(left, _ORDER[self.operator], right)
        equal = self.operator == "=="
        if self.right == Literal(None):
            return lambda subject, task: (left(subject, task) is None) is equal
        if self.left == Literal(None):
            return lambda subject, task: (right(subject, task) is None) is equal
        return _equal(left, right, equal)


@dataclass(frozen=True, slots=True)
class Membership:
    """IN, or HAS with its sides turned: whether a list has an item, or an object a key."""

    item: Literal | Name
    group: Values | Name
    has: bool = False
    negated: bool = False

    def __str__(self) -> str:
        word = ("NOT " if self.negated else "") + ("HAS" if self.has else "IN")
        left, right = (self.group, self.item) if self.has else (self.item, self.group)
        return f"{left} {word} {right}"

    def test(self) -> Test:
        """Whether it is in, or with `negated` whether it is not."""
        item, group, negated = self.item.lookup(), self.group.lookup(), self.negated

        def holds(subject: Mapping[str, Any], task: Mapping[str, Any]) -> bool:
            one, many = item(subject, task), group(subject, task)
            if one is None or not isinstance(many, list | tuple | Mapping):
                return False
            return _among(one, many) is not negated

        return holds


@dataclass(frozen=True, slots=True)
class Truth:
    """A name, `true` or `false` by itself: holds when the value is true, and not merely there."""

    operand: Literal | Name

    def __str__(self) -> str:
        return str(self.operand)

    def test(self) -> Test:
        """Whether the value is true."""
        value = self.operand.lookup()
        return lambda subject, task: value(subject, task) is True


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite of a condition."""

    condition: Condition

    def __str__(self) -> str:
        return f"NOT {_wrapped(self.condition)}"

    def test(self) -> Test:
        """Whether the condition does not hold."""
        holds = self.condition.test()
        return lambda subject, task: not holds(subject, task)


@dataclass(frozen=True, slots=True)
class Joined:
    """Two or more conditions with the same word between them, AND or OR."""

    word: str
    conditions: tuple[Condition, ...]

    def __str__(self) -> str:
        return f" {self.word} ".join(map(_wrapped, self.conditions))

    def test(self) -> Test:
        """Whether all hold, or with OR any."""
        tests = tuple(condition.test() for condition in self.conditions)
        stops = self.word == "OR"

        def holds(subject: Mapping[str, Any], task: Mapping[str, Any]) -> bool:
            for test in tests:
                if test(subject, task) is stops:
                    return stops
            return not stops

        return holds


Condition = Comparison | Membership | Truth | Not | Joined


def names(condition: Condition) -> Iterator[Name]:
    """All names in a condition."""
    match condition:
        case Comparison():
            found: tuple[Operand, ...] = (condition.left, condition.right)
        case Membership():
            found = (condition.item, condition.group)
        case Truth():
            found = (condition.operand,)
        case Not():
            found = ()
            yield from names(condition.condition)
        case Joined():
            found = ()
            for one in condition.conditions:
                yield from names(one)
    yield from (operand for operand in found if isinstance(operand, Name))


def quoted(text: str) -> str:
    """A text between the quotes that need fewer escapes."""
    quote = "'" if text.count('"') > text.count("'") else '"'
    return quote + text.replace("\\", "\\\\").replace(quote, "\\" + quote) + quote


def _wrapped(condition: Condition) -> str:
    return f"({condition})" if isinstance(condition, Joined) else str(condition)


def _kind(value: object) -> type | None:
    """What a value may be compared with; None when with nothing."""
    return _KINDS.get(type(value))


def _same(left: object, right: object) -> bool:
    kind = _kind(left)
    return kind is not None and kind is _kind(right) and left == right


def _among(item: object, group: Any) -> bool:
    if isinstance(group, Mapping):
        return isinstance(item, str) and item in group
    return any(_same(item, member) for member in group)


def _equal(left: Lookup, right: Lookup, equal: bool) -> Test:
    def holds(subject: Mapping[str, Any], task: Mapping[str, Any]) -> bool:
        one, other = left(subject, task), right(subject, task)
        if one is None or other is None:
            return False
        return _same(one, other) is equal

    return holds


def _ordered(left: Lookup, compare: Callable[[Any, Any], bool], right: Lookup) -> Test:
    def holds(subject: Mapping[str, Any], task: Mapping[str, Any]) -> bool:
        one, other = left(subject, task), right(subject, task)
        kind = _kind(one)
        return kind in (float, str) and kind is _kind(other) and compare(one, other)

    return holds
