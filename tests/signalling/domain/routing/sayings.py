"""Expressions made at random, their text, and what they mean, written apart from the product.

A saying is a nested tuple: ("cmp", left, operator, right), ("in", item, group, has, negated),
("is", operand), ("not", saying), ("and" or "or", [sayings]). An operand is ("lit", value),
("list", [values]), ("subject", path) or ("task", path).
"""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

Saying = tuple[Any, ...]

_SUBJECT = [
    ("tier",),
    ("age",),
    ("skills", "fr"),
    ("skills", "customer care"),
    ("tags",),
    ("a", "b"),
]
_TASK = [("lang",), ("vip",), ("skills", "fr"), ("need", "level"), ("tags",)]
scalars = st.sampled_from(
    ["gold", "fr", "it's", 'say "hi"', "back\\slash", "", 0, 1, 3, -2, 2.5, 1.0, True, False, None]
)
names = st.one_of(
    st.tuples(st.just("subject"), st.sampled_from(_SUBJECT)),
    st.tuples(st.just("task"), st.sampled_from(_TASK)),
)
literals = st.tuples(st.just("lit"), scalars)
singles = names | literals
groups = names | st.tuples(st.just("list"), st.lists(scalars, max_size=4))
relations: st.SearchStrategy[Saying] = st.one_of(
    st.tuples(
        st.just("cmp"), singles, st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), singles
    ),
    st.tuples(st.just("in"), singles, groups, st.booleans(), st.booleans()),
    st.tuples(st.just("is"), names | st.tuples(st.just("lit"), st.booleans())),
)
sayings: st.SearchStrategy[Saying] = st.recursive(
    relations,
    lambda inner: st.one_of(
        st.tuples(st.just("not"), inner),
        st.tuples(st.sampled_from(["and", "or"]), st.lists(inner, min_size=2, max_size=3)),
    ),
    max_leaves=8,
)

_values = scalars | st.lists(scalars, max_size=3) | st.dictionaries(st.just("b"), scalars)
_levels = st.dictionaries(st.sampled_from(["fr", "customer care"]), st.integers(1, 5))


def attributes(*keys: str) -> st.SearchStrategy[dict[str, Any]]:
    """Some of these attributes, and perhaps skills."""
    some = dict.fromkeys(keys, _values)
    return st.fixed_dictionaries({}, optional={**some, "skills": _levels})


subjects = attributes("tier", "age", "tags", "a")
tasks = attributes("lang", "vip", "need", "tags")


def render(saying: Saying, *, lower: bool = False, wide: bool = False) -> str:
    """The text of a saying; `lower` for words in small letters, `wide` for more parentheses."""

    def word(text: str) -> str:
        return text.lower() if lower else text

    def operand(of: tuple[str, Any]) -> str:
        kind, value = of
        if kind == "lit":
            return _literal(value)
        if kind == "list":
            return "[" + ",".join(map(_literal, value)) + "]"
        parts = [part if part.isidentifier() else json.dumps(part) for part in value]
        return ".".join(["task", *parts] if kind == "task" else parts)

    def inner(of: Saying) -> str:
        text = render(of, lower=lower, wide=wide)
        return f"( {text} )" if wide or of[0] in ("and", "or") else text

    match saying:
        case ("cmp", left, sign, right):
            return f"{operand(left)}{sign}{operand(right)}"
        case ("in", item, group, has, negated):
            said = ("NOT " if negated else "") + ("HAS" if has else "IN")
            left, right = (group, item) if has else (item, group)
            return f"{operand(left)} {word(said)}\n{operand(right)}"
        case ("is", value):
            return operand(value)
        case ("not", of):
            return f"{word('NOT')} {inner(of)}"
        case (joint, several):
            return f" {word(joint.upper())} ".join(map(inner, several))
    raise AssertionError(saying)


def _literal(value: Any) -> str:
    return json.dumps(value)


def means(saying: Saying, subject: dict[str, Any], task: dict[str, Any]) -> bool:
    """What the saying says of these two, by the rules as they are documented."""

    def value(of: tuple[str, Any]) -> Any:
        kind, said = of
        if kind in ("lit", "list"):
            return said
        found: Any = task if kind == "task" else subject
        for key in said:
            found = found.get(key) if isinstance(found, dict) else None
        if found is None and kind == "subject" and len(said) == 2 and said[0] == "skills":
            return 0
        return found

    match saying:
        case ("cmp", left, sign, right):
            return _compared(value(left), sign, value(right), ("lit", None) in (left, right))
        case ("in", item, group, _, negated):
            one, many = value(item), value(group)
            if one is None or not isinstance(many, list | dict):
                return False
            inside = any(_alike(one, each) for each in many)
            return not inside if negated else inside
        case ("is", of):
            return value(of) is True
        case ("not", of):
            return not means(of, subject, task)
        case ("and", several):
            return all(means(of, subject, task) for of in several)
        case ("or", several):
            return any(means(of, subject, task) for of in several)
    raise AssertionError(saying)


def _alike(one: Any, other: Any) -> bool:
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    numbers = isinstance(one, int | float) and isinstance(other, int | float)
    texts = isinstance(one, str) and isinstance(other, str)
    return (numbers or texts) and bool(one == other)


def _compared(one: Any, sign: str, other: Any, with_null: bool) -> bool:
    if sign in ("==", "!=") and with_null:
        return (one is other is None) == (sign == "==")
    if one is None or other is None:
        return False
    if sign in ("==", "!="):
        return _alike(one, other) == (sign == "==")
    numbers = all(isinstance(x, int | float) and not isinstance(x, bool) for x in (one, other))
    texts = all(isinstance(x, str) for x in (one, other))
    if not (numbers or texts):
        return False
    less, equal = one < other, one == other
    return bool({"<": less, "<=": less or equal, ">": not (less or equal), ">=": not less}[sign])
